package io.hawser.wire;

import static io.hawser.wire.Bytes.put16;
import static io.hawser.wire.Bytes.put32;
import static io.hawser.wire.Bytes.put64;
import static io.hawser.wire.Bytes.put8;

import java.lang.foreign.MemorySegment;

/** Writes IP and TCP headers. */
public final class Headers {
  /** Bytes of an IPv4 header without options. */
  public static final int IPV4_BYTES = 20;

  /** Bytes of an IPv6 header. */
  public static final int IPV6_BYTES = 40;

  private static final int DONT_FRAGMENT = 0x4000;

  private Headers() {}

  /** Bytes of the IP header in front of the transport. */
  public static int ipBytes(boolean v6) {
    return v6 ? IPV6_BYTES : IPV4_BYTES;
  }

  /** Writes an IP header at offset 0, don't-fragment set; returns its length. */
  public static int ip(
      MemorySegment m,
      IpAddress source,
      IpAddress destination,
      int protocol,
      int transportBytes,
      int trafficClass,
      int hopLimit,
      int identification) {
    if (source.v6()) {
      put32(m, 0, 6 << 28 | (trafficClass & 0xff) << 20);
      // A super-segment's length may pass 65535 with its headers; it is never seen on a wire.
      put16(m, 4, Math.min(transportBytes, 0xffff));
      put8(m, 6, protocol);
      put8(m, 7, hopLimit);
      put64(m, 8, source.high());
      put64(m, 16, source.low());
      put64(m, 24, destination.high());
      put64(m, 32, destination.low());
      return IPV6_BYTES;
    }
    put16(m, 0, 0x4500 | (trafficClass & 0xff));
    put16(m, 2, IPV4_BYTES + transportBytes);
    put16(m, 4, identification);
    put16(m, 6, DONT_FRAGMENT);
    put8(m, 8, hopLimit);
    put8(m, 9, protocol);
    put16(m, 10, 0);
    put32(m, 12, source.bits4());
    put32(m, 16, destination.bits4());
    put16(m, 10, Checksum.finish(Checksum.add(0, m, 0, IPV4_BYTES)));
    return IPV4_BYTES;
  }

  /** Writes the 20 fixed bytes of a TCP header; the checksum field stays 0. */
  public static void tcp(
      MemorySegment m,
      long at,
      int srcPort,
      int dstPort,
      int seq,
      int ack,
      int headerBytes,
      int flags,
      int window,
      int urgentPointer) {
    put16(m, at, srcPort);
    put16(m, at + 2, dstPort);
    put32(m, at + 4, seq);
    put32(m, at + 8, ack);
    put8(m, at + 12, headerBytes << 2);
    put8(m, at + 13, flags);
    put16(m, at + 14, window);
    put16(m, at + 16, 0);
    put16(m, at + 18, urgentPointer);
  }
}
