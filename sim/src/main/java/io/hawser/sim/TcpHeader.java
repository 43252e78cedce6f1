package io.hawser.sim;

import static io.hawser.wire.PacketBuffer.START;

import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;

/**
 * A TCP or UDP packet as a middlebox sees it: fields that may be rewritten in place. Checksums are
 * mended by difference (RFC 1624), so one that was wrong stays wrong.
 */
final class TcpHeader {
  private static final int TCP = 6;
  private static final int UDP = 17;

  private MemorySegment memory = MemorySegment.NULL;
  private boolean v6;
  private int at;
  private int protocol;
  private int headerBytes;
  private int end;

  /** True if this is a whole TCP packet. */
  boolean locate(PacketBuffer packet) {
    return locateAny(packet) && protocol == TCP;
  }

  /** True if this is a whole TCP or UDP packet. */
  boolean locateAny(PacketBuffer packet) {
    memory = packet.memory();
    int length = packet.length();
    if (length < 28) {
      return false;
    }
    v6 = Bytes.u8(memory, START) >> 4 == 6;
    int total = v6 ? 40 + Bytes.u16(memory, START + 4) : Bytes.u16(memory, START + 2);
    at = START + (v6 ? 40 : (Bytes.u8(memory, START) & 15) * 4);
    protocol = Bytes.u8(memory, START + (v6 ? 6 : 9));
    end = START + total;
    if (total > length || protocol != TCP && protocol != UDP) {
      return false;
    }
    if (protocol == UDP) {
      headerBytes = 8;
    } else {
      headerBytes = at + 20 > end ? 20 : (Bytes.u8(memory, at + 12) >> 4) * 4;
    }
    return at >= START + 20 && headerBytes >= 8 && at + headerBytes <= end;
  }

  boolean isV6() {
    return v6;
  }

  int protocol() {
    return protocol;
  }

  int u8(int offset) {
    return Bytes.u8(memory, offset);
  }

  int flags() {
    return Bytes.u8(memory, at + 13);
  }

  int sequence() {
    return Bytes.i32(memory, at + 4);
  }

  /** First byte of the TCP options in memory. */
  int optionsOffset() {
    return at + 20;
  }

  int payloadOffset() {
    return at + headerBytes;
  }

  int payloadBytes() {
    return end - at - headerBytes;
  }

  int sourcePort() {
    return Bytes.u16(memory, at);
  }

  int destinationPort() {
    return Bytes.u16(memory, at + 2);
  }

  private int sourceOffset() {
    return START + (v6 ? 8 : 12);
  }

  private int addressBytes() {
    return v6 ? 16 : 4;
  }

  IpAddress source() {
    return address(sourceOffset());
  }

  IpAddress destination() {
    return address(sourceOffset() + addressBytes());
  }

  private IpAddress address(int offset) {
    return v6
        ? IpAddress.v6(Bytes.i64(memory, offset), Bytes.i64(memory, offset + 8))
        : IpAddress.v4(Bytes.i32(memory, offset));
  }

  boolean sourceIs(IpAddress address) {
    return matches(sourceOffset(), address);
  }

  boolean destinationIs(IpAddress address) {
    return matches(sourceOffset() + addressBytes(), address);
  }

  private boolean matches(int offset, IpAddress address) {
    if (address.v6() != v6) {
      return false;
    }
    return v6
        ? Bytes.i64(memory, offset) == address.high()
            && Bytes.i64(memory, offset + 8) == address.low()
        : Bytes.i32(memory, offset) == address.bits4();
  }

  /** Rewrites the source. */
  void source(IpAddress address, int port) {
    rewrite(sourceOffset(), address, at, port);
  }

  /** Rewrites the destination. */
  void destination(IpAddress address, int port) {
    rewrite(sourceOffset() + addressBytes(), address, at + 2, port);
  }

  private void rewrite(int addressOffset, IpAddress address, int portOffset, int port) {
    int size = addressBytes();
    int before = Packets.sum(memory, addressOffset, size);
    if (v6) {
      Bytes.put64(memory, addressOffset, address.high());
      Bytes.put64(memory, addressOffset + 8, address.low());
    } else {
      Bytes.put32(memory, addressOffset, address.bits4());
    }
    int after = Packets.sum(memory, addressOffset, size);
    if (!v6) {
      int ip = START + 10;
      Bytes.put16(memory, ip, Packets.mended(Bytes.u16(memory, ip), before, after));
    }
    mend(before, after);
    mend(Bytes.u16(memory, portOffset), port);
    Bytes.put16(memory, portOffset, port);
  }

