package io.hawser.core.buffer;

import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;

/**
 * In-order bytes on their way to the application: references to pooled buffers, copied once by
 * {@link #read}. The engine's thread offers, one application thread reads; nothing locks.
 */
public final class ReceiveQueue {
  /** Engine: takes over one reference of the buffer (no retain). */
  public void offer(PacketBuffer buffer, int offset, int length) {
    throw new IllegalStateException("written by the policies helper");
  }

  /** Application: copies up to {@code length} bytes; 0 if none waits. */
  public int read(MemorySegment target, long offset, int length) {
    throw new IllegalStateException();
  }

  /** Application: the same, leaving the bytes where they are. */
  public int peek(MemorySegment target, long offset, int length) {
    throw new IllegalStateException();
  }

  /** Bytes offered since the beginning; either side. */
  public long offeredBytes() {
    throw new IllegalStateException();
  }

  /** Bytes read since the beginning; either side. */
  public long readBytes() {
    throw new IllegalStateException();
  }

  /** Memory held by waiting buffers (not payload), bytes; either side. */
  public long heldBytes() {
    throw new IllegalStateException();
  }

  /** Releases all waiting buffers. Both sides must be done. */
  public void clear() {
    throw new IllegalStateException();
  }
}
