package io.hawser.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Packets made by hand, with checksums that hold. */
final class Packets {
  static final IpAddress A4 = IpAddress.parse("192.0.2.1");
  static final IpAddress B4 = IpAddress.parse("198.51.100.7");
  static final IpAddress A6 = IpAddress.parse("2001:db8::1");
  static final IpAddress B6 = IpAddress.parse("2001:db8:1::2");

  private Packets() {}

  static MemorySegment memory(byte[] bytes) {
    MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, bytes.length));
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return memory;
  }

  /** One TCP segment; the options are padded with EOL. */
  static byte[] tcp(boolean v6, int flags, byte[] options, byte[] payload) {
    int header = 20 + (options.length + 3 & ~3);
    MemorySegment tcp = Arena.ofAuto().allocate(header + payload.length);
    Headers.tcp(tcp, 0, 4000, 80, 100, 200, header, flags, 500, 0);
    MemorySegment.copy(options, 0, tcp, ValueLayout.JAVA_BYTE, 20, options.length);
    MemorySegment.copy(payload, 0, tcp, ValueLayout.JAVA_BYTE, header, payload.length);
    return ip(v6, PacketView.TCP, 16, tcp.toArray(ValueLayout.JAVA_BYTE));
  }

  /** One UDP datagram that claims a length; a correct checksum for that length. */
  static byte[] udp(boolean v6, int claimedLength, byte[] payload) {
    MemorySegment udp = Arena.ofAuto().allocate(8 + payload.length);
    Bytes.put16(udp, 0, 4000);
    Bytes.put16(udp, 2, 53);
    Bytes.put16(udp, 4, claimedLength);
    MemorySegment.copy(payload, 0, udp, ValueLayout.JAVA_BYTE, 8, payload.length);
    return ip(v6, PacketView.UDP, 6, udp.toArray(ValueLayout.JAVA_BYTE));
  }

  /** Puts an IP header before a transport and completes its checksum; -1: it has none. */
  static byte[] ip(boolean v6, int protocol, int checksumAt, byte[] transport) {
    IpAddress from = v6 ? A6 : A4;
    IpAddress to = v6 ? B6 : B4;
    int header = Headers.ipBytes(v6);
    MemorySegment m = Arena.ofAuto().allocate(header + transport.length);
    Headers.ip(m, from, to, protocol, transport.length, 0, 64, 7);
    MemorySegment.copy(transport, 0, m, ValueLayout.JAVA_BYTE, header, transport.length);
    if (checksumAt >= 0) {
      long sum =
          protocol == PacketView.ICMP
              ? 0
              : Checksum.pseudoHeader(
                  v6, from.high(), from.low(), to.high(), to.low(), protocol, transport.length);
      sum = Checksum.add(sum, m, header, transport.length);
      Bytes.put16(m, header + checksumAt, Checksum.finish(sum));
    }
    return m.toArray(ValueLayout.JAVA_BYTE);
  }

  /** The same IPv6 packet with extension headers between IP header and transport. */
  static byte[] extended(byte[] packet, int firstHeader, byte[] extensions) {
    byte[] out = new byte[packet.length + extensions.length];
    System.arraycopy(packet, 0, out, 0, 40);
    System.arraycopy(extensions, 0, out, 40, extensions.length);
    System.arraycopy(packet, 40, out, 40 + extensions.length, packet.length - 40);
    out[6] = (byte) firstHeader;
    out[4] = (byte) (out.length - 40 >> 8);
    out[5] = (byte) (out.length - 40);
    return out;
  }

  /** A TCP super-segment as a stack emits it, its payload in two pieces. */
  static OutgoingPacket outgoing(
      boolean v6, int flags, byte[] options, byte[] payload, int firstPiece, int segmentBytes) {
    int ip = Headers.ipBytes(v6);
    int header = ip + 20 + options.length;
    OutgoingPacket out = new OutgoingPacket();
    out.header = Arena.ofAuto().allocate(header);
    int transport = 20 + options.length + payload.length;
    Headers.ip(out.header, v6 ? A6 : A4, v6 ? B6 : B4, PacketView.TCP, transport, 0, 64, 65_530);
    Headers.tcp(out.header, ip, 4000, 80, -1000, 200, 20 + options.length, flags, 500, 0);
    MemorySegment.copy(
        options, 0, out.header, ValueLayout.JAVA_BYTE, header - options.length, options.length);
    out.headerLength = header;
    out.transportOffset = ip;
    out.segmentBytes = segmentBytes;
    // Both pieces begin at odd places of larger memory.
    out.payload = memory(shifted(Arrays.copyOf(payload, firstPiece), 3));
    out.payloadOffset = 3;
    out.payloadLength = firstPiece;
    out.wrapped = memory(shifted(Arrays.copyOfRange(payload, firstPiece, payload.length), 5));
    out.wrappedOffset = 5;
    out.wrappedLength = payload.length - firstPiece;
    return out;
  }

  private static byte[] shifted(byte[] bytes, int by) {
    byte[] out = new byte[bytes.length + by];
    System.arraycopy(bytes, 0, out, by, bytes.length);
    return out;
  }

  /** The bytes that a gathering device would send. */
  static byte[] bytes(OutgoingPacket packet) {
    byte[] out = new byte[packet.totalLength()];
    MemorySegment to = MemorySegment.ofArray(out);
    MemorySegment.copy(packet.header, 0, to, 0, packet.headerLength);
    int at = packet.headerLength;
    MemorySegment.copy(packet.payload, packet.payloadOffset, to, at, packet.payloadLength);
    at += packet.payloadLength;
    if (packet.wrappedLength > 0) {
      MemorySegment.copy(packet.wrapped, packet.wrappedOffset, to, at, packet.wrappedLength);
    }
    return out;
  }
}
