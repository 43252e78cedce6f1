package io.hawser.wire;

import java.lang.foreign.MemorySegment;

/**
 * A packet, or a TCP super-segment, on its way out, as up to three pieces that the device gathers:
 * a header, and payload that may lie in two chunks of a send buffer. One object is reused for every
 * packet; it and the memory it names are lent for the call of {@link PacketSink#emit}.
 */
public final class OutgoingPacket {

  /** IP and transport header, from offset 0. */
  public MemorySegment header = MemorySegment.NULL;

  /** Bytes of IP and transport header. */
  public int headerLength;

  /** Where the payload lives. */
  public MemorySegment payload = MemorySegment.NULL;

  /** Offset of the first payload byte in {@link #payload}. */
  public long payloadOffset;

  /** Payload bytes at {@link #payloadOffset}. */
  public int payloadLength;

  /** Where the payload goes on after {@link #payload} (its chunk ended). */
  public MemorySegment wrapped = MemorySegment.NULL;

  /** Offset of the first byte in {@link #wrapped}. */
  public long wrappedOffset;

  /** Payload bytes at {@link #wrappedOffset}; usually 0. */
  public int wrappedLength;

  /**
   * Offset of the TCP header in {@link #header}; 0 if the packet is not TCP and its checksum is
   * complete.
   */
  public int transportOffset;

  /**
   * TCP payload bytes of each segment if this is a super-segment (payload larger than this), else
   * 0.
   *
   * <p>If {@link #transportOffset} is not 0, the TCP checksum field holds the pseudo-header's sum
   * (not complemented, with the length of the whole packet) and whoever sends it on completes it.
   */
  public int segmentBytes;

  /** All payload bytes. */
  public int totalPayload() {
    return payloadLength + wrappedLength;
  }

  /** Bytes of the whole packet. */
  public int totalLength() {
    return headerLength + payloadLength + wrappedLength;
  }
}
