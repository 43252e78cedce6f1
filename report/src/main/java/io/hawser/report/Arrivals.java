package io.hawser.report;

import io.hawser.event.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** When bytes arrived: moments, and the gaps between them. */
final class Arrivals {
  /** From the last byte before a gap to the first one after it, or to the end if none came. */
  record Gap(long fromNs, long toNs, boolean open) {
    long lengthNs() {
      return toNs - fromNs;
    }
  }

  private final long[] timesNs;
  private final long endNs;
  private final long resolutionNs;

  /**
   * @param endNs until when bytes were waited for; a gap at the end counts up to here
   */
  private Arrivals(long[] timesNs, long endNs, long resolutionNs) {
    this.timesNs = timesNs;
    this.endNs = endNs;
    this.resolutionNs = resolutionNs;
  }

  static Arrivals of(Recording.Transfer transfer, long endNs) {
    return of(List.of(transfer), endNs);
  }

  static Arrivals of(Iterable<Recording.Transfer> transfers, long endNs) {
    List<Long> times = new ArrayList<>();
    List<Long> steps = new ArrayList<>();
    for (Recording.Transfer transfer : transfers) {
      long had = 0;
      long beforeNs = Long.MIN_VALUE;
      boolean exact = !transfer.delays.isEmpty();
      for (Event.TransferSample sample :
          exact ? List.<Event.TransferSample>of() : transfer.samples) {
        if (sample.bytes() > had) {
          times.add(sample.atNs());
        }
        if (beforeNs != Long.MIN_VALUE) {
          steps.add(sample.atNs() - beforeNs);
        }
        beforeNs = sample.atNs();
        had = Math.max(had, sample.bytes());
      }
      transfer.delays.forEach(delay -> times.add(delay.atNs()));
      Event.TransferEnded ended = transfer.ended;
      if (ended != null && ended.bytes() > 0) {
        times.add(ended.firstNs());
        times.add(ended.lastNs());
      }
    }
    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().distinct().toArray();
    long[] gaps = steps.stream().mapToLong(Long::longValue).sorted().toArray();
    return new Arrivals(sorted, endNs, gaps.length == 0 ? 0 : gaps[gaps.length / 2]);
  }

  boolean isEmpty() {
    return timesNs.length == 0;
  }

  long firstNs() {
    return timesNs[0];
  }

  long lastNs() {
    return timesNs[timesNs.length - 1];
  }

  /** Gaps shorter than this cannot be told from the time between two samples. */
  long resolutionNs() {
    return resolutionNs;
  }

  /** The median gap. */
  long usualGapNs() {
    long[] gaps = new long[Math.max(0, timesNs.length - 1)];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = timesNs[i + 1] - timesNs[i];
    }
    Arrays.sort(gaps);
    return gaps.length == 0 ? 0 : gaps[gaps.length / 2];
  }

  /** Every gap longer than this, the one at the end with them. */
  List<Gap> gaps(long longerThanNs) {
    List<Gap> gaps = new ArrayList<>();
    for (int i = 1; i < timesNs.length; i++) {
      if (timesNs[i] - timesNs[i - 1] > longerThanNs) {
        gaps.add(new Gap(timesNs[i - 1], timesNs[i], false));
      }
    }
    if (timesNs.length > 0 && endNs - lastNs() > longerThanNs) {
      gaps.add(new Gap(lastNs(), endNs, true));
    }
    return gaps;
  }

  /** From a moment to the next byte; open if none came. */
  Gap next(long atNs) {
    int at = Arrays.binarySearch(timesNs, atNs + 1);
    at = at < 0 ? -at - 1 : at;
    return at < timesNs.length
        ? new Gap(atNs, timesNs[at], false)
        : new Gap(atNs, Math.max(atNs, endNs), true);
  }

  /** The longest gap that covers a moment of this window, counted from the window's begin. */
  Gap longest(long fromNs, long windowNs) {
    Gap longest = next(fromNs);
    for (Gap gap : gaps(0)) {
      if (gap.toNs() > fromNs && gap.fromNs() <= fromNs + windowNs) {
        Gap seen = new Gap(Math.max(gap.fromNs(), fromNs), gap.toNs(), gap.open());
        longest = seen.lengthNs() > longest.lengthNs() ? seen : longest;
      }
    }
    return longest;
  }
}
