package io.hawser.sim;

import io.hawser.wire.PacketBuffer;

/**
 * A firewall that hides side A's initial sequence numbers: it shifts A's sequence numbers, and the
 * acknowledgements and SACK blocks that come back. MPTCP counts relative to the SYN because of
 * these (RFC 8684 section 3.3).
 */
public final class SequenceRewriter implements Middlebox {
  private static final int SACK = 5;
  private static final int ACK_FLAG = 16;

  private final TcpHeader header = new TcpHeader();
  private final int shift;

  /** Adds this to A's sequence numbers, modulo 2^32. */
  public SequenceRewriter(int shift) {
    this.shift = shift;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (!header.locate(packet)) {
      return true;
    }
    if (direction == Direction.A_TO_B) {
      // A RST without ACK answers with the number that was acknowledged, which A does not shift.
      header.sequence(header.sequence() + shift);
    } else if ((header.flags() & ACK_FLAG) != 0) {
      header.acknowledgement(header.acknowledgement() - shift);
      blocks();
    }
    return true;
  }

  private void blocks() {
    int at = header.option(SACK);
    if (at < 0) {
      return;
    }
    int length = header.u8(at + 1);
    for (int edge = at + 2; edge + 4 <= at + length; edge += 4) {
      header.add32(edge, -shift);
    }
  }
}
