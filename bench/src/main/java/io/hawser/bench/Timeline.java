package io.hawser.bench;

import java.util.Arrays;

/** When bytes reached the application, as a running total. */
final class Timeline {
  private long[] timesNs = new long[1 << 14];
  private long[] totals = new long[1 << 14];
  private int count;

  /** So many bytes have come by now. */
  void add(long nowNs, long totalBytes) {
    if (count == timesNs.length) {
      timesNs = Arrays.copyOf(timesNs, 2 * count);
      totals = Arrays.copyOf(totals, 2 * count);
    }
    timesNs[count] = nowNs;
    totals[count] = totalBytes;
    count++;
  }

  /** The longest time without bytes that ends between these moments; in milliseconds. */
  double longestGapMs(long fromNs, long toNs) {
    long longest = 0;
    for (int i = 1; i < count; i++) {
      if (timesNs[i] > fromNs && timesNs[i - 1] < toNs) {
        longest = Math.max(longest, timesNs[i] - Math.max(fromNs, timesNs[i - 1]));
      }
    }
    if (count == 0 || timesNs[count - 1] < toNs) {
      long last = count == 0 ? fromNs : Math.max(fromNs, timesNs[count - 1]);
      longest = Math.max(longest, toNs - last);
    }
    return longest / 1e6;
  }

  /** Bytes that came between these moments. */
  long bytes(long fromNs, long toNs) {
    return totalAt(toNs) - totalAt(fromNs);
  }

  /**
   * How long after a moment a window of time begins that carries at least so many bytes; in
   * milliseconds, the whole time if none does.
   */
  double untilRateMs(long fromNs, long toNs, long windowNs, long bytes) {
    long stepNs = 5_000_000;
    for (long at = fromNs; at + windowNs <= toNs; at += stepNs) {
      if (bytes(at, at + windowNs) >= bytes) {
        return (at - fromNs) / 1e6;
      }
    }
    return (toNs - fromNs) / 1e6;
  }

  private long totalAt(long timeNs) {
    int at = Arrays.binarySearch(timesNs, 0, count, timeNs);
    int before = at >= 0 ? at : -at - 2;
    return before < 0 ? 0 : totals[before];
  }
}
