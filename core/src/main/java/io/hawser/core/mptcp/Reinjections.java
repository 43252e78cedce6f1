package io.hawser.core.mptcp;

import java.util.Arrays;

/**
 * Ranges of the stream to be sent again on another subflow (RFC 8684 section 3.3.6), lowest first,
 * without overlap.
 */
final class Reinjections {
  private static final int FEWEST = 8;
  private static final long[] NO_PLACES = {};
  private static final int[] NO_SOURCES = {};

  private long[] starts = NO_PLACES;
  private long[] ends = NO_PLACES;
  private int[] sources = NO_SOURCES;
  private int count;

  boolean isEmpty() {
    return count == 0;
  }

  long start() {
    return starts[0];
  }

  long end() {
    return ends[0];
  }

  /** The subflow that the first range should not go to if another can take it. */
  int source() {
    return sources[0];
  }

  /** Adds a range; what overlaps one that waits is not added twice. */
  void add(long start, long end, int source) {
    long from = start;
    int i = 0;
    while (i < count && from < end) {
      if (ends[i] <= from) {
        i++;
      } else if (starts[i] <= from) {
        from = ends[i];
      } else {
        long stop = Math.min(end, starts[i]);
        insert(i, from, stop, source);
        from = stop;
        i++;
      }
    }
    if (from < end) {
      insert(i, from, end, source);
    }
  }

  private void insert(int at, long start, long end, int source) {
    if (at > 0 && ends[at - 1] == start && sources[at - 1] == source) {
      ends[at - 1] = end;
      return;
    }
    if (count == starts.length) {
      int size = Math.max(FEWEST, count * 2);
      starts = Arrays.copyOf(starts, size);
      ends = Arrays.copyOf(ends, size);
      sources = Arrays.copyOf(sources, size);
    }
    int moved = count - at;
    System.arraycopy(starts, at, starts, at + 1, moved);
    System.arraycopy(ends, at, ends, at + 1, moved);
    System.arraycopy(sources, at, sources, at + 1, moved);
    starts[at] = start;
    ends[at] = end;
    sources[at] = source;
    count++;
  }

  /** Everything before {@code offset} is acknowledged or has been sent. */
  void dropBefore(long offset) {
    int gone = 0;
    while (gone < count && ends[gone] <= offset) {
      gone++;
    }
    if (gone > 0) {
      count -= gone;
      System.arraycopy(starts, gone, starts, 0, count);
      System.arraycopy(ends, gone, ends, 0, count);
      System.arraycopy(sources, gone, sources, 0, count);
    }
    if (count > 0 && starts[0] < offset) {
      starts[0] = offset;
    }
  }

  void clear() {
    count = 0;
  }
}
