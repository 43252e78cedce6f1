/** Runs scenarios in virtual time, and tells what happens as the testbed does. */
package io.hawser.sim.trial;
