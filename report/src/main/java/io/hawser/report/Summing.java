package io.hawser.report;

import io.hawser.event.Event;
import io.hawser.report.RunSummary.ChangeFigures;
import io.hawser.report.RunSummary.CpuFigures;
import io.hawser.report.RunSummary.DelayFigures;
import io.hawser.report.RunSummary.LinkFigures;
import io.hawser.report.RunSummary.TransferFigures;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes a summary. */
final class Summing {
  private final Recording run;
  private final Flow flow;
  private final long beginNs;

  Summing(Recording run) {
    this.run = run;
    flow = Flow.of(run);
    beginNs = run.beginNs();
  }

  RunSummary summary() {
    List<TransferFigures> transfers = new ArrayList<>();
    long fromNs = Long.MAX_VALUE;
    long toNs = Long.MIN_VALUE;
    long bytes = 0;
    boolean paced = !run.transfers.isEmpty();
    for (Recording.Transfer transfer : run.transfers.values()) {
      long waitedNs = waitedUntilNs(run, transfer);
      Arrivals arrivals = Arrivals.of(transfer, waitedNs);
      if (!arrivals.isEmpty()) {
        fromNs = Math.min(fromNs, arrivals.firstNs());
        toNs = Math.max(toNs, Math.max(arrivals.lastNs(), transfer.isPaced() ? 0 : waitedNs));
      }
      TransferFigures figures = transfer(transfer, arrivals, waitedNs);
      bytes += figures.bytes();
      paced &= transfer.isPaced();
      transfers.add(figures);
    }
    double seconds = (toNs - fromNs) / 1e9;
    double goodput = toNs > fromNs ? bytes * 8.0 / seconds : 0;
    Double limit = null;
    if (toNs > fromNs) {
      double mean = new PhysicalLimit(run, flow).meanBitsPerSecond(fromNs, toNs);
      limit = Double.isFinite(mean) ? (Double) mean : null;
    }
    List<ChangeFigures> changes = changes();
    ChangeFigures worst = worst(changes);
    List<CpuFigures> cpu = cpu();
    double cpuSeconds = cpu.stream().mapToDouble(CpuFigures::seconds).sum();
    Event.RunStarted head = run.started;
    return new RunSummary(
        head == null ? "" : head.scenario(),
        head == null ? "" : head.title(),
        head == null ? "" : head.stack(),
        head == null ? "" : head.clock(),
        head == null ? 0 : head.repetition(),
        head == null ? 0 : head.seed(),
        run.endNs() - beginNs,
        flow,
        bytes,
        goodput,
        limit,
        limit == null || limit == 0 || paced ? null : (Double) (goodput / limit),
        HeaderShare.of(run).text(),
        transfers,
        links(),
        changes,
        worst == null ? null : worst.stallNs(),
        worst != null && worst.open(),
        run.transfers.values().stream()
            .mapToLong(one -> Arrivals.of(one, run.endNs()).resolutionNs())
            .max()
            .orElse(0),
        cpu,
        cpu.isEmpty() || bytes == 0 || paced ? null : (Double) (cpuSeconds / (bytes / 1e9)),
        retransmitted(),
        reinjected(),
        verified(transfers),
        error(),
        run.damage);
  }

  /**
   * Until when bytes of a transfer were missed. A transfer that ended well is waited for no longer
   * than the run was planned to last; one that failed, until it was given up.
   */
  static long waitedUntilNs(Recording run, Recording.Transfer transfer) {
    Event.TransferEnded ended = transfer.ended;
    if (ended == null) {
      return run.endNs();
    }
    Event.RunStarted head = run.started;
    if (!ended.error().isEmpty() || head == null || head.plannedNs() <= 0) {
      return ended.error().isEmpty() ? ended.lastNs() : ended.atNs();
    }
    long plannedEndNs = head.atNs() + head.plannedNs();
    return Math.max(ended.lastNs(), Math.min(ended.atNs(), plannedEndNs));
  }

