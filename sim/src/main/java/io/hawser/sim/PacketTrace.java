package io.hawser.sim;

import io.hawser.wire.PacketBuffer;

/** Sees what happens to every packet on every path of a simulation. */
@FunctionalInterface
public interface PacketTrace {

  /** One packet, lent for the call. */
  void saw(Path path, Direction direction, PacketBuffer packet, Fate fate, long atNs);
}
