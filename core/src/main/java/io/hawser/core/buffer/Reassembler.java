package io.hawser.core.buffer;

import io.hawser.wire.PacketBuffer;
import java.util.Arrays;
import java.util.Objects;
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
  private static final int FEWEST = 8;
  private static final @Nullable PacketBuffer[] NO_BUFFERS = {};
  private static final int[] NO_INTS = {};
  private static final long[] NO_STARTS = {};

  // An idle connection has none of these: they come with the first piece.
  private @Nullable PacketBuffer[] buffers = NO_BUFFERS;
  private int[] bufferOffsets = NO_INTS;
  private int[] lengths = NO_INTS;
  private long[] starts = NO_STARTS;
  private int first;
  private int end;
  private long next;
  private long inOrder;
  private long held;
  // What lies beyond the in-order bytes, whatever pieces it came in (RFC 2018 section 3: a block is
  // a contiguous range).
  private final Ranges beyond = new Ranges();

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
   * Keeps what is new in [offset, offset + length) and retains the buffer for it. What has to wait
   * for earlier bytes and fills less than a quarter of its buffer is copied to small buffers of the
   * same pool instead.
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
        at = keep(at, start, buffer, bufferOffset + (int) (start - offset), count);
        fresh += count;
        grown(start, gapEnd);
      }
      start = Math.max(start, gapEnd);
      if (at < end && start < stop) {
        start = Math.max(start, starts[at] + lengths[at]);
        at++;
      }
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

  /** Keeps new bytes as the piece at this index, or as several; returns the index after them. */
  private int keep(int at, long start, PacketBuffer buffer, int offset, int count) {
    if (start == inOrder || !SmallCopies.worthwhile(buffer, count)) {
      return place(at, start, buffer.retain(), offset, count) + 1;
    }
    int index = at;
    for (int done = 0; done < count; ) {
      int part = Math.min(count - done, SmallCopies.ROOM);
      PacketBuffer copy = buffer.smallCopy(offset + done, part);
      index = place(index, start + done, copy, PacketBuffer.START, part) + 1;
      done += part;
    }
    return index;
  }

  /** Puts a piece at this index and returns where it lies now. */
  private int place(int wanted, long start, PacketBuffer buffer, int offset, int length) {
    int at = wanted;
    if (at == end) {
      if (end == starts.length) {
        at -= makeRoom();
      }
      end++;
    } else if (first > 0 && at - first < end - at) {
      // A hole is mostly filled near the front: fewer pieces to move that way.
      move(first, first - 1, at - first);
      first--;
      at--;
    } else {
      if (end == starts.length) {
        at -= makeRoom();
      }
      move(at, at + 1, end - at);
      end++;
    }
    buffers[at] = buffer;
    bufferOffsets[at] = offset;
    lengths[at] = length;
    starts[at] = start;
    held += buffer.heldBytes();
    return at;
  }

  private void move(int from, int to, int count) {
    System.arraycopy(buffers, from, buffers, to, count);
    System.arraycopy(bufferOffsets, from, bufferOffsets, to, count);
    System.arraycopy(lengths, from, lengths, to, count);
    System.arraycopy(starts, from, starts, to, count);
  }

  /** Makes room for one more at the end; returns by how much indices fell. */
  private int makeRoom() {
    int count = end - first;
    int shift = first;
    if (starts.length > 0 && count * 2 <= starts.length) {
      move(first, 0, count);
      Arrays.fill(buffers, count, end, null);
    } else {
      int size = Math.max(FEWEST, starts.length * 2);
      buffers = Arrays.copyOfRange(buffers, first, first + size);
      bufferOffsets = Arrays.copyOfRange(bufferOffsets, first, first + size);
      lengths = Arrays.copyOfRange(lengths, first, first + size);
      starts = Arrays.copyOfRange(starts, first, first + size);
    }
    first = 0;
    end = count;
    return shift;
  }

  private void grown(long start, long stop) {
    if (start > inOrder) {
      beyond.add(start, stop);
      return;
    }
    inOrder = stop;
    if (beyond.count() > 0 && beyond.start(0) == stop) {
      inOrder = beyond.end(0);
      beyond.removeFirst();
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
    return beyond.count();
  }

  /** True if something waits beyond the in-order bytes. */
  public boolean hasGap() {
    return beyond.count() > 0;
  }

  /** Start of range {@code index} beyond the in-order bytes, in ascending order. */
  public long rangeStart(int index) {
    return beyond.start(Objects.checkIndex(index, beyond.count()));
  }

  /** End of range {@code index}. */
  public long rangeEnd(int index) {
    return beyond.end(Objects.checkIndex(index, beyond.count()));
  }

  /** The range beyond the in-order bytes that holds {@code offset}: its start, or -1. */
  public long rangeStartAround(long offset) {
    int index = beyond.around(offset);
    return index < 0 ? -1 : beyond.start(index);
  }

  /** End of the range beyond the in-order bytes that begins at {@code start}. */
  public long rangeEndFrom(long start) {
    int index = beyond.around(start);
    if (index < 0) {
      throw new IllegalArgumentException("no range beyond the in-order bytes holds " + start);
    }
    return beyond.end(index);
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
    beyond.clear();
  }
}
