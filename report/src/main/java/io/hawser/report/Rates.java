package io.hawser.report;

import io.hawser.event.Event;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/** From counters to rates over equal steps of time. */
final class Rates {
  private static final int MOST_BINS = 240;
  private static final long LEAST_BIN_NS = 20_000_000;

  /** So many times the usual spacing without a sample: the counter stood still meanwhile. */
  private static final int HOLD = 3;

  private final long beginNs;
  private final long binNs;
  private final int bins;

  Rates(Recording run) {
    beginNs = run.beginNs();
    long durationNs = Math.max(1, run.endNs() - beginNs);
    long spacingNs = 0;
    for (List<Event.LinkSample> samples : run.links.values()) {
      spacingNs = Math.max(spacingNs, spacing(times(samples)));
    }
    for (Recording.Transfer transfer : run.transfers.values()) {
      spacingNs = Math.max(spacingNs, spacing(times(transfer.samples)));
    }
    long wantedNs = Math.max(LEAST_BIN_NS, Math.max(2 * spacingNs, durationNs / MOST_BINS));
    binNs = round(wantedNs);
    bins = (int) Math.max(1, durationNs / binNs);
  }

  /** The next 1, 2 or 5 of a decade. */
  private static long round(long ns) {
    for (long decade = 1; ; decade *= 10) {
      for (int digit : new int[] {1, 2, 5}) {
        if (digit * decade >= ns) {
          return digit * decade;
        }
      }
    }
  }

  long binNs() {
    return binNs;
  }

  /** The middles of the steps, in seconds since the run began. */
  double[] xs() {
    double[] xs = new double[bins];
    for (int i = 0; i < bins; i++) {
      xs[i] = (i + 0.5) * binNs / 1e9;
    }
    return xs;
  }

  /** Bits per second in each step. */
  <E extends Event> double[] of(List<E> samples, ToLongFunction<E> counter) {
    long[] times = times(samples);
    double[] counts = samples.stream().mapToLong(counter).mapToDouble(v -> v).toArray();
    long holdNs = HOLD * spacing(times);
    double[] rates = new double[bins];
    double before = at(times, counts, beginNs, holdNs);
    for (int i = 0; i < bins; i++) {
      double now = at(times, counts, beginNs + (i + 1) * binNs, holdNs);
      rates[i] = Math.max(0, now - before) * 8e9 / binNs;
      before = now;
    }
    return rates;
  }

  private static double at(long[] times, double[] counts, long atNs, long holdNs) {
    if (times.length == 0) {
      return 0;
    }
    int found = Arrays.binarySearch(times, atNs);
    if (found >= 0) {
      return counts[found];
    }
    int next = -found - 1;
    if (next == 0) {
      return counts[0];
    } else if (next == times.length) {
      return counts[times.length - 1];
    }
    long gapNs = times[next] - times[next - 1];
    long fromNs = gapNs > holdNs ? times[next] - holdNs / HOLD : times[next - 1];
    double part = Math.max(0, (double) (atNs - fromNs) / Math.max(1, times[next] - fromNs));
    return counts[next - 1] + part * (counts[next] - counts[next - 1]);
  }

  private static long[] times(List<? extends Event> samples) {
    return samples.stream().mapToLong(Event::atNs).toArray();
  }

  /** The median time between two samples. */
  private static long spacing(long[] times) {
    if (times.length < 2) {
      return 0;
    }
    long[] gaps = new long[times.length - 1];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = times[i + 1] - times[i];
    }
    Arrays.sort(gaps);
    return gaps[gaps.length / 2];
  }

  static double[] sum(double[] some, double[] others) {
    double[] sum = some.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += others[i];
    }
    return sum;
  }

  static double[] times(double factor, double[] values) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }
}
