package io.hawser.sim;

import io.hawser.wire.PacketBuffer;

/**
 * Something on a path that looks at packets, and changes or swallows them. It stands at side A's
 * end, before the link on the way to B and after the link on the way to A; of several, the first is
 * next to A.
 */
@FunctionalInterface
public interface Middlebox {

  /** Where a middlebox puts packets of its own. */
  interface Outlet {
    /**
     * A packet leaves the middlebox, in the direction of the one that passes now before that one;
     * the caller's reference passes on.
     */
    void emit(PacketBuffer packet, Direction direction, long nowNs);

    /** A buffer for a packet of this length; the caller holds the reference. */
    PacketBuffer buffer(int length);
  }

  /** For a middlebox that stands on no path. */
  Outlet NOWHERE =
      new Outlet() {
        @Override
        public void emit(PacketBuffer packet, Direction direction, long nowNs) {
          packet.release();
        }

        @Override
        public PacketBuffer buffer(int length) {
          throw new IllegalStateException("the middlebox stands on no path");
        }
      };

  /** It stands on a path now. */
  default void attach(Outlet outlet) {}

  /**
   * One packet passes; it may be changed in place.
   *
   * @param packet lent for the call, nobody else sees it
   * @return false: the packet goes no further
   */
  boolean pass(PacketBuffer packet, Direction direction, long nowNs);
}