  private TransferFigures transfer(Recording.Transfer transfer, Arrivals arrivals, long waitedNs) {
    Event.TransferEnded ended = transfer.ended;
    long sampled = transfer.samples.isEmpty() ? 0 : transfer.samples.getLast().bytes();
    long bytes = ended == null ? sampled : Math.max(sampled, ended.bytes());
    long firstNs = arrivals.isEmpty() ? beginNs : arrivals.firstNs();
    long lastNs = arrivals.isEmpty() ? beginNs : arrivals.lastNs();
    long endNs = transfer.isPaced() ? lastNs : Math.max(lastNs, waitedNs);
    List<Arrivals.Gap> stalls = new ArrayList<>(arrivals.gaps(RunSummary.STALL_NS));
    if (transfer.isPaced() && ended != null && ended.error().isEmpty()) {
      stalls.removeIf(Arrivals.Gap::open);
    }
    long longestNs = ended == null ? 0 : ended.longestStallNs();
    for (Arrivals.Gap gap : ended == null ? arrivals.gaps(0) : stalls) {
      boolean exact = ended != null && !gap.open();
      longestNs = exact ? longestNs : Math.max(longestNs, gap.lengthNs());
    }
    long stalledNs = stalls.stream().mapToLong(Arrivals.Gap::lengthNs).sum();
    int stallCount = stalls.size();
    long playedNs = transfer.stalls.stream().mapToLong(Event.PlaybackStall::durationNs).sum();
    if (transfer.isPlayback()) {
      // A film waits between its segments; what its viewer notices is playback standing still.
      stallCount = (int) transfer.stalls.stream().filter(Summing::isLong).count();
      stalledNs =
          transfer.stalls.stream()
              .filter(Summing::isLong)
              .mapToLong(Event.PlaybackStall::durationNs)
              .sum();
      longestNs =
          transfer.stalls.stream().mapToLong(Event.PlaybackStall::durationNs).max().orElse(0);
    }
    Event.MessageTotals totals = transfer.totals;
    long arrived = totals == null ? transfer.delays.size() : totals.arrived();
    return new TransferFigures(
        transfer.name,
        bytes,
        firstNs - beginNs,
        lastNs - beginNs,
        endNs > firstNs ? bytes * 8e9 / (endNs - firstNs) : 0,
        longestNs,
        stallCount,
        stalledNs,
        delay(transfer.delays),
        totals == null ? arrived : totals.sent(),
        arrived,
        totals == null ? 0 : totals.late(),
        totals == null ? 0 : Math.max(0, totals.sent() - totals.arrived()),
        transfer.stalls.size(),
        playedNs,
        ended == null ? null : (Boolean) ended.verified(),
        ended == null ? "it did not come to an end" : ended.error());
  }

  private static boolean isLong(Event.PlaybackStall stall) {
    return stall.durationNs() > RunSummary.STALL_NS;
  }

  private static @Nullable DelayFigures delay(List<Event.MessageDelay> delays) {
    if (delays.isEmpty()) {
      return null;
    }
    long[] sorted = delays.stream().mapToLong(Event.MessageDelay::delayNs).sorted().toArray();
    return new DelayFigures(
        sorted.length,
        rank(sorted, 0.50),
        rank(sorted, 0.95),
        rank(sorted, 0.99),
        sorted[sorted.length - 1]);
  }

