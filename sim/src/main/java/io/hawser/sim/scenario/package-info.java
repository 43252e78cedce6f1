/** What a trial is, as pure data: topology, workload, timeline. For testbed and simulator. */
package io.hawser.sim.scenario;
