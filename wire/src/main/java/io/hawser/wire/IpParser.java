package io.hawser.wire;

import static io.hawser.wire.Bytes.i32;
import static io.hawser.wire.Bytes.i64;
import static io.hawser.wire.Bytes.u16;
import static io.hawser.wire.Bytes.u8;

import java.lang.foreign.MemorySegment;

/** IPv4 and IPv6 headers into the fields of a {@link PacketView}. */
final class IpParser {
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION = 60;
  private static final int MOST_EXTENSIONS = 8;

  private IpParser() {}

  static DropReason parse(PacketView v, MemorySegment m, int at, int length, boolean trusted) {
    v.ipOffset = at;
    if (length < 20) {
      return DropReason.TRUNCATED;
    }
    return switch (u8(m, at) >> 4) {
      case 4 -> v4(v, m, at, length, trusted);
      case 6 -> v6(v, m, at, length);
      default -> DropReason.NOT_IP;
    };
  }

  private static DropReason v4(PacketView v, MemorySegment m, int at, int length, boolean trusted) {
    int header = (u8(m, at) & 15) * 4;
    int total = u16(m, at + 2);
    if (header < 20) {
      return DropReason.NOT_IP;
    }
    if (total < header || total > length) {
      return DropReason.TRUNCATED;
    }
    if (!trusted && Checksum.fold(Checksum.add(0, m, at, header)) != 0xffff) {
      return DropReason.IP_CHECKSUM;
    }
    // More fragments, or an offset: a piece of a datagram (RFC 791 section 3.1).
    if ((u16(m, at + 6) & 0x3fff) != 0) {
      return DropReason.FRAGMENT;
    }
    v.v6 = false;
    v.trafficClass = u8(m, at + 1);
    v.hopLimit = u8(m, at + 8);
    v.protocol = u8(m, at + 9);
    v.srcHigh = 0;
    v.dstHigh = 0;
    v.srcLow = Integer.toUnsignedLong(i32(m, at + 12));
    v.dstLow = Integer.toUnsignedLong(i32(m, at + 16));
    v.ipLength = total;
    v.transportOffset = at + header;
    v.transportLength = total - header;
    return DropReason.NONE;
  }

  private static DropReason v6(PacketView v, MemorySegment m, int at, int length) {
    if (length < 40) {
      return DropReason.TRUNCATED;
    }
    int payload = u16(m, at + 4);
    if (40 + payload > length) {
      return DropReason.TRUNCATED;
    }
    v.v6 = true;
    v.trafficClass = i32(m, at) >>> 20 & 0xff;
    v.hopLimit = u8(m, at + 7);
    v.srcHigh = i64(m, at + 8);
    v.srcLow = i64(m, at + 16);
    v.dstHigh = i64(m, at + 24);
    v.dstLow = i64(m, at + 32);
    v.ipLength = 40 + payload;
    int next = u8(m, at + 6);
    int i = at + 40;
    int end = at + v.ipLength;
    // RFC 8200 section 4: extension headers in a chain, each naming the next.
    for (int seen = 0; ; seen++) {
      if (next != HOP_BY_HOP && next != ROUTING && next != DESTINATION && next != AUTHENTICATION) {
        if (next == FRAGMENT) {
          return DropReason.FRAGMENT;
        }
        v.protocol = next;
        v.transportOffset = i;
        v.transportLength = end - i;
        return DropReason.NONE;
      }
      if (seen == MOST_EXTENSIONS || i + 8 > end) {
        return DropReason.IPV6_EXTENSION;
      }
      // A routing header with segments left asks us to forward; an end point does not (RFC 8200
      // section 4.4).
      if (next == ROUTING && u8(m, i + 3) != 0) {
        return DropReason.IPV6_EXTENSION;
      }
      int size = next == AUTHENTICATION ? (u8(m, i + 1) + 2) * 4 : (u8(m, i + 1) + 1) * 8;
      next = u8(m, i);
      i += size;
      if (i > end) {
        return DropReason.IPV6_EXTENSION;
      }
    }
  }
}
