package io.hawser.sim.scenario;

/**
 * Something that happens to a link at a moment of a run.
 *
 * @param atNs after the workload's first byte
 * @param link which one
 * @param change {@code down}, {@code up}, {@code remove}, {@code add}, {@code blackhole}, {@code
 *     restore}, {@code rebind} (the NAT on it forgets), {@code address} (the client gets another
 *     address there), or settings as in {@code rate=5mbit delay=80ms loss=1%}
 */
public record LinkEvent(long atNs, String link, String change) {}
