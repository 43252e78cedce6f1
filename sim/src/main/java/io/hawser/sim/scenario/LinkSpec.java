package io.hawser.sim.scenario;

import io.hawser.event.Event;
import io.hawser.sim.LinkConfig;

/**
 * One link of a topology.
 *
 * @param name also the interface's name in the hosts: at most 10 letters, digits and dashes
 * @param from the node on the client's side
 * @param to the node on the server's side
 * @param forth what the direction towards the server does to packets
 * @param back what the direction towards the client does
 * @param emulator what emulates it in the testbed
 * @param backup whether subflows over it are backups
 */
public record LinkSpec(
    String name,
    String from,
    String to,
    LinkConfig forth,
    LinkConfig back,
    Emulator emulator,
    boolean backup) {

  /** What emulates a link in the testbed; the simulator has its own alone. */
  public enum Emulator {
    /** tbf where rate and queue are all there is to emulate, else Hawser's. */
    AUTO,
    /** {@link io.hawser.sim.Link} in real time. */
    HAWSER,
    /** The kernel's token bucket filter: rate and queue only. */
    TBF,
    /** The kernel's netem, where there is one. */
    NETEM
  }

  /** Checks names. */
  public LinkSpec {
    if (!name.matches("[a-z][a-z0-9-]{0,9}")) {
      throw new IllegalArgumentException(
          "a link's name has 1 to 10 lower-case letters, digits and dashes and begins with a"
              + " letter, not '"
              + name
              + "'");
    }
    if (from.equals(to)) {
      throw new IllegalArgumentException("link " + name + " begins and ends at " + from);
    }
  }

  /** What events and reports say of it. */
  public Event.LinkFacts facts() {
    String there = forth.toString();
    String here = back.toString();
    return new Event.LinkFacts(
        name,
        from,
        to,
        forth.rateBitsPerSecond(),
        back.rateBitsPerSecond(),
        there.equals(here) ? there : "forth: " + there + "; back: " + here);
  }
}