  /** The nearest-rank percentile of sorted values. */
  static long rank(long[] sorted, double part) {
    int rank = (int) Math.ceil(part * sorted.length - 1e-9);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  private List<LinkFigures> links() {
    Map<String, Long> bytes = new HashMap<>();
    long all = 0;
    for (var link : run.links.entrySet()) {
      long one = flow.bytes(link.getValue().getLast()) - flow.bytes(link.getValue().getFirst());
      bytes.put(link.getKey(), one);
    }
    // All data crosses one of the client's links; behind a router it would be counted again.
    for (Event.LinkFacts facts : run.linkFacts()) {
      all += facts.isAccess() ? bytes.getOrDefault(facts.name(), 0L) : 0;
    }
    List<LinkFigures> figures = new ArrayList<>();
    for (Event.LinkFacts facts : run.linkFacts()) {
      List<Event.LinkSample> samples = run.links.getOrDefault(facts.name(), List.of());
      long drops = 0;
      if (!samples.isEmpty()) {
        Event.LinkSample from = samples.getFirst();
        Event.LinkSample to = samples.getLast();
        drops = flow.pick(to.forthDrops() - from.forthDrops(), to.backDrops() - from.backDrops());
      }
      long one = bytes.getOrDefault(facts.name(), 0L);
      double share = all == 0 ? 0 : Math.min(1, (double) one / all);
      figures.add(new LinkFigures(facts.name(), one, share, drops, facts.text()));
    }
    return figures;
  }

  private List<ChangeFigures> changes() {
    Map<String, Boolean> usable = new HashMap<>();
    List<ChangeFigures> figures = new ArrayList<>();
    for (Event.LinkChanged change : run.changes) {
      Boolean before = usable.put(change.link(), change.usable());
      boolean lost = !change.usable() && !Boolean.FALSE.equals(before);
      Arrivals.Gap next = null;
      Arrivals.Gap stall = null;
      for (Recording.Transfer transfer : run.transfers.values()) {
        Arrivals arrivals = Arrivals.of(transfer, waitedUntilNs(run, transfer));
        if (underWay(arrivals, transfer, change.atNs())) {
          Arrivals.Gap soon = arrivals.next(change.atNs());
          Arrivals.Gap after =
              exact(arrivals.longest(change.atNs(), RunSummary.BLAME_NS), arrivals, transfer.ended);
          next = next == null || soon.lengthNs() > next.lengthNs() ? soon : next;
          stall = stall == null || after.lengthNs() > stall.lengthNs() ? after : stall;
        }
      }
      figures.add(
          new ChangeFigures(
              change.atNs() - beginNs,
              change.link(),
              change.change(),
              lost,
              next == null ? null : (Long) next.lengthNs(),
              stall == null ? null : (Long) stall.lengthNs(),
              stall != null && stall.open()));
    }
    return figures;
  }

  /**
   * Samples are too coarse for a stall's length; but if this is the transfer's longest one, the
   * receiver itself has told it.
   */
  private static Arrivals.Gap exact(
      Arrivals.Gap gap, Arrivals arrivals, Event.@Nullable TransferEnded ended) {
    long slackNs = 2 * arrivals.resolutionNs();
    if (ended == null || gap.open() || slackNs == 0) {
      return gap;
    }
    boolean longest =
        arrivals.gaps(gap.lengthNs()).stream()
            .allMatch(one -> one.open() || one.toNs() == gap.toNs());
    boolean same = Math.abs(ended.longestStallNs() - gap.lengthNs()) <= slackNs;
    return longest && same && gap.lengthNs() > slackNs
        ? new Arrivals.Gap(gap.fromNs(), gap.fromNs() + ended.longestStallNs(), false)
        : gap;
  }

  private boolean underWay(Arrivals arrivals, Recording.Transfer transfer, long atNs) {
    return !arrivals.isEmpty()
        && !transfer.isPlayback()
        && arrivals.firstNs() <= atNs
        && atNs < Math.max(arrivals.lastNs(), waitedUntilNs(run, transfer));
  }

  private static @Nullable ChangeFigures worst(List<ChangeFigures> changes) {
    ChangeFigures worst = null;
    long worstNs = -1;
    for (ChangeFigures change : changes) {
      Long stallNs = change.stallNs();
      if (change.lostLink() && stallNs != null && stallNs > worstNs) {
        worst = change;
        worstNs = stallNs;
      }
    }
    return worst;
  }

  private List<CpuFigures> cpu() {
    List<CpuFigures> figures = new ArrayList<>();
    run.cpu.forEach((host, samples) ->
        figures.add(
            new CpuFigures(
                host, samples.stream().mapToLong(Event.CpuSample::cpuNs).max().orElse(0) / 1e9)));
    return figures;
  }

  /** Each end of a subflow counts what it sent itself, so both ends are added up. */
  private long retransmitted() {
    long sum = 0;
    for (List<Event.SubflowSample> samples : run.subflows.values()) {
      sum += samples.stream().mapToLong(Event.SubflowSample::retransmittedSegments).max().orElse(0);
    }
    return sum;
  }

  private long reinjected() {
    long sum = 0;
    for (List<Event.ConnectionSample> samples : run.connections.values()) {
      sum += samples.stream().mapToLong(Event.ConnectionSample::reinjectedBytes).max().orElse(0);
    }
    return Math.max(sum, run.reinjectedBytes);
  }

  private static @Nullable Boolean verified(List<TransferFigures> transfers) {
    Boolean all = null;
    for (TransferFigures one : transfers) {
      if (one.verified() != null) {
        all = one.verified() && !Boolean.FALSE.equals(all);
      }
    }
    return all;
  }

  private String error() {
    Event.RunEnded ended = run.ended;
    if (ended != null) {
      return ended.error();
    }
    return "the run did not come to an end";
  }
}
