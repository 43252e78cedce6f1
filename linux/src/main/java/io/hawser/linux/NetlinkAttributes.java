package io.hawser.linux;

import io.hawser.wire.IpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of a message by their type; one that is absent or too short reads as 0. */
final class NetlinkAttributes {
  private static final int TYPE_MASK = 0x3fff;

  private final Map<Integer, ByteBuffer> byType = new LinkedHashMap<>();

  private NetlinkAttributes() {}

  /** Reads the attributes from here to the end; what is cut off is left out. */
  static NetlinkAttributes read(ByteBuffer from, int start) {
    NetlinkAttributes found = new NetlinkAttributes();
    int at = start;
    while (at >= 0 && at + 4 <= from.limit()) {
      int length = from.getShort(at) & 0xffff;
      if (length < 4 || length > from.limit() - at) {
        break;
      }
      int type = from.getShort(at + 2) & TYPE_MASK;
      found.byType.put(type, from.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
      at += length + 3 & ~3;
    }
    return found;
  }

  private @Nullable ByteBuffer value(int type, int atLeast) {
    ByteBuffer value = byType.get(type);
    return value == null || value.remaining() < atLeast ? null : value;
  }

  boolean has(int type) {
    return byType.containsKey(type);
  }

  int u8(int type) {
    ByteBuffer value = value(type, 1);
    return value == null ? 0 : value.get(0) & 0xff;
  }

  int u16(int type) {
    ByteBuffer value = value(type, 2);
    return value == null ? 0 : value.getShort(0) & 0xffff;
  }

  /** 16 bits in network order: ports of events. */
  int port(int type) {
    ByteBuffer value = value(type, 2);
    return value == null ? 0 : (value.get(0) & 0xff) << 8 | value.get(1) & 0xff;
  }

  int i32(int type) {
    ByteBuffer value = value(type, 4);
    return value == null ? 0 : value.getInt(0);
  }

  String text(int type) {
    ByteBuffer value = byType.get(type);
    if (value == null) {
      return "";
    }
    String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  /** IPv4 under one type or IPv6 under another, v4-mapped as IPv4; 0.0.0.0 if there is neither. */
  IpAddress address(int type4, int type6) {
    ByteBuffer value = value(type4, 4);
    int length = 4;
    if (value == null) {
      value = value(type6, 16);
      length = 16;
    }
    if (value == null) {
      return IpAddress.ANY4;
    }
    byte[] bytes = new byte[length];
    value.get(0, bytes);
    return IpAddress.of(bytes).unmapped();
  }

  NetlinkAttributes nested(int type) {
    ByteBuffer value = byType.get(type);
    return value == null ? new NetlinkAttributes() : read(value, 0);
  }

  /** The values, for an array of nested attributes. */
  Collection<ByteBuffer> values() {
    return byType.values();
  }

  /** A structure of at least so many bytes; zeros if it is absent or shorter. */
  ByteBuffer bytes(int type, int atLeast) {
    ByteBuffer value = value(type, atLeast);
    return value == null ? ByteBuffer.allocate(atLeast) : value;
  }

  /** A structure of this many bytes; a shorter one of an older kernel is filled up with zeros. */
  MemorySegment structure(Arena arena, int type, int bytes) {
    MemorySegment out = arena.allocate(bytes, 8);
    ByteBuffer value = byType.get(type);
    if (value != null) {
      MemorySegment in = MemorySegment.ofBuffer(value);
      MemorySegment.copy(in, 0, out, 0, Math.min(bytes, in.byteSize()));
    }
    return out;
  }
}
