/** What applications do during a trial. */
package io.hawser.workload;
