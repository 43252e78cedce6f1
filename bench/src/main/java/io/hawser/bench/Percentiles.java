package io.hawser.bench;

import java.util.Arrays;

/** Collects times, and tells their percentiles. */
final class Percentiles {
  private long[] times = new long[1 << 16];
  private int count;

  void add(long timeNs) {
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
    }
    times[count++] = timeNs;
  }

  int count() {
    return count;
  }

  /** The time below which so many of a hundred lie, microseconds. Sorts. */
  double micros(double percent) {
    if (count == 0) {
      throw new IllegalStateException("no times");
    }
    Arrays.sort(times, 0, count);
    return times[(int) Math.min(count - 1, Math.floor(count * percent / 100))] / 1e3;
  }
}
