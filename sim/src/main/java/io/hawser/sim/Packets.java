package io.hawser.sim;

import static io.hawser.wire.PacketBuffer.START;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Packets between their forms: outgoing pieces, pooled buffers, flipped bits. */
final class Packets {
  private Packets() {}

  /** A copy of the packet in a buffer of the pool; the caller holds its only reference. */
  static PacketBuffer copy(OutgoingPacket packet, BufferPool pool) {
    PacketBuffer into = Link.buffer(pool, packet.totalLength());
    copy(packet, into);
    return into;
  }

  /** Assembles the pieces of a packet. */
  static void copy(OutgoingPacket packet, PacketBuffer into) {
    into.length(packet.totalLength());
    MemorySegment to = into.memory();
    MemorySegment.copy(packet.header, 0, to, START, packet.headerLength);
    long at = START + packet.headerLength;
    if (packet.payloadLength > 0) {
      MemorySegment.copy(packet.payload, packet.payloadOffset, to, at, packet.payloadLength);
      at += packet.payloadLength;
    }
    if (packet.wrappedLength > 0) {
      MemorySegment.copy(packet.wrapped, packet.wrappedOffset, to, at, packet.wrappedLength);
    }
  }

  /** A second packet with the same bytes; middleboxes may change one and not the other. */
  static PacketBuffer copy(PacketBuffer packet, BufferPool pool) {
    PacketBuffer into = Link.buffer(pool, packet.length());
    into.length(packet.length());
    MemorySegment.copy(packet.memory(), START, into.memory(), START, packet.length());
    return into;
  }

  /** Describes a pooled packet as an outgoing one, without copying: for devices' emit. */
  static void describe(PacketBuffer packet, OutgoingPacket out) {
    MemorySegment memory = packet.memory();
    int length = packet.length();
    int header = Math.min(length, headerBytes(memory, length));
    out.header = memory.asSlice(START, header);
    out.headerLength = header;
    out.payload = memory;
    out.payloadOffset = START + header;
    out.payloadLength = length - header;
    out.wrapped = MemorySegment.NULL;
    out.wrappedOffset = 0;
    out.wrappedLength = 0;
    out.transportOffset = 0;
    out.segmentBytes = 0;
  }

  private static int headerBytes(MemorySegment memory, int length) {
    if (length < 20) {
      return length;
    }
    boolean v6 = Bytes.u8(memory, START) >> 4 == 6;
    int ip = v6 ? 40 : (Bytes.u8(memory, START) & 15) * 4;
    int protocol = Bytes.u8(memory, START + (v6 ? 6 : 9));
    if (protocol != 6 || length < ip + 20) {
      return ip;
    }
    return ip + (Bytes.u8(memory, START + ip + 12) >> 4) * 4;
  }

  /**
   * Flips one bit: anywhere, so that some checksum is wrong; or hidden, in TCP payload with the
   * checksum mended.
   *
   * @return false if there was nothing to flip
   */
  static boolean flipBit(PacketBuffer packet, RandomGenerator random, boolean hidden) {
    int first = START;
    int count = packet.length();
    TcpHeader tcp = new TcpHeader();
    if (hidden) {
      if (!tcp.locate(packet) || tcp.payloadBytes() == 0) {
        return false;
      }
      first = tcp.payloadOffset();
      count = tcp.payloadBytes();
    }
    if (count == 0) {
      return false;
    }
    int at = first + random.nextInt(count);
    int mask = 1 << random.nextInt(8);
    if (hidden) {
      tcp.replace8(at, tcp.u8(at) ^ mask);
    } else {
      MemorySegment memory = packet.memory();
      Bytes.put8(memory, at, Bytes.u8(memory, at) ^ mask);
    }
    return true;
  }

  /** RFC 1624 equation 3: a checksum field after some 16-bit sum in its cover changed. */
  static int mended(int checksum, int oldSum, int newSum) {
    long sum = (~checksum & 0xffff) + (~oldSum & 0xffff) + (newSum & 0xffff);
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    return (int) (~sum & 0xffff);
  }

  /** The folded sum of bytes that begin at an even place of their cover. */
  static int sum(MemorySegment memory, long offset, long length) {
    return Checksum.fold(Checksum.add(0, memory, offset, length));
  }

  /** The path that fits a packet best; of equals, the first. */
  static @Nullable Path route(
      List<Path> paths, MemorySegment memory, long offset, Direction direction) {
    Path best = null;
    int bestFit = 0;
    for (int i = 0; i < paths.size() && bestFit < 2; i++) {
      int fit = paths.get(i).fit(memory, offset, direction);
      if (fit > bestFit) {
        best = paths.get(i);
        bestFit = fit;
      }
    }
    return best;
  }

  /** True if an IP packet's source (or destination) is one of these. */
  static boolean hasOneOf(
      List<IpAddress> addresses, MemorySegment memory, long offset, boolean source) {
    boolean v6 = Bytes.u8(memory, offset) >> 4 == 6;
    long at = offset + (v6 ? 8 + (source ? 0 : 16) : 12 + (source ? 0 : 4));
    for (int i = 0; i < addresses.size(); i++) {
      IpAddress address = addresses.get(i);
      if (address.v6() == v6 && (v6 ? is6(address, memory, at) : is4(address, memory, at))) {
        return true;
      }
    }
    return false;
  }

  private static boolean is4(IpAddress address, MemorySegment memory, long at) {
    return Bytes.i32(memory, at) == address.bits4();
  }

  private static boolean is6(IpAddress address, MemorySegment memory, long at) {
    return Bytes.i64(memory, at) == address.high() && Bytes.i64(memory, at + 8) == address.low();
  }

  /** Bytes into an array, for digests. */
  static void toArray(PacketBuffer packet, byte[] into) {
    MemorySegment.copy(packet.memory(), ValueLayout.JAVA_BYTE, START, into, 0, packet.length());
  }
}
