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
}
