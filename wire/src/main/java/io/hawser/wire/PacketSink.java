package io.hawser.wire;

/** Where packets go out. */
@FunctionalInterface
public interface PacketSink {

  /**
   * Sends one packet; header and payload are lent for the call.
   *
   * @return false if the device has no room now (local back-pressure): the packet was not sent, try
   *     again later
   */
  boolean emit(OutgoingPacket packet);

  /**
   * Whether a refusal holds for packets of that source address alone, as where several interfaces
   * are one sink, each with a queue of its own.
   */
  default boolean refusesBySource() {
    return false;
  }
}
