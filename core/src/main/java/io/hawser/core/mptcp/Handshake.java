package io.hawser.core.mptcp;

import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import org.jspecify.annotations.Nullable;

/**
 * Rules of the MP_CAPABLE and MP_JOIN handshakes that need no connection (RFC 8684 sections 3.1 and
 * 3.2).
 */
public final class Handshake {
  private static final int CRYPTO_FLAGS = 0x1f;

  private Handshake() {}

  /** B set, or no algorithm we know: the option is ignored, which makes it plain TCP. */
  static boolean acceptable(MptcpOption.MpCapable capable) {
    return (capable.flags() & MptcpOption.MpCapable.B) == 0
        && (capable.flags() & CRYPTO_FLAGS) == MptcpOption.MpCapable.H;
  }

  /**
   * The MP_CAPABLE of a SYN if it can be accepted: version 1 or later (answered with 1), no key.
   */
  public static MptcpOption.@Nullable MpCapable offer(PacketView syn) {
    for (int i = 0; i < syn.mptcpCount; i++) {
      if (syn.mptcp(i) instanceof MptcpOption.MpCapable capable) {
        boolean good = capable.keys() == 0 && capable.version() >= 1 && acceptable(capable);
        return good ? capable : null;
      }
    }
    return null;
  }

  /** RFC 8684 appendix E: an MP_CAPABLE of RFC 6824, which is another protocol to us. */
  static boolean version0(PacketView segment) {
    for (int i = 0; i < segment.mptcpCount; i++) {
      if (segment.mptcp(i) instanceof MptcpOption.MpCapable capable) {
        return capable.version() == 0;
      }
    }
    return false;
  }

  /** The MP_CAPABLE of a third ACK that echoes the key it was given with a cookie, or null. */
  public static MptcpOption.@Nullable MpCapable echo(PacketView ack, long keyGiven) {
    for (int i = 0; i < ack.mptcpCount; i++) {
      if (ack.mptcp(i) instanceof MptcpOption.MpCapable capable) {
        boolean good =
            capable.keys() == 2 && capable.receiverKey() == keyGiven && acceptable(capable);
        return good ? capable : null;
      }
    }
    return null;
  }

  /** The MP_JOIN of a SYN, or null. */
  public static MptcpOption.@Nullable MpJoinSyn join(PacketView syn) {
    for (int i = 0; i < syn.mptcpCount; i++) {
      if (syn.mptcp(i) instanceof MptcpOption.MpJoinSyn join) {
        return join;
      }
    }
    return null;
  }
}
