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

  /** No gap before the last byte was longer: the receiver itself measured. */
  private final long mostNs;

  private Arrivals(long[] timesNs, long endNs, long resolutionNs, long mostNs) {
    this.timesNs = timesNs;
    this.endNs = endNs;
    this.resolutionNs = resolutionNs;
    this.mostNs = mostNs;
  }

  /**
   * Of one transfer.
   *
   * @param endNs until when bytes were waited for; a gap at the end counts up to here
   */
  static Arrivals of(Recording.Transfer transfer, long endNs) {
    Event.TransferEnded ended = transfer.ended;
    boolean told = ended != null && ended.bytes() > 0;
    List<Long> times = new ArrayList<>();
    long resolutionNs = 0;
    if (transfer.delays.isEmpty()) {
      long had = 0;
      List<Long> steps = new ArrayList<>();
      for (int i = 0; i < transfer.samples.size(); i++) {
        Event.TransferSample sample = transfer.samples.get(i);
        if (sample.bytes() > had) {
          times.add(sample.atNs());
          had = sample.bytes();
        }
        if (i > 0) {
          steps.add(sample.atNs() - transfer.samples.get(i - 1).atNs());
        }
      }
      long[] sorted = steps.stream().mapToLong(Long::longValue).sorted().toArray();
      resolutionNs = sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    } else {
      transfer.delays.forEach(delay -> times.add(delay.atNs()));
    }
    long mostNs = Long.MAX_VALUE;
    if (told && ended != null) {
      long firstNs = ended.firstNs();
      long lastNs = ended.lastNs();
      times.removeIf(atNs -> atNs < firstNs || atNs > lastNs);
      times.add(firstNs);
      times.add(lastNs);
      mostNs = Math.max(1, ended.longestStallNs());
    }
    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().distinct().toArray();
    return new Arrivals(sorted, endNs, resolutionNs, mostNs);
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
        long fromNs = Math.max(timesNs[i - 1], timesNs[i] - mostNs);
        if (timesNs[i] - fromNs > longerThanNs) {
          gaps.add(new Gap(fromNs, timesNs[i], false));
        }
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
