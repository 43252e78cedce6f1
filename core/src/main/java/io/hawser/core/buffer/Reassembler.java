package io.hawser.core.buffer;

import io.hawser.wire.PacketBuffer;

/**
 * Puts ranges of bytes in order, whatever order and overlap they come in; holds references to
 * buffers, first copy wins. Offsets are 64-bit and never wrap (the caller unwraps sequence
 * numbers).
 */
public final class Reassembler {
  public Reassembler(long nextOffset) {
    throw new IllegalStateException("written by the policies helper");
  }

  /** Next offset in order: everything before it was polled or skipped. */
  public long nextOffset() {
    throw new IllegalStateException();
  }

  /** Offset after the bytes that are in order now, polled or not. */
  public long inOrderOffset() {
    throw new IllegalStateException();
  }

  /**
   * Keeps what is new in [offset, offset + length) and retains the buffer for it; a payload smaller
   * than a quarter of its buffer is copied to a small one of the same pool when it has to wait.
   *
   * @return bytes that were new
   */
  public int insert(long offset, PacketBuffer buffer, int bufferOffset, int length) {
    throw new IllegalStateException();
  }

  /**
   * Moves to the next in-order piece, if there is one: then {@link #buffer} etc. tell it, and its
   * reference is the caller's.
   */
  public boolean poll() {
    throw new IllegalStateException();
  }

  public PacketBuffer buffer() {
    throw new IllegalStateException();
  }

  public int bufferOffset() {
    throw new IllegalStateException();
  }

  public int length() {
    throw new IllegalStateException();
  }

  /** Offset of the polled piece's first byte. */
  public long offset() {
    throw new IllegalStateException();
  }

  /** Number of separate ranges beyond the in-order bytes. */
  public int gapRanges() {
    throw new IllegalStateException();
  }

  /** Start of range {@code index} beyond the in-order bytes, in ascending order. */
  public long rangeStart(int index) {
    throw new IllegalStateException();
  }

  public long rangeEnd(int index) {
    throw new IllegalStateException();
  }

  /** Memory held, bytes. */
  public long heldBytes() {
    throw new IllegalStateException();
  }

  public void clear() {
    throw new IllegalStateException();
  }
}
