package io.hawser.core.tcp;

import io.hawser.wire.Headers;

/** How large a segment may be: what the peer takes, what the path and the settings let through. */
final class SegmentSize {
  /** RFC 9293 section 3.7.1: what a peer takes that does not say, over IPv4 and IPv6. */
  static final int DEFAULT_MSS = 536;

  static final int DEFAULT_MSS6 = 1220;
  private static final int SMALLEST_MSS = 88;
  static final int LEAST_MTU4 = 552;
  static final int LEAST_MTU6 = 1280;

  private final TcpConfig config;
  private final boolean v6;
  private final int deviceMtuBytes;
  private int mtuBytes;
  private int peerMss;

  SegmentSize(TcpConfig config, boolean v6, int mtuBytes) {
    this.config = config;
    this.v6 = v6;
    this.deviceMtuBytes = mtuBytes;
    this.mtuBytes = mtuBytes;
    this.peerMss = v6 ? DEFAULT_MSS6 : DEFAULT_MSS;
  }

  /** The MSS option of the peer's SYN, or -1 for none. */
  void peer(int mss) {
    peerMss = mss > 0 ? Math.max(SMALLEST_MSS, mss) : v6 ? DEFAULT_MSS6 : DEFAULT_MSS;
  }

  /** Largest IP packet of this path as far as known. */
  int mtuBytes() {
    return mtuBytes;
  }

  /** Largest IP packet of the device. */
  int deviceMtuBytes() {
    return deviceMtuBytes;
  }

  boolean v6() {
    return v6;
  }

  /** Packets of this size are believed to pass; true if that is more than was thought. */
  boolean raise(int bytes) {
    int next = Math.min(bytes, deviceMtuBytes);
    boolean more = next > mtuBytes;
    mtuBytes = more ? next : mtuBytes;
    return more;
  }

  /** Bytes of a segment, options among them, that fill an IP packet of this size. */
  int wholeOf(int packetBytes) {
    int fits = packetBytes - Headers.ipBytes(v6) - 20;
    int most = config.maxSegment > 0 ? Math.min(config.maxSegment, fits) : fits;
    return Math.min(peerMss, most);
  }

  /**
   * A router says what the path takes (RFC 1191, RFC 8201); true if that is less than was thought.
   */
  boolean path(int bytes) {
    int next = Math.max(v6 ? LEAST_MTU6 : LEAST_MTU4, bytes);
    if (next >= mtuBytes) {
      return false;
    }
    mtuBytes = next;
    return true;
  }

  /** MSS to put on a SYN. */
  int advertised() {
    int fits = mtuBytes - Headers.ipBytes(v6) - 20;
    return config.maxSegment > 0 ? Math.min(config.maxSegment, fits) : fits;
  }

  /** Bytes of a full segment, options among them (RFC 6691). */
  int whole() {
    return Math.min(peerMss, advertised());
  }
}
