package io.hawser.core.buffer;

import java.util.Arrays;

/** Disjoint ranges of a stream in ascending order; ranges that touch are one. */
final class Ranges {
  private static final long[] NONE = {};
  private static final int FEWEST = 8;

  private long[] starts = NONE;
  private long[] ends = NONE;
  private int count;

  int count() {
    return count;
  }

  long start(int index) {
    return starts[index];
  }

  long end(int index) {
    return ends[index];
  }

  void clear() {
    count = 0;
  }

  /** Index of the range that holds the offset, or -1. */
  int around(long offset) {
    int i = upTo(offset) - 1;
    return i >= 0 && offset < ends[i] ? i : -1;
  }

  /** How many ranges begin at or before the offset. */
  private int upTo(long offset) {
    if (count == 0 || starts[count - 1] <= offset) {
      return count;
    }
    int low = 0;
    int high = count - 1;
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

  /** Adds [start, end), and what it joins becomes one range. */
  void add(long start, long end) {
    int at = upTo(start);
    if (at > 0 && ends[at - 1] >= start) {
      at--;
      ends[at] = Math.max(ends[at], end);
    } else if (at < count && starts[at] <= end) {
      starts[at] = start;
      ends[at] = Math.max(ends[at], end);
    } else {
      insert(at, start, end);
    }
    int next = at + 1;
    while (next < count && starts[next] <= ends[at]) {
      ends[at] = Math.max(ends[at], ends[next]);
      next++;
    }
    remove(at + 1, next);
  }

  private void insert(int at, long start, long end) {
    if (count == starts.length) {
      int size = Math.max(FEWEST, count * 2);
      starts = Arrays.copyOf(starts, size);
      ends = Arrays.copyOf(ends, size);
    }
    System.arraycopy(starts, at, starts, at + 1, count - at);
    System.arraycopy(ends, at, ends, at + 1, count - at);
    starts[at] = start;
    ends[at] = end;
    count++;
  }

  private void remove(int from, int to) {
    if (from < to) {
      System.arraycopy(starts, to, starts, from, count - to);
      System.arraycopy(ends, to, ends, from, count - to);
      count -= to - from;
    }
  }

  /** Takes the first range away. */
  void removeFirst() {
    remove(0, 1);
  }
}
