package io.hawser.testbed;

import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;

/**
 * A link as it is now.
 *
 * @param up false after {@code down}
 * @param blackhole packets go in and never come out
 * @param present false after {@code remove}
 * @param forth towards the server
 * @param back towards the client
 */
public record LinkStatus(
    String name,
    boolean up,
    boolean blackhole,
    boolean present,
    LinkConfig forth,
    LinkConfig back,
    LinkSpec.Emulator emulator) {

  /** Whether packets pass. */
  public boolean usable() {
    return up && present && !blackhole;
  }
}
