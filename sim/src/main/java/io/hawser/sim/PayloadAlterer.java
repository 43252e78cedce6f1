package io.hawser.sim;

import io.hawser.wire.PacketBuffer;

/**
 * A middlebox that rewrites TCP payload and mends the checksum, as application-level gateways do;
 * the length stays. Only MPTCP's data checksum can notice (RFC 8684 section 3.7).
 */
public final class PayloadAlterer implements Middlebox {
  private final TcpHeader header = new TcpHeader();
  private final Direction direction;
  private final int every;
  private final byte[] from;
  private final byte[] to;
  private long dataPackets;
  private long altered;

  private PayloadAlterer(Direction direction, int every, byte[] from, byte[] to) {
    this.direction = direction;
    this.every = every;
    this.from = from;
    this.to = to;
  }

  /** Changes one byte of every n-th packet with payload. */
  public static PayloadAlterer everyNth(Direction direction, int n) {
    return new PayloadAlterer(direction, n, new byte[0], new byte[0]);
  }

  /** Replaces every occurrence of some bytes inside one packet by others of the same number. */
  public static PayloadAlterer replacing(Direction direction, byte[] from, byte[] to) {
    if (from.length == 0 || from.length != to.length) {
      throw new IllegalArgumentException("needs two texts of the same length, at least 1");
    }
    return new PayloadAlterer(direction, 0, from.clone(), to.clone());
  }

  /** Places altered so far. */
  public long altered() {
    return altered;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction way, long nowNs) {
    if (way == direction && header.locate(packet) && header.payloadBytes() > 0) {
      dataPackets++;
      int at = header.payloadOffset();
      if (every > 0 && dataPackets % every == 0) {
        header.replace8(at, header.u8(at) ^ 1);
        altered++;
      }
      if (from.length > 0) {
        replaceAll(at, at + header.payloadBytes());
      }
    }
    return true;
  }

  private void replaceAll(int begin, int end) {
    for (int at = begin; at + from.length <= end; at++) {
      if (matches(at)) {
        for (int i = 0; i < to.length; i++) {
          header.replace8(at + i, to[i] & 0xff);
        }
        altered++;
        at += to.length - 1;
      }
    }
  }

  private boolean matches(int at) {
    for (int i = 0; i < from.length; i++) {
      if (header.u8(at + i) != (from[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }
}
