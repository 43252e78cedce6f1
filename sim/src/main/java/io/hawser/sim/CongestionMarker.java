package io.hawser.sim;

import static io.hawser.wire.PacketBuffer.START;

import io.hawser.wire.Bytes;
import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;

/**
 * A router that tells of congestion in place of dropping: every so many ECN-capable packets of one
 * direction get the mark CE (RFC 3168 section 5). It also counts what the ends make of it.
 */
public final class CongestionMarker implements Middlebox {
  private static final int CE = 3;
  private static final int SYN_FLAG = 2;
  private static final int ECE_FLAG = 64;
  private static final int CWR_FLAG = 128;

  private final TcpHeader header = new TcpHeader();
  private final Direction direction;
  private final int every;
  private long capable;
  private long marked;
  private long echoed;
  private long reduced;

  /** Marks the {@code every}-th packet of a direction, and the ones that many later. */
  public CongestionMarker(Direction direction, int every) {
    this.direction = direction;
    this.every = every;
  }

  /** Packets that were ECN-capable when they came. */
  public long capable() {
    return capable;
  }

  /** Packets that left here with a mark of this router. */
  public long marked() {
    return marked;
  }

  /** Acknowledgements with ECE that went the other way, SYNs apart. */
  public long echoed() {
    return echoed;
  }

  /** Packets with CWR: so often has the sender reduced, and said so. */
  public long reduced() {
    return reduced;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction way, long nowNs) {
    if (!header.locate(packet) || (header.flags() & SYN_FLAG) != 0) {
      return true;
    }
    if (way != direction) {
      echoed += (header.flags() & ECE_FLAG) != 0 ? 1 : 0;
      return true;
    }
    reduced += (header.flags() & CWR_FLAG) != 0 ? 1 : 0;
    int field = codepoint(packet.memory());
    if (field != 0) {
      capable++;
      if (capable % every == 0 && field != CE) {
        mark(packet.memory());
        marked++;
      }
    }
    return true;
  }

  private int codepoint(MemorySegment m) {
    return header.isV6() ? Bytes.u8(m, START + 1) >> 4 & CE : Bytes.u8(m, START + 1) & CE;
  }

  private void mark(MemorySegment m) {
    if (header.isV6()) {
      Bytes.put8(m, START + 1, Bytes.u8(m, START + 1) | CE << 4);
      return;
    }
    int before = Bytes.u16(m, START);
    Bytes.put8(m, START + 1, Bytes.u8(m, START + 1) | CE);
    int sum = Bytes.u16(m, START + 10);
    Bytes.put16(m, START + 10, Packets.mended(sum, before, Bytes.u16(m, START)));
  }
}
