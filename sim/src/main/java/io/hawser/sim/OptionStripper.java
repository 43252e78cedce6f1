package io.hawser.sim;

import io.hawser.wire.PacketBuffer;
import java.util.BitSet;

/**
 * A middlebox that overwrites TCP options with NOPs: whole kinds, or single subtypes of MPTCP (RFC
 * 8684 section 6 reports such boxes).
 */
public final class OptionStripper implements Middlebox {
  /** The option kind of MPTCP. */
  public static final int MPTCP = 30;

  /** On which packets it does so. */
  public enum When {
    SYN,
    SYN_ACK,
    /** SYN and SYN/ACK. */
    HANDSHAKE,
    /** Packets without SYN. */
    AFTER_HANDSHAKE,
    ALWAYS;

    boolean holds(int flags) {
      boolean syn = (flags & 2) != 0;
      boolean ack = (flags & 16) != 0;
      return switch (this) {
        case SYN -> syn && !ack;
        case SYN_ACK -> syn && ack;
        case HANDSHAKE -> syn;
        case AFTER_HANDSHAKE -> !syn;
        case ALWAYS -> true;
      };
    }
  }

  private final TcpHeader header = new TcpHeader();
  private final BitSet kinds = new BitSet();
  private final BitSet subtypes = new BitSet();
  private When when;
  private boolean isActive = true;
  private long stripped;

  private OptionStripper(When when) {
    this.when = when;
  }

  /** Removes options of these kinds. */
  public static OptionStripper ofKinds(When when, int... kinds) {
    OptionStripper stripper = new OptionStripper(when);
    for (int kind : kinds) {
      stripper.kinds.set(kind);
    }
    return stripper;
  }

  /** Removes MPTCP options of these subtypes (RFC 8684 section 7.2). */
  public static OptionStripper ofMptcpSubtypes(When when, int... subtypes) {
    OptionStripper stripper = new OptionStripper(when);
    for (int subtype : subtypes) {
      stripper.subtypes.set(subtype);
    }
    return stripper;
  }

  /** Begins or ceases to strip, and on which packets. */
  public void set(boolean active, When nextWhen) {
    isActive = active;
    when = nextWhen;
  }

  /** Options removed so far. */
  public long stripped() {
    return stripped;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (isActive && header.locate(packet) && when.holds(header.flags())) {
      strip();
    }
    return true;
  }

  private void strip() {
    int at = header.optionsOffset();
    int end = header.payloadOffset();
    while (at < end) {
      int kind = header.u8(at);
      if (kind == 0) {
        return;
      }
      int length = kind == 1 ? 1 : at + 1 < end ? header.u8(at + 1) : 0;
      if (length < 1 || kind != 1 && length < 2 || at + length > end) {
        return;
      }
      if (kind != 1 && (kinds.get(kind) || isSubtype(kind, length, at))) {
        header.eraseOption(at, length);
        stripped++;
      }
      at += length;
    }
  }

  private boolean isSubtype(int kind, int length, int at) {
    return kind == MPTCP && length > 2 && subtypes.get(header.u8(at + 2) >> 4);
  }
}