  private void mend(int before, int after) {
    int field = at + (protocol == TCP ? 16 : 6);
    int old = Bytes.u16(memory, field);
    if (protocol == UDP && old == 0) {
      return;
    }
    Bytes.put16(memory, field, Packets.mended(old, before, after));
  }

  /** Rewrites one byte of the TCP header or payload. */
  void replace8(int offset, int value) {
    int word = offset - ((offset - at) & 1);
    int count = Math.min(2, end - word);
    int before = Packets.sum(memory, word, count);
    Bytes.put8(memory, offset, value);
    mend(before, Packets.sum(memory, word, count));
  }

  /** Adds to four bytes of the header, wherever they begin. */
  void add32(int offset, int delta) {
    int value = Bytes.i32(memory, offset) + delta;
    for (int i = 0; i < 4; i++) {
      replace8(offset + i, value >>> 24 - 8 * i & 0xff);
    }
  }

  /** Looks at a copy of a packet whose length fields are not set yet. */
  void locateCopy(PacketBuffer packet, int total) {
    MemorySegment copy = packet.memory();
    boolean six = Bytes.u8(copy, START) >> 4 == 6;
    Bytes.put16(copy, six ? START + 4 : START + 2, six ? total - 40 : total);
    packet.length(total);
    locate(packet);
  }

  /** Rewrites four bytes at an even place of the TCP header. */
  void replace32(int offset, int value) {
    int before = Packets.sum(memory, offset, 4);
    Bytes.put32(memory, offset, value);
    mend(before, Packets.sum(memory, offset, 4));
  }

  /** Overwrites a TCP option with NOPs. */
  void eraseOption(int offset, int length) {
    int first = offset - ((offset - at) & 1);
    int last = offset + length + ((offset + length - at) & 1);
    int before = Packets.sum(memory, first, last - first);
    for (int i = offset; i < offset + length; i++) {
      Bytes.put8(memory, i, 1);
    }
    mend(before, Packets.sum(memory, first, last - first));
  }

  /** Turns the packet into a bare RST with the same numbers; its length shrinks to the headers. */
  void turnIntoReset(PacketBuffer packet) {
    int kept = 20;
    Bytes.put8(memory, at + 12, kept << 2);
    Bytes.put8(memory, at + 13, flags() & 16 | 4);
    seal(packet, at - START + kept);
  }

  /** Gives the packet a new length and whole new checksums. */
  void seal(PacketBuffer packet, int total) {
    packet.length(total);
    end = START + total;
    if (v6) {
      Bytes.put16(memory, START + 4, total - 40);
    } else {
      Bytes.put16(memory, START + 2, total);
      Bytes.put16(memory, START + 10, 0);
      Bytes.put16(memory, START + 10, ~Packets.sum(memory, START, at - START));
    }
    Bytes.put16(memory, at + 16, 0);
    Bytes.put16(memory, at + 16, Checksum.finish(sum()));
  }

  private long sum() {
    long sum = Checksum.add32(Checksum.add(0, memory, sourceOffset(), 2L * addressBytes()), TCP);
    sum = Checksum.add32(sum, end - at);
    return Checksum.add(sum, memory, at, end - at);
  }

  /** False if the TCP checksum tells of damage. */
  boolean isIntact() {
    return (Checksum.finish(sum()) & 0xffff) == 0;
  }

  /** Bytes from the IP header to the payload. */
  int headersBytes() {
    return payloadOffset() - START;
  }

  void sequence(int value) {
    replace32(at + 4, value);
  }

  int acknowledgement() {
    return Bytes.i32(memory, at + 8);
  }

  void acknowledgement(int value) {
    replace32(at + 8, value);
  }

  /** Clears flags such as FIN and PSH. */
  void clearFlags(int bits) {
    replace8(at + 13, flags() & ~bits);
  }

  /** Where an option of this kind begins in memory, or -1. */
  int option(int kind) {
    int next = optionsOffset();
    while (next < payloadOffset()) {
      int found = u8(next);
      int length = found <= 1 ? 1 : next + 1 < payloadOffset() ? u8(next + 1) : 0;
      if (found == 0 || length < 1 || found > 1 && length < 2) {
        return -1;
      }
      if (found == kind) {
        return next + length <= payloadOffset() ? next : -1;
      }
      next += length;
    }
    return -1;
  }
}
