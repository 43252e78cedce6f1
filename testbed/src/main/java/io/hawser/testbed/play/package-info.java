/** Simulations played back at the speed that a person watches. */
package io.hawser.testbed.play;
