package io.hawser.core.buffer;

import io.hawser.wire.OutgoingPacket;
import java.lang.foreign.MemorySegment;

/**
 * The bytes an application wrote and the peer has not yet acknowledged everywhere, by stream offset
 * (0 = first byte of the connection). It is the retransmission queue of all subflows. Native chunks
 * are taken as bytes come and given back as they are released; an idle connection holds none.
 *
 * <p>One application thread calls {@link #write}, {@link #freeBytes}; the engine's thread calls the
 * rest. Nothing locks.
 */
public final class SendBuffer {
  public SendBuffer(ChunkPool pool, int capacityBytes) {
    throw new IllegalStateException("written by the policies helper");
  }

  /** Application: copies as many bytes as fit; returns how many. */
  public int write(MemorySegment source, long offset, int length) {
    throw new IllegalStateException();
  }

  /** Application: bytes that fit now. */
  public int freeBytes() {
    throw new IllegalStateException();
  }

  public int capacityBytes() {
    throw new IllegalStateException();
  }

  /**
   * Changes how much may be held; a smaller capacity takes effect as bytes are released. Engine or
   * application.
   */
  public void capacityBytes(int bytes) {
    throw new IllegalStateException();
  }

  /** Stream offset after the last byte written. */
  public long writtenOffset() {
    throw new IllegalStateException();
  }

  /** Stream offset of the first byte still held. */
  public long releasedOffset() {
    throw new IllegalStateException();
  }

  /** Engine: bytes before this offset are needed no more. */
  public void release(long upToOffset) {
    throw new IllegalStateException();
  }

  /**
   * Engine: points the packet's payload fields at [offset, offset + length); length is at most
   * 65536 and held.
   */
  public void locate(long offset, int length, OutgoingPacket packet) {
    throw new IllegalStateException();
  }

  /**
   * Engine: partial Internet checksum of [offset, offset + length), as if it began at an even
   * position.
   */
  public long checksum(long offset, int length) {
    throw new IllegalStateException();
  }

  /** Gives every chunk back. Both sides must be done. */
  public void close() {
    throw new IllegalStateException();
  }
}
