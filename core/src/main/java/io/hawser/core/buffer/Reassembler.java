package io.hawser.core.buffer;

import io.hawser.wire.BufferPool;
import io.hawser.wire.PacketBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts ranges of bytes in order, whatever order and overlap they come in; holds references to
 * buffers, first copy wins. Offsets are 64-bit and never wrap (the caller unwraps sequence
 * numbers).
 *
 * <p>Pieces lie in an array sorted by offset, so the common cases (next in order, or after
 * everything known) cost one comparison.
 */
public final class Reassembler {
  private static final int SMALL_ROOM = BufferPool.SMALL_BYTES - PacketBuffer.START;

  private @Nullable PacketBuffer[] buffers = new PacketBuffer[8];
  private int[] bufferOffsets = new int[8];
  private int[] lengths = new int[8];
  private long[] starts = new long[8];
  private int first;
  private int end;
  private long next;
  private long inOrder;
  private long held;

  private @Nullable PacketBuffer polled;
  private int polledOffset;
  private int polledLength;
  private long polledStart;

  /** Nothing kept; {@code nextOffset} is the first offset expected. */
  public Reassembler(long nextOffset) {
    next = nextOffset;
    inOrder = nextOffset;
  }

  /** Next offset to be polled. */
  public long nextOffset() {
    return next;
  }

  /** Offset after the bytes that are in order now, polled or not. */
  public long inOrderOffset() {
    return inOrder;
  }

  /**
   * Keeps what is new in [offset, offset + length) and retains the buffer for it, or copies it to a
   * small buffer of the same pool if that is enough.
   *
   * @return bytes that were new
   */
  public int insert(long offset, PacketBuffer buffer, int bufferOffset, int length) {
    long start = Math.max(offset, inOrder);
    long stop = offset + length;
    int fresh = 0;
    int at = firstAfter(start);
    while (start < stop) {
      long coveredUntil = at > first ? starts[at - 1] + lengths[at - 1] : Long.MIN_VALUE;
      start = Math.max(start, coveredUntil);
      long gapEnd = at < end ? Math.min(stop, starts[at]) : stop;
      if (start < gapEnd) {
        int count = (int) (gapEnd - start);
        if (end == starts.length) {
          at -= makeRoom();
        }
        place(at, start, buffer, bufferOffset + (int) (start - offset), count);
        fresh += count;
        at++;
      }
      start = Math.max(start, gapEnd);
      if (at < end && start < stop) {
        start = Math.max(start, starts[at] + lengths[at]);
        at++;
      }
    }
    if (fresh > 0) {
      extendInOrder();
    }
    return fresh;
  }

