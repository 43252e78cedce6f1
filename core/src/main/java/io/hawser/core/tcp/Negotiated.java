package io.hawser.core.tcp;

import io.hawser.wire.PacketView;

/** What the two SYNs agreed on. */
final class Negotiated {
  private static final int LARGEST_SCALE = 14;

  boolean timestamps;
  boolean sack;
  boolean scaling;
  private int peerScale;

  void take(PacketView syn, TcpConfig config) {
    timestamps = config.timestamps && syn.hasTimestamp;
    sack = config.sack && syn.sackPermitted;
    // RFC 7323 section 2.2: both SYNs carry the option, or nobody scales.
    scaling = config.windowScaling && syn.windowScale >= 0;
    peerScale = scaling ? Math.min(LARGEST_SCALE, syn.windowScale) : 0;
  }

  /** The window a segment advertises, in bytes. */
  int window(PacketView s) {
    return s.has(PacketView.SYN) ? s.window : s.window << peerScale;
  }
}
