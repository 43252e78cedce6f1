package io.hawser.sim;

import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;

/**
 * Cuts TCP segments in two and copies all options onto both, as segmentation offload in a network
 * does (RFC 8684 section 3.3.1 lets mappings span segments because of it).
 */
public final class SegmentSplitter implements Middlebox {
  private static final int FIN_AND_PSH = 1 | 8;

  private static final int SYN = 2;

  private final TcpHeader header = new TcpHeader();
  private final int leastBytes;
  private Outlet outlet = NOWHERE;
  private long splits;

  /** Cuts what has at least this many bytes of payload. */
  public SegmentSplitter(int leastBytes) {
    this.leastBytes = Math.max(2, leastBytes);
  }

  /** Segments cut so far. */
  public long splits() {
    return splits;
  }

  @Override
  public void attach(Outlet next) {
    outlet = next;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (!header.locate(packet) || header.payloadBytes() < leastBytes || !header.isIntact()) {
      return true;
    }
    if ((header.flags() & SYN) != 0) {
      // Two SYNs would be two connections: nobody cuts one.
      return true;
    }
    splits++;
    int half = header.payloadBytes() / 2;
    int headers = header.headersBytes();
    PacketBuffer first = outlet.buffer(packet.length());
    MemorySegment.copy(
        packet.memory(), PacketBuffer.START, first.memory(), PacketBuffer.START, headers + half);
    first.length(packet.length());
    header.locateCopy(first, headers + half);
    header.clearFlags(FIN_AND_PSH);
    header.seal(first, headers + half);
    outlet.emit(first, direction, nowNs);
    header.locate(packet);
    int rest = header.payloadBytes() - half;
    long from = header.payloadOffset() + half;
    MemorySegment.copy(packet.memory(), from, packet.memory(), header.payloadOffset(), rest);
    header.sequence(header.sequence() + half);
    header.seal(packet, headers + rest);
    return true;
  }
}