  /** Index of the first piece that begins after {@code offset}. */
  private int firstAfter(long offset) {
    int low = first;
    int high = end;
    if (low == high || starts[end - 1] <= offset) {
      return end;
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void place(int at, long start, PacketBuffer buffer, int offset, int length) {
    int moved = end - at;
    if (moved > 0) {
      System.arraycopy(buffers, at, buffers, at + 1, moved);
      System.arraycopy(bufferOffsets, at, bufferOffsets, at + 1, moved);
      System.arraycopy(lengths, at, lengths, at + 1, moved);
      System.arraycopy(starts, at, starts, at + 1, moved);
    }
    // A little payload must not hold a large buffer (the rule of one owner: held memory counts, not
    // payload).
    boolean copy = length <= SMALL_ROOM && buffer.heldBytes() > BufferPool.SMALL_BYTES;
    PacketBuffer kept = copy ? buffer.smallCopy(offset, length) : buffer.retain();
    int keptOffset = copy ? PacketBuffer.START : offset;
    buffers[at] = kept;
    bufferOffsets[at] = keptOffset;
    lengths[at] = length;
    starts[at] = start;
    end++;
    held += kept.heldBytes();
  }

  /** Makes room for one more at the end; returns by how much indices fell. */
  private int makeRoom() {
    int count = end - first;
    int shift = first;
    if (count * 2 <= starts.length) {
      System.arraycopy(buffers, first, buffers, 0, count);
      System.arraycopy(bufferOffsets, first, bufferOffsets, 0, count);
      System.arraycopy(lengths, first, lengths, 0, count);
      System.arraycopy(starts, first, starts, 0, count);
      Arrays.fill(buffers, count, end, null);
    } else {
      int size = starts.length * 2;
      buffers = Arrays.copyOfRange(buffers, first, first + size);
      bufferOffsets = Arrays.copyOfRange(bufferOffsets, first, first + size);
      lengths = Arrays.copyOfRange(lengths, first, first + size);
      starts = Arrays.copyOfRange(starts, first, first + size);
    }
    first = 0;
    end = count;
    return shift;
  }

  private void extendInOrder() {
    int i = firstAfter(inOrder) - 1;
    for (i = Math.max(i, first); i < end && starts[i] <= inOrder; i++) {
      inOrder = Math.max(inOrder, starts[i] + lengths[i]);
    }
  }

  /**
   * Moves to the next in-order piece, if there is one; then {@link #buffer} etc. tell it, and its
   * reference is the caller's.
   */
  public boolean poll() {
    if (first == end || starts[first] > next) {
      return false;
    }
    PacketBuffer buffer = buffers[first];
    polled = buffer;
    polledOffset = bufferOffsets[first];
    polledLength = lengths[first];
    polledStart = starts[first];
    buffers[first] = null;
    if (buffer != null) {
      held -= buffer.heldBytes();
    }
    next = polledStart + polledLength;
    first++;
    if (first == end) {
      first = 0;
      end = 0;
    }
    return true;
  }

  /** Buffer of the polled piece. */
  public PacketBuffer buffer() {
    PacketBuffer buffer = polled;
    if (buffer == null) {
      throw new IllegalStateException("nothing was polled");
    }
    return buffer;
  }

  /** Where the polled piece begins in its buffer's memory. */
  public int bufferOffset() {
    return polledOffset;
  }

  /** Bytes of the polled piece. */
  public int length() {
    return polledLength;
  }

  /** Offset of the polled piece's first byte. */
  public long offset() {
    return polledStart;
  }

  /** Number of separate ranges beyond the in-order bytes. */
  public int gapRanges() {
    int count = 0;
    long covered = inOrder;
    for (int i = first; i < end; i++) {
      if (starts[i] > covered) {
        count++;
      }
      covered = Math.max(covered, starts[i] + lengths[i]);
    }
    return count;
  }

  /** True if something waits beyond the in-order bytes. */
  public boolean hasGap() {
    return first < end && starts[end - 1] + lengths[end - 1] > inOrder;
  }

  /** Start of range {@code index} beyond the in-order bytes, in ascending order. */
  public long rangeStart(int index) {
    return starts[rangeFirst(index)];
  }

  /** End of range {@code index}. */
  public long rangeEnd(int index) {
    int i = rangeFirst(index);
    long covered = starts[i] + lengths[i];
    for (i++; i < end && starts[i] <= covered; i++) {
      covered = starts[i] + lengths[i];
    }
    return covered;
  }

  private int rangeFirst(int index) {
    int left = index;
    long covered = inOrder;
    for (int i = first; i < end; i++) {
      if (starts[i] > covered && left-- == 0) {
        return i;
      }
      covered = Math.max(covered, starts[i] + lengths[i]);
    }
    throw new IndexOutOfBoundsException(index);
  }

  /** The range beyond the in-order bytes that holds {@code offset}: its start, or -1. */
  public long rangeStartAround(long offset) {
    int i = firstAfter(offset) - 1;
    if (i < first || offset >= starts[i] + lengths[i] || offset < inOrder) {
      return -1;
    }
    while (i > first && starts[i - 1] + lengths[i - 1] == starts[i]) {
      i--;
    }
    return starts[i] > inOrder ? starts[i] : -1;
  }

  /** End of the contiguous bytes that begin at a range's start. */
  public long rangeEndFrom(long start) {
    int i = firstAfter(start) - 1;
    long covered = starts[i] + lengths[i];
    for (i++; i < end && starts[i] <= covered; i++) {
      covered = starts[i] + lengths[i];
    }
    return covered;
  }

  /** Memory held, bytes. */
  public long heldBytes() {
    return held;
  }

  /** Forgets everything beyond what was polled and gives the buffers back. */
  public void clear() {
    for (int i = first; i < end; i++) {
      PacketBuffer buffer = buffers[i];
      if (buffer != null) {
        buffer.release();
        buffers[i] = null;
      }
    }
    first = 0;
    end = 0;
    held = 0;
    inOrder = next;
  }
}
