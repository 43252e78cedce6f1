package io.hawser.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One netlink message of the kernel.
 *
 * @param body all behind the header, in the machine's byte order, from position 0
 */
record NetlinkReply(int type, int flags, int sequence, ByteBuffer body) {
  static final int ERROR = 2;
  static final int DONE = 3;
  static final int INTERRUPTED = 0x10;
  private static final int CAPPED = 0x100;
  private static final int HAS_TEXT = 0x200;
  private static final int ERROR_TEXT = 1;

  /** The messages in what one call received; copies them, so the buffer may be used again. */
  static List<NetlinkReply> split(ByteBuffer received) {
    List<NetlinkReply> all = new ArrayList<>();
    ByteBuffer copy = ByteBuffer.allocate(received.remaining()).put(received).flip();
    copy.order(ByteOrder.nativeOrder());
    int at = 0;
    while (at + NetlinkRequest.HEADER_BYTES <= copy.limit()) {
      int length = copy.getInt(at);
      if (length < NetlinkRequest.HEADER_BYTES || length > copy.limit() - at) {
        break;
      }
      ByteBuffer body =
          copy.slice(at + NetlinkRequest.HEADER_BYTES, length - NetlinkRequest.HEADER_BYTES)
              .order(ByteOrder.nativeOrder());
      all.add(
          new NetlinkReply(
              copy.getShort(at + 4) & 0xffff,
              copy.getShort(at + 6) & 0xffff,
              copy.getInt(at + 8),
              body));
      at += length + 3 & ~3;
    }
    return all;
  }

  /** Attributes behind a fixed part of so many bytes. */
  NetlinkAttributes attributes(int fixedBytes) {
    return NetlinkAttributes.read(body, fixedBytes);
  }

  /** The error number of an acknowledgement or of a dump's end; 0 is success. */
  int errno() {
    return body.remaining() >= 4 ? -body.getInt(0) : 0;
  }

  /** What the kernel says in words about an error; mostly empty. */
  String reason() {
    if (type != ERROR || (flags & HAS_TEXT) == 0 || body.remaining() < 20) {
      return "";
    }
    // The request's header follows the number, and the whole request if it was not cut off.
    int echoed = (flags & CAPPED) != 0 ? NetlinkRequest.HEADER_BYTES : body.getInt(4);
    return attributes(4 + (echoed + 3 & ~3)).text(ERROR_TEXT);
  }
}
