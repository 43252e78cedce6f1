package io.hawser.insight.terminal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A counter of bytes over time, and the speeds that follow from it. Between two readings the
 * counter is taken to have grown evenly, so that any interval has a speed.
 */
final class RateSeries {
  private static final long SECOND_NS = 1_000_000_000L;

  private record Reading(long atNs, double total) {}

  private final long keptNs;
  private final Deque<Reading> readings = new ArrayDeque<>();
  private double offset;
  private double raw;
  private double peak;

  RateSeries(long keptNs) {
    this.keptNs = keptNs + 2 * SECOND_NS;
  }

  /** A reading; one that is not newer than the last is ignored. */
  void add(long atNs, long bytes) {
    if (!readings.isEmpty() && atNs <= readings.getLast().atNs) {
      return;
    }
    if (readings.isEmpty()) {
      offset = -bytes;
    } else if (bytes < raw) {
      // The counter began again.
      offset += raw;
    }
    raw = bytes;
    readings.addLast(new Reading(atNs, raw + offset));
    dropOld(atNs - keptNs);
    if (atNs - readings.getFirst().atNs >= SECOND_NS / 2) {
      peak = Math.max(peak, now());
    }
  }

  /** The last reading before the time that is kept stays: it is the beginning of what follows. */
  private void dropOld(long untilNs) {
    Reading first = readings.removeFirst();
    while (!readings.isEmpty() && readings.getFirst().atNs <= untilNs) {
      first = readings.removeFirst();
    }
    readings.addFirst(first);
  }

  boolean isEmpty() {
    return readings.isEmpty();
  }

  long latestNs() {
    return readings.isEmpty() ? Long.MIN_VALUE : readings.getLast().atNs;
  }

  /** Bytes since the first reading. */
  long total() {
    return readings.isEmpty() ? 0 : Math.round(readings.getLast().total);
  }

  /** The highest speed of any second, bits per second. */
  double peak() {
    return peak;
  }

  /** The speed of the last second that was read, bits per second. */
  double now() {
    if (readings.size() < 2) {
      return 0;
    }
    long toNs = readings.getLast().atNs;
    double rate = rate(Math.max(readings.getFirst().atNs, toNs - SECOND_NS), toNs);
    return Double.isNaN(rate) ? 0 : rate;
  }

  /** Speeds of equal intervals in bits per second; NaN where nothing was read. */
  double[] rates(long fromNs, long stepNs, int count) {
    double[] rates = new double[count];
    for (int i = 0; i < count; i++) {
      rates[i] = rate(fromNs + i * stepNs, fromNs + (i + 1) * stepNs);
    }
    return rates;
  }

  /** The speed in what was read of an interval; NaN if that is nothing. */
  private double rate(long fromNs, long toNs) {
    if (readings.size() < 2) {
      return Double.NaN;
    }
    long beginNs = Math.max(fromNs, readings.getFirst().atNs);
    long endNs = Math.min(toNs, readings.getLast().atNs);
    if (endNs <= beginNs) {
      return Double.NaN;
    }
    return (totalAt(endNs) - totalAt(beginNs)) * 8 * SECOND_NS / (endNs - beginNs);
  }

  private double totalAt(long atNs) {
    Reading before = readings.getFirst();
    for (Reading one : readings) {
      if (one.atNs >= atNs) {
        return one.atNs == before.atNs
            ? one.total
            : before.total
                + (one.total - before.total) * (atNs - before.atNs) / (one.atNs - before.atNs);
      }
      before = one;
    }
    return before.total;
  }
}
