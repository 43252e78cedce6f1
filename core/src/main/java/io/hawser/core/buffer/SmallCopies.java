package io.hawser.core.buffer;

import io.hawser.wire.BufferPool;
import io.hawser.wire.PacketBuffer;

/**
 * When payload that has to wait is moved to small buffers: if it fills less than a quarter of the
 * buffer it came in. So a connection holds at most about four times the memory of its payload,
 * whatever size the packets have.
 */
final class SmallCopies {
  /** Payload bytes that fit in a small buffer. */
  static final int ROOM = BufferPool.SMALL_BYTES - PacketBuffer.START;

  private SmallCopies() {}

  static boolean worthwhile(PacketBuffer buffer, int length) {
    return length * 4L < buffer.heldBytes() && buffer.heldBytes() > BufferPool.SMALL_BYTES;
  }
}
