package io.hawser.sim;

import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Joins two segments that follow each other into one that has the options of the first, as a
 * traffic normalizer does. The second one's MPTCP mapping is lost (RFC 8684 section 3.3.1).
 */
public final class SegmentCoalescer implements Middlebox {
  private static final int ACK_ALONE = 16;
  private static final int ACK_AND_PSH = 16 | 8;

  private final TcpHeader header = new TcpHeader();
  private final TcpHeader held = new TcpHeader();
  private final Direction direction;
  private final int mtuBytes;
  private Outlet outlet = NOWHERE;
  private @Nullable PacketBuffer waiting;
  private long joined;

  /** Joins segments of one direction into packets of at most this size. */
  public SegmentCoalescer(Direction direction, int mtuBytes) {
    this.direction = direction;
    this.mtuBytes = mtuBytes;
  }

  /** Segments that were joined to others so far. */
  public long joined() {
    return joined;
  }

  @Override
  public void attach(Outlet next) {
    outlet = next;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction way, long nowNs) {
    if (way != direction) {
      return true;
    }
    PacketBuffer first = waiting;
    boolean data = header.locate(packet) && header.payloadBytes() > 0 && header.isIntact();
    if (first != null) {
      waiting = null;
      if (data && follows(first)) {
        joined++;
        PacketBuffer whole = outlet.buffer(first.length() + header.payloadBytes());
        int kept = first.length();
        MemorySegment.copy(
            first.memory(), PacketBuffer.START, whole.memory(), PacketBuffer.START, kept);
        MemorySegment.copy(
            packet.memory(),
            header.payloadOffset(),
            whole.memory(),
            PacketBuffer.START + (long) kept,
            header.payloadBytes());
        whole.length(kept + header.payloadBytes());
        held.locateCopy(whole, whole.length());
        held.seal(whole, whole.length());
        first.release();
        outlet.emit(whole, way, nowNs);
        return false;
      }
      outlet.emit(first, way, nowNs);
    }
    if (data && header.flags() == ACK_ALONE && packet.length() < mtuBytes) {
      PacketBuffer copy = outlet.buffer(packet.length());
      MemorySegment.copy(
          packet.memory(), PacketBuffer.START, copy.memory(), PacketBuffer.START, packet.length());
      copy.length(packet.length());
      waiting = copy;
      return false;
    }
    return true;
  }

  private boolean follows(PacketBuffer first) {
    held.locate(first);
    boolean flags = (header.flags() | 8) == ACK_AND_PSH;
    return flags
        && held.sourcePort() == header.sourcePort()
        && held.destinationPort() == header.destinationPort()
        && held.source().equals(header.source())
        && held.destination().equals(header.destination())
        && held.sequence() + held.payloadBytes() == header.sequence()
        && first.length() + header.payloadBytes() <= mtuBytes;
  }

  /** Forgets what waits; call it when the path is no more. */
  public void release() {
    PacketBuffer first = waiting;
    if (first != null) {
      waiting = null;
      first.release();
    }
  }
}
