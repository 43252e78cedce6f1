/** Runs scenarios on real stacks in a testbed, and tells what happens as events. */
package io.hawser.testbed.run;
