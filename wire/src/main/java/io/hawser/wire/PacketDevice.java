package io.hawser.wire;

/**
 * A door for IP packets: a TUN, an emulated link's end, a middlebox before another device.
 *
 * <p>All methods but {@link #wakeup} belong to the one thread that owns the device.
 */
public interface PacketDevice extends PacketSink, AutoCloseable {

  /**
   * Reads one packet or super-segment if one waits; never blocks.
   *
   * @param into filled from {@link PacketBuffer#START}, its length set
   * @param meta filled
   * @return false if none waits
   * @throws DeviceException if the device is gone
   */
  boolean read(PacketBuffer into, PacketMeta meta);

  /**
   * Blocks until a packet may wait, {@link #wakeup} was called, or the time is over. Negative: no
   * time limit.
   */
  void await(long timeoutNs);

  /** Ends a present or the next {@link #await}; from any thread. */
  void wakeup();

  /** Largest IP packet, bytes. */
  int mtuBytes();

  /**
   * Largest payload of a super-segment that {@link #emit} takes, bytes; 0 if it takes single
   * segments only.
   */
  int superSegmentBytes();

  /** Gives the device back; idempotent. */
  @Override
  void close();
}
