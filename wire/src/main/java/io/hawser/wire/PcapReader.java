package io.hawser.wire;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads capture files: pcap with microseconds or nanoseconds, either byte order, and pcapng. Gives
 * IP packets; what is not IP is passed over. Sources: draft-ietf-opsawg-pcap,
 * draft-ietf-opsawg-pcapng.
 */
public final class PcapReader implements AutoCloseable {
  private static final int PCAP_US = 0xa1b2c3d4;
  private static final int PCAP_NS = 0xa1b23c4d;
  private static final int PCAPNG = 0x0a0d0d0a;
  private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int SIMPLE_PACKET = 3;
  private static final int ENHANCED_PACKET = 6;
  private static final int OPTION_TSRESOL = 9;
  private static final int LINK_NULL = 0;
  private static final int LINK_ETHERNET = 1;
  private static final int LINK_RAW = 101;
  private static final int LINK_SLL = 113;
  private static final int LINK_IPV4 = 228;
  private static final int LINK_IPV6 = 229;
  private static final int LINK_SLL2 = 276;

  /** What a pcapng section says of one interface. */
  private record Capturer(int linkType, long unitsPerSecond) {}

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment file;
  private final List<Capturer> capturers = new ArrayList<>();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private boolean next;
  private long at;
  private long timestampNs;
  private int capturer;
  private long packetOffset;
  private int packetLength;

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read, or is no capture file
   */
  public PcapReader(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
    if (file.byteSize() < 24) {
      arena.close();
      throw new IOException(path + " is too short for a capture file");
    }
    int magic = file.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (magic == PCAPNG) {
      next = true;
      return;
    }
    if (magic == Integer.reverseBytes(PCAP_US) || magic == Integer.reverseBytes(PCAP_NS)) {
      order = ByteOrder.BIG_ENDIAN;
      magic = Integer.reverseBytes(magic);
    }
    if (magic != PCAP_US && magic != PCAP_NS) {
      arena.close();
      throw new IOException(path + " is neither a pcap nor a pcapng file");
    }
    capturers.add(new Capturer(int32(20) & 0xffff, magic == PCAP_US ? 1_000_000 : 1_000_000_000));
    at = 24;
  }

  private int int32(long offset) {
    return file.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), offset);
  }

  private int int16(long offset) {
    return file.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), offset) & 0xffff;
  }

  /** Moves to the next IP packet; false at the end of the file, a packet cut off there included. */
  public boolean next() {
    while (next ? nextBlock() : nextRecord()) {
      if (packetLength > 0) {
        return true;
      }
    }
    return false;
  }

  private boolean nextRecord() {
    if (at + 16 > file.byteSize()) {
      return false;
    }
    Capturer from = capturers.getFirst();
    long fraction = Integer.toUnsignedLong(int32(at + 4)) * (1_000_000_000 / from.unitsPerSecond);
    timestampNs = Integer.toUnsignedLong(int32(at)) * 1_000_000_000 + fraction;
    long length = Integer.toUnsignedLong(int32(at + 8));
    long data = at + 16;
    at = data + length;
    if (at > file.byteSize()) {
      return false;
    }
    capturer = 0;
    unwrap(from.linkType, data, (int) length);
    return true;
  }

  private boolean nextBlock() {
    if (at + 12 > file.byteSize()) {
      return false;
    }
    if (int32(at) == PCAPNG || int32(at) == Integer.reverseBytes(PCAPNG)) {
      order = ByteOrder.LITTLE_ENDIAN;
      if (int32(at + 8) != BYTE_ORDER_MAGIC) {
        order = ByteOrder.BIG_ENDIAN;
      }
      capturers.clear();
    }
    int type = int32(at);
    long total = Integer.toUnsignedLong(int32(at + 4));
    if (total < 12 || at + total > file.byteSize()) {
      return false;
    }
    packetLength = 0;
    long body = at + 8;
    switch (type) {
      case INTERFACE -> capturers.add(new Capturer(int16(body), resolution(body + 8, at + total)));
      case ENHANCED_PACKET -> enhanced(body, total);
      case SIMPLE_PACKET -> {
        if (!capturers.isEmpty()) {
          capturer = 0;
          timestampNs = 0;
          unwrap(capturers.getFirst().linkType, body + 4, (int) Math.min(total - 16, int32(body)));
        }
      }
      default -> {
        // Other blocks say nothing of packets.
      }
    }
    at += total;
    return true;
  }

  private long resolution(long from, long end) {
    long i = from;
    while (i + 4 <= end - 4) {
      int code = int16(i);
      int length = int16(i + 2);
      if (code == 0) {
        break;
      }
      if (code == OPTION_TSRESOL && length == 1) {
        int value = Bytes.u8(file, i + 4);
        long units = 1;
        for (int k = 0; k < (value & 0x7f) && units < Long.MAX_VALUE / 10; k++) {
          units *= (value & 0x80) == 0 ? 10 : 2;
        }
        return units;
      }
      i += 4 + (length + 3 & ~3);
    }
    return 1_000_000;
  }

  private void enhanced(long body, long total) {
    if (total < 32) {
      return;
    }
    int from = int32(body);
    long length = Integer.toUnsignedLong(int32(body + 12));
    if (from < 0 || from >= capturers.size() || length > total - 32) {
      return;
    }
    Capturer by = capturers.get(from);
    long units =
        Integer.toUnsignedLong(int32(body + 4)) << 32 | Integer.toUnsignedLong(int32(body + 8));
    long second = by.unitsPerSecond;
    timestampNs = units / second * 1_000_000_000 + units % second * 1_000_000_000 / second;
    capturer = from;
    unwrap(by.linkType, body + 20, (int) length);
  }

  /** Finds the IP packet behind the link header. */
  private void unwrap(int linkType, long offset, int length) {
    int skip =
        switch (linkType) {
          case LINK_RAW, LINK_IPV4, LINK_IPV6 -> 0;
          case LINK_NULL -> 4;
          case LINK_ETHERNET -> ethernet(offset, length);
          case LINK_SLL -> 16;
          case LINK_SLL2 -> 20;
          default -> -1;
        };
    boolean ip = skip >= 0 && length > skip;
    int version = ip ? Bytes.u8(file, offset + skip) >> 4 : 0;
    packetLength = version == 4 || version == 6 ? length - skip : 0;
    packetOffset = offset + skip;
  }

  private int ethernet(long offset, int length) {
    int skip = 14;
    while (skip <= length && skip >= 14) {
      int type = Bytes.u16(file, offset + skip - 2);
      if (type != 0x8100 && type != 0x88a8) {
        return type == 0x0800 || type == 0x86dd ? skip : -1;
      }
      skip += 4;
    }
    return -1;
  }

  /** Nanoseconds since 1970. */
  public long timestampNs() {
    return timestampNs;
  }

  /** Number of the capturing interface. */
  public int capturer() {
    return capturer;
  }

  /** The file's memory; the packet is a part of it. */
  public MemorySegment memory() {
    return file;
  }

  /** Where the packet's IP header begins in {@link #memory}. */
  public long packetOffset() {
    return packetOffset;
  }

  /** Bytes captured of the IP packet. */
  public int packetLength() {
    return packetLength;
  }

  @Override
  public void close() {
    arena.close();
  }
}
