package io.hawser.report;

import io.hawser.report.RunSummary.DelayFigures;
import io.hawser.report.RunSummary.TransferFigures;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A figure by which runs are compared.
 *
 * @param unit of the values; empty for plain counts
 * @param better whether more or less of it is good
 */
record Metric(
    String name, String unit, Better better, Function<RunSummary, @Nullable Double> value) {

  /** Which way is good. */
  enum Better {
    MORE,
    LESS
  }

  /** All of them, in the order of a report. */
  static final List<Metric> ALL =
      List.of(
          new Metric("Goodput", "Mbit/s", Better.MORE, run -> run.goodputBitsPerSecond() / 1e6),
          new Metric(
              "Of the limit",
              "%",
              Better.MORE,
              run -> run.fractionOfLimit() == null ? null : (Double) (run.fractionOfLimit() * 100)),
          new Metric("Longest stall", "ms", Better.LESS, run -> run.longestStallNs() / 1e6),
          new Metric(
              "Stall after a link's loss",
              "ms",
              Better.LESS,
              run -> run.failoverNs() == null ? null : (Double) (run.failoverNs() / 1e6)),
          new Metric("Stalls over 200 ms", "", Better.LESS, run -> (double) run.stalls()),
          new Metric("Delay p50", "ms", Better.LESS, run -> delay(run, DelayFigures::p50Ns)),
          new Metric("Delay p95", "ms", Better.LESS, run -> delay(run, DelayFigures::p95Ns)),
          new Metric("Delay p99", "ms", Better.LESS, run -> delay(run, DelayFigures::p99Ns)),
          new Metric("Delay max", "ms", Better.LESS, run -> delay(run, DelayFigures::maxNs)),
          new Metric("Late messages", "", Better.LESS, run -> count(run, TransferFigures::late)),
          new Metric("Lost messages", "", Better.LESS, run -> count(run, TransferFigures::lost)),
          new Metric("Playback stalls", "", Better.LESS, Metric::playbackStalls),
          new Metric("CPU time, both ends", "s", Better.LESS, Metric::cpuSeconds),
          new Metric("CPU, both ends", "s/GB", Better.LESS, RunSummary::cpuSecondsPerGb),
          new Metric("Retransmitted segments", "", Better.LESS, Metric::retransmitted),
          new Metric("Reinjected", "MB", Better.LESS, Metric::reinjected));

  /** SCTP's library does not tell it. */
  private static @Nullable Double retransmitted(RunSummary run) {
    return run.stack().equals("sctp") ? null : (Double) (double) run.retransmittedSegments();
  }

  /** What has one path has nothing to reinject on. */
  private static @Nullable Double reinjected(RunSummary run) {
    return switch (run.stack()) {
      case "sctp", "tcp", "hawser-tcp" -> null;
      default -> (Double) (run.reinjectedBytes() / 1e6);
    };
  }

  /** The worst transfer's delay. */
  private static @Nullable Double delay(RunSummary run, ToLongFunction<DelayFigures> part) {
    var worst =
        run.transfers().stream()
            .map(TransferFigures::delay)
            .filter(Objects::nonNull)
            .mapToLong(part)
            .max();
    return worst.isEmpty() ? null : (Double) (worst.getAsLong() / 1e6);
  }

  private static @Nullable Double count(RunSummary run, ToLongFunction<TransferFigures> part) {
    if (run.transfers().stream().noneMatch(one -> one.sent() > 0)) {
      return null;
    }
    return (double) run.transfers().stream().mapToLong(part).sum();
  }

  private static @Nullable Double cpuSeconds(RunSummary run) {
    return run.cpu().isEmpty()
        ? null
        : (Double) run.cpu().stream().mapToDouble(RunSummary.CpuFigures::seconds).sum();
  }

  private static @Nullable Double playbackStalls(RunSummary run) {
    boolean plays =
        run.transfers().stream()
            .anyMatch(one -> one.playbackStalls() > 0 || one.name().contains("video"));
    return plays
        ? (Double) (double) run.transfers().stream().mapToInt(TransferFigures::playbackStalls).sum()
        : null;
  }

  String label() {
    return unit.isEmpty() ? name : name + ", " + unit;
  }
}
