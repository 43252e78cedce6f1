/** iperf3's protocol over any engine: TCP tests, forward and reverse, as client and as server. */
package io.hawser.workload.iperf3;
