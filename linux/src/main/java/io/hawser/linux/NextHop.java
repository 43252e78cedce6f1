package io.hawser.linux;

import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A station on the link that packets are handed to: a router, or the destination itself. Holds back
 * a few packets while its link-layer address is not known.
 */
final class NextHop {
  private static final int MOST_HELD = 16;

  /** What is known of it. */
  enum State {
    /** Its link-layer address is known. */
    KNOWN,
    /** The kernel asks for it. */
    ASKED,
    /** There is no way, or no answer came. */
    FAILED
  }

  final IpAddress address;
  final Queue<OutgoingPacket> held = new ArrayDeque<>();
  State state = State.FAILED;

  /** The link-layer address in network order, as two numbers of the machine's order. */
  int link32;

  short link16;

  /** The kernel does not know whether it is still there: to be asked when it is used next. */
  boolean stale;

  /** When the state began. */
  long sinceNs;

  /** Why packets to it are dropped. */
  String reason = "";

  NextHop(IpAddress address) {
    this.address = address;
  }

  /** Six bytes in network order. */
  void link(ByteBuffer bytes) {
    ByteBuffer copy = bytes.duplicate().order(java.nio.ByteOrder.nativeOrder());
    link32 = copy.getInt(0);
    link16 = copy.getShort(4);
    state = State.KNOWN;
  }

  /** Keeps a copy of a packet; false if it keeps enough already. */
  boolean hold(OutgoingPacket packet) {
    if (held.size() >= MOST_HELD) {
      return false;
    }
    MemorySegment memory = Arena.ofAuto().allocate(packet.totalLength(), 8);
    MemorySegment.copy(packet.header, 0, memory, 0, packet.headerLength);
    long at = packet.headerLength;
    MemorySegment.copy(packet.payload, packet.payloadOffset, memory, at, packet.payloadLength);
    at += packet.payloadLength;
    MemorySegment.copy(packet.wrapped, packet.wrappedOffset, memory, at, packet.wrappedLength);
    OutgoingPacket copy = new OutgoingPacket();
    copy.header = memory;
    copy.headerLength = packet.headerLength;
    copy.payload = memory;
    copy.payloadOffset = packet.headerLength;
    copy.payloadLength = packet.totalPayload();
    copy.transportOffset = packet.transportOffset;
    copy.segmentBytes = packet.segmentBytes;
    held.add(copy);
    return true;
  }
}
