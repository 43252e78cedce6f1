/**
 * One model of a network under two clocks: links, queues and middleboxes, stepped by virtual time
 * in {@link io.hawser.sim.Simulation} and by real time in {@link io.hawser.sim.LinkBridge}.
 *
 * <p>Links and middleboxes are as pure as the engine: time is an argument, randomness is injected,
 * nothing is shared. Only the bridge and {@link io.hawser.sim.PipeDevice} know threads.
 */
@org.jspecify.annotations.NullMarked
package io.hawser.sim;
