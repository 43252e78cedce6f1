package io.hawser.linux;

import io.hawser.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes one netlink message: header, the family's fixed part, attributes padded to 4 bytes. */
final class NetlinkRequest {
  static final int HEADER_BYTES = 16;
  static final int REQUEST = 1;
  static final int ACK = 4;
  static final int DUMP = 0x300;
  private static final int NESTED = 0x8000;
  private static final int CAPACITY = 1024;

  private final ByteBuffer bytes = ByteBuffer.allocateDirect(CAPACITY);
  private final int flags;

  NetlinkRequest(int type, int flags) {
    this.flags = REQUEST | flags;
    bytes.order(ByteOrder.nativeOrder());
    bytes.putInt(0).putShort((short) type).putShort((short) this.flags).putLong(0);
  }

  /** A request of generic netlink: its command and the family's version. */
  static NetlinkRequest generic(int family, int flags, int command) {
    return new NetlinkRequest(family, flags).u8(command).u8(1).u16(0);
  }

  boolean isDump() {
    return (flags & DUMP) == DUMP;
  }

  NetlinkRequest u8(int value) {
    bytes.put((byte) value);
    return this;
  }

  NetlinkRequest u16(int value) {
    bytes.putShort((short) value);
    return this;
  }

  NetlinkRequest u32(int value) {
    bytes.putInt(value);
    return this;
  }

  NetlinkRequest zeros(int count) {
    bytes.put(new byte[count]);
    return this;
  }

  NetlinkRequest attribute8(int type, int value) {
    return attribute(type, new byte[] {(byte) value});
  }

  NetlinkRequest attribute16(int type, int value) {
    return u16(6).u16(type).u16(value).u16(0);
  }

  NetlinkRequest attribute32(int type, int value) {
    return u16(8).u16(type).u32(value);
  }

  /** Text with its final zero. */
  NetlinkRequest attribute(int type, String text) {
    return attribute(type, (text + '\0').getBytes(StandardCharsets.UTF_8));
  }

  /** An address in network order; IPv4 under the first type, IPv6 under the second. */
  NetlinkRequest attribute(int type4, int type6, IpAddress address) {
    return attribute(address.v6() ? type6 : type4, address.bytes());
  }

  private NetlinkRequest attribute(int type, byte[] value) {
    u16(4 + value.length).u16(type);
    bytes.put(value);
    return zeros(-value.length & 3);
  }

  /** Begins an attribute that holds attributes; {@link #end} takes what this returns. */
  int nest(int type) {
    int at = bytes.position();
    u16(0).u16(type | NESTED);
    return at;
  }

  NetlinkRequest end(int nest) {
    bytes.putShort(nest, (short) (bytes.position() - nest));
    return this;
  }

  /** The whole message. */
  ByteBuffer finish(int sequence) {
    bytes.putInt(0, bytes.position()).putInt(8, sequence);
    return bytes.duplicate().flip();
  }
}
