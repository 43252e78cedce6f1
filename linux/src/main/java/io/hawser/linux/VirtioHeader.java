package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.hawser.wire.Bytes;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;

/**
 * struct virtio_net_hdr, in the machine's byte order: what stands before a packet whose checksum is
 * undone or that is a super-segment, at a TUN and at a packet socket alike.
 */
final class VirtioHeader {
  static final int BYTES = 10;

  private static final int FLAGS = 0;
  private static final int GSO_TYPE = 1;
  private static final int HEADER_LENGTH = 2;
  private static final int GSO_SIZE = 4;
  private static final int CSUM_START = 6;
  private static final int CSUM_OFFSET = 8;
  private static final int NEEDS_CSUM = 1;
  private static final int DATA_VALID = 2;
  private static final int GSO_TCPV4 = 1;
  private static final int GSO_TCPV6 = 4;
  private static final int GSO_ECN = 0x80;

  private static final int TCP_CHECKSUM_OFFSET = 16;
  private static final int TCP_FLAGS_OFFSET = 13;

  private VirtioHeader() {}

  /** Reads what the kernel says of a packet. */
  static void read(MemorySegment from, int at, PacketMeta meta) {
    meta.clear();
    int flags = Bytes.u8(from, at + FLAGS);
    meta.checksumTrusted = (flags & (NEEDS_CSUM | DATA_VALID)) != 0;
    if (Bytes.u8(from, at + GSO_TYPE) != 0) {
      meta.segmentBytes = from.get(JAVA_SHORT_UNALIGNED, at + GSO_SIZE) & 0xffff;
    }
  }

  /** Writes what we say of one; {@code linkBytes} of a link-layer header stand before it. */
  static void write(MemorySegment into, int at, OutgoingPacket packet, int linkBytes) {
    int tcp = packet.transportOffset;
    boolean undone = tcp != 0;
    Bytes.put8(into, at + FLAGS, undone ? NEEDS_CSUM : 0);
    put16(into, at + HEADER_LENGTH, undone ? linkBytes + packet.headerLength : 0);
    put16(into, at + CSUM_START, undone ? linkBytes + tcp : 0);
    put16(into, at + CSUM_OFFSET, undone ? TCP_CHECKSUM_OFFSET : 0);
    int type = 0;
    if (undone && packet.segmentBytes > 0 && packet.totalPayload() > packet.segmentBytes) {
      boolean v6 = Bytes.u8(packet.header, 0) >> 4 == 6;
      boolean cwr = (Bytes.u8(packet.header, tcp + TCP_FLAGS_OFFSET) & PacketView.CWR) != 0;
      // CWR belongs on the first segment only; the ECN mark tells the splitter so.
      type = (v6 ? GSO_TCPV6 : GSO_TCPV4) | (cwr ? GSO_ECN : 0);
    }
    Bytes.put8(into, at + GSO_TYPE, type);
    put16(into, at + GSO_SIZE, type == 0 ? 0 : packet.segmentBytes);
  }

  private static void put16(MemorySegment into, int at, int value) {
    into.set(JAVA_SHORT_UNALIGNED, at, (short) value);
  }
}
