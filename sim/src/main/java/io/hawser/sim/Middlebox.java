package io.hawser.sim;

import io.hawser.wire.PacketBuffer;

/**
 * Something on a path that looks at packets, and changes or swallows them. It stands at side A's
 * end, before the link on the way to B and after the link on the way to A; of several, the first is
 * next to A.
 */
@FunctionalInterface
public interface Middlebox {

  /**
   * One packet passes; it may be changed in place.
   *
   * @param packet lent for the call, nobody else sees it
   * @return false: the packet goes no further
   */
  boolean pass(PacketBuffer packet, Direction direction, long nowNs);
}
