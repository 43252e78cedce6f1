package io.hawser.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run came to. Moments are nanoseconds since the run began.
 *
 * @param durationNs of the whole run
 * @param flow which way the data went; links and limit are counted in this direction
 * @param bytes payload that all receiving applications got
 * @param goodputBitsPerSecond those bytes over the time from the first to the last one; stall at
 *     the end counts as time, so that a transfer which got stuck does not look fast
 * @param limitBitsPerSecond what the links could have carried as payload in the same time; null if
 *     a link has no rate
 * @param fractionOfLimit null where there is no limit or the workload sends at its own pace
 * @param limitMeans how the limit was computed
 * @param failoverNs the longest stall right after a link was lost; null if none was lost
 * @param failoverOpen whether that stall lasted to the end
 * @param resolutionNs the time between two samples; shorter stalls show as this
 * @param verified whether all bytes received are those that were sent; null if nobody looked
 * @param error empty for a good end
 * @param damage what is wrong with the raw samples; mostly empty
 */
public record RunSummary(
    String scenario,
    String title,
    String stack,
    String clock,
    int repetition,
    long seed,
    long durationNs,
    Flow flow,
    long bytes,
    double goodputBitsPerSecond,
    @Nullable Double limitBitsPerSecond,
    @Nullable Double fractionOfLimit,
    String limitMeans,
    List<TransferFigures> transfers,
    List<LinkFigures> links,
    List<ChangeFigures> changes,
    @Nullable Long failoverNs,
    boolean failoverOpen,
    long resolutionNs,
    List<CpuFigures> cpu,
    @Nullable Double cpuSecondsPerGb,
    long retransmittedSegments,
    long reinjectedBytes,
    @Nullable Boolean verified,
    String error,
    String damage) {

  /** Silences longer than this are counted: a person notices them. */
  public static final long STALL_NS = 200_000_000;

  /** A stall that begins this long after a link's loss is put down to it. */
  public static final long BLAME_NS = 1_000_000_000;

  /** Copies the lists. */
  public RunSummary {
    transfers = List.copyOf(transfers);
    links = List.copyOf(links);
    changes = List.copyOf(changes);
    cpu = List.copyOf(cpu);
  }

  /**
   * One transfer.
   *
   * @param longestStallNs the longest time without a byte; of a film, without a picture that moves
   * @param stalls how many were longer than {@link #STALL_NS}
   * @param stalledNs their sum
   * @param delay of its messages; null if it has none
   * @param sent messages; 0 for a stream of bytes
   * @param lost messages that never arrived
   * @param verified null if it did not come to an end
   */
  public record TransferFigures(
      String name,
      long bytes,
      long firstNs,
      long lastNs,
      double goodputBitsPerSecond,
      long longestStallNs,
      int stalls,
      long stalledNs,
      @Nullable DelayFigures delay,
      long sent,
      long arrived,
      long late,
      long lost,
      int playbackStalls,
      long playbackStalledNs,
      @Nullable Boolean verified,
      String error) {}

  /** Delays of messages, by nearest rank. */
  public record DelayFigures(long count, long p50Ns, long p95Ns, long p99Ns, long maxNs) {}

  /**
   * One link, in the direction of the data.
   *
   * @param bytes IP bytes that came out of it
   * @param share of all links' bytes; 0 to 1
   * @param settings at the beginning
   */
  public record LinkFigures(String name, long bytes, double share, long drops, String settings) {}

  /**
   * What a change of a link did to the transfers.
   *
   * @param lostLink whether it took away a link that was usable
   * @param nextByteNs from the change to the next byte; null if nothing was under way
   * @param stallNs the longest stall that covers a moment of the second after it
   * @param open whether that stall lasted to the end
   */
  public record ChangeFigures(
      long atNs,
      String link,
      String change,
      boolean lostLink,
      @Nullable Long nextByteNs,
      @Nullable Long stallNs,
      boolean open) {}

  /** Processor time of one end. */
  public record CpuFigures(String host, double seconds) {}

  /** What these events came to. */
  public static RunSummary of(Recording run) {
    return new Summing(run).summary();
  }

  /** The longest stall of all transfers. */
  public long longestStallNs() {
    return transfers.stream().mapToLong(TransferFigures::longestStallNs).max().orElse(0);
  }

  /** How many stalls all transfers had. */
  public int stalls() {
    return transfers.stream().mapToInt(TransferFigures::stalls).sum();
  }

  /** Whether there is nothing to complain of. */
  public boolean isGood() {
    return error.isEmpty() && transfers.stream().allMatch(one -> one.error().isEmpty());
  }

  /** The summary in a few aligned lines, for a terminal. */
  public String text() {
    return SummaryText.of(this);
  }

  /** As indented JSON. */
  public String json() {
    return EventCodec.text(this);
  }
}
