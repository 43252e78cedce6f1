package io.hawser.report;

import io.hawser.event.Event;
import io.hawser.report.plot.BarPlot;
import io.hawser.report.plot.Dash;
import io.hawser.report.plot.Ink;
import io.hawser.report.plot.LinePlot;
import io.hawser.report.plot.Series;
import io.hawser.report.plot.Series.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The plots of one run. */
final class RunPlots {
  static final String TIME = "Time since the start, s";
  private static final int MOST_LINES = 8;
  private static final int MOST_POINTS = 300;

  private final Recording run;
  private final RunSummary summary;
  private final double seconds;

  RunPlots(Recording run, RunSummary summary) {
    this.run = run;
    this.summary = summary;
    seconds = Math.max(1e-3, summary.durationNs() / 1e9);
  }

  /** All that have something to show. */
  List<Figure> figures() {
    List<Figure> figures = new ArrayList<>();
    goodput(figures);
    stalls(figures);
    subflows(
        figures,
        "rtt",
        "Round-trip time of each subflow",
        "Smoothed RTT, ms",
        sample -> sample.smoothedRttNs() / 1e6);
    subflows(
        figures,
        "cwnd",
        "Congestion window of each subflow",
        "Window, kB",
        sample -> sample.cwndBytes() / 1e3);
    delays(figures);
    cpu(figures);
    return figures;
  }

  LinePlot marked(LinePlot plot) {
    run.changes.forEach(
        change -> plot.mark(run.seconds(change.atNs()), change.link() + " " + change.change()));
    for (Recording.LogLine line : run.log) {
      if (line.event() instanceof Event.FellBack) {
        plot.mark(run.seconds(line.atNs()), "fall-back to TCP");
      }
    }
    return plot.x(0, seconds);
  }

  private void goodput(List<Figure> figures) {
    GoodputPlot goodput = new GoodputPlot(run, summary);
    LinePlot plot = goodput.plot(RateUnit.of(goodput.peak()));
    if (!plot.isEmpty()) {
      figures.add(Figure.of("goodput", marked(plot), goodput.note()));
    }
  }

  private void stalls(List<Figure> figures) {
    LinePlot plot = marked(new LinePlot("Stalls: times without a byte", TIME, "Stall, ms"));
    int number = 0;
    boolean any = false;
    for (Recording.Transfer transfer : run.transfers.values()) {
      List<Arrivals.Gap> longest = stalls(transfer);
      any |= !longest.isEmpty();
      plot.add(
          new Series(
              transfer.name,
              Kind.STEM,
              longest.stream().mapToDouble(gap -> run.seconds(gap.fromNs())).toArray(),
              longest.stream().mapToDouble(gap -> gap.lengthNs() / 1e6).toArray(),
              Ink.series(number),
              Dash.SOLID));
      number++;
    }
    if (any) {
      double[] ends = {0, seconds};
      double[] heights = {RunSummary.STALL_NS / 1e6, RunSummary.STALL_NS / 1e6};
      plot.add(new Series("200 ms", Kind.LINE, ends, heights, Ink.SERIES_4, Dash.LIMIT));
      plot.describe(
          "The longest stall was "
              + Figures.time(summary.longestStallNs())
              + "; "
              + summary.stalls()
              + " were longer than 200 ms.");
      figures.add(
          Figure.of("stalls", plot, "Each stem stands where the last byte before the stall came."));
    }
  }

  /** The longest stalls that are worth a stem, in the order of time. */
  private List<Arrivals.Gap> stalls(Recording.Transfer transfer) {
    List<Arrivals.Gap> gaps = new ArrayList<>();
    if (transfer.isPlayback()) {
      for (Event.PlaybackStall stall : transfer.stalls) {
        gaps.add(new Arrivals.Gap(stall.atNs() - stall.durationNs(), stall.atNs(), false));
      }
    } else {
      Arrivals arrivals = Arrivals.of(transfer, Summing.waitedUntilNs(run, transfer));
      long gapNs = arrivals.usualGapNs() * 5 / 2;
      gaps.addAll(arrivals.gaps(Math.clamp(gapNs, 20_000_000, RunSummary.STALL_NS)));
      if (transfer.isPaced()) {
        gaps.removeIf(Arrivals.Gap::open);
      }
    }
    gaps.sort(Comparator.comparingLong(Arrivals.Gap::lengthNs).reversed());
    return gaps.stream()
        .limit(MOST_POINTS)
        .sorted(Comparator.comparingLong(Arrivals.Gap::fromNs))
        .toList();
  }

  private void subflows(
      List<Figure> figures,
      String file,
      String title,
      String label,
      ToDoubleFunction<Event.SubflowSample> value) {
    String wanted = summary.flow() == Flow.BACK ? "server" : "client";
    Set<String> hosts = new TreeSet<>();
    run.subflows.keySet().forEach(key -> hosts.add(key.host()));
    String host = hosts.contains(wanted) || hosts.isEmpty() ? wanted : hosts.iterator().next();
    var shown =
        run.subflows.entrySet().stream()
            .filter(entry -> entry.getKey().host().equals(host))
            .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
            .toList();
    LinePlot plot = marked(new LinePlot(title, TIME, label));
    List<String> links = run.linkFacts().stream().map(Event.LinkFacts::name).toList();
    Map<String, Integer> onLink = new HashMap<>();
    double most = 0;
    for (var entry : shown.subList(0, Math.min(MOST_LINES, shown.size()))) {
      List<Event.SubflowSample> samples = entry.getValue();
      String link = samples.getLast().link();
      int ordinal = onLink.merge(link, 1, Integer::sum) - 1;
      int index = links.indexOf(link);
      int colour = index >= 0 ? index : links.size() + entry.getKey().subflow();
      Series series =
          thinned(
              name(entry.getKey(), link),
              samples,
              value,
              Ink.series(colour),
              Dash.series(index >= 0 ? index + ordinal : ordinal));
      most = Math.max(most, GoodputPlot.most(series.ys()));
      plot.add(series);
    }
    if (most > 0) {
      String more =
          shown.size() > MOST_LINES
              ? " The " + MOST_LINES + " with most samples of " + shown.size() + "."
              : "";
      plot.describe(title + ", as the " + host + " tells.");
      figures.add(Figure.of(file, plot, "As the " + host + " tells." + more));
    }
  }

  private String name(Recording.SubflowKey key, String link) {
    boolean several =
        run.subflows.keySet().stream().map(Recording.SubflowKey::connection).distinct().count() > 1;
    String name = "subflow " + key.subflow();
    if (several) {
      name += " of connection " + key.connection();
    }
    return link.isEmpty() ? name : link + ", " + name;
  }

  /** The largest value of each of at most so many stretches. */
  private <E extends Event> Series thinned(
      String name, List<E> samples, ToDoubleFunction<E> value, Ink ink, Dash dash) {
    int each = Math.max(1, (samples.size() + MOST_POINTS - 1) / MOST_POINTS);
    int count = (samples.size() + each - 1) / each;
    double[] xs = new double[count];
    double[] ys = new double[count];
    for (int i = 0; i < samples.size(); i++) {
      double now = value.applyAsDouble(samples.get(i));
      if (i % each == 0 || now > ys[i / each]) {
        xs[i / each] = run.seconds(samples.get(i).atNs());
        ys[i / each] = now;
      }
    }
    return new Series(name, Kind.LINE, xs, ys, ink, dash);
  }

  private void delays(List<Figure> figures) {
    LinePlot overTime = marked(new LinePlot("Delay of messages over time", TIME, "Delay, ms"));
    List<Series> distributions = new ArrayList<>();
    int number = 0;
    for (Recording.Transfer transfer : run.transfers.values()) {
      if (!transfer.delays.isEmpty()) {
        Ink ink = Ink.series(number);
        Dash dash = Dash.series(number);
        overTime.add(thinned(transfer.name, transfer.delays, it -> it.delayNs() / 1e6, ink, dash));
        double[] delaysMs =
            transfer.delays.stream().mapToDouble(it -> it.delayNs() / 1e6).toArray();
        distributions.add(distribution(transfer.name, delaysMs, ink, dash));
        number++;
      }
    }
    if (number == 0) {
      return;
    }
    String text = "";
    for (RunSummary.TransferFigures transfer : summary.transfers()) {
      RunSummary.DelayFigures delay = transfer.delay();
      if (delay != null) {
        text +=
            transfer.name()
                + ": median "
                + Figures.millis(delay.p50Ns())
                + ", 99 % within "
                + Figures.millis(delay.p99Ns())
                + ". ";
      }
    }
    figures.add(Figure.of("delay", overTime.describe(text.strip()), ""));
    figures.add(
        Figure.of("delay-cdf", distributions(distributions).describe(text.strip()), text.strip()));
  }

  /** Which part of the messages took no longer than each delay. */
  static Series distribution(String name, double[] delaysMs, Ink ink, Dash dash) {
    double[] sorted = delaysMs.clone();
    Arrays.sort(sorted);
    int count = Math.min(MOST_POINTS, sorted.length);
    double[] xs = new double[count + 1];
    double[] ys = new double[count + 1];
    xs[0] = sorted[0];
    for (int i = 1; i <= count; i++) {
      int rank = (int) Math.ceil((double) i / count * sorted.length - 1e-9);
      xs[i] = sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
      ys[i] = 100.0 * rank / sorted.length;
    }
    return new Series(name, Kind.LINE, xs, ys, ink, dash);
  }

  /** A plot of distributions; logarithmic if a few messages took much longer than most. */
  static LinePlot distributions(List<Series> all) {
    LinePlot plot =
        new LinePlot("Delay distribution", "Delay, ms", "Messages not later, %").yMost(100);
    double most = 0;
    double median = Double.MAX_VALUE;
    for (Series one : all) {
      plot.add(one);
      most = Math.max(most, GoodputPlot.most(one.xs()));
      median = Math.min(median, one.xs()[one.xs().length / 2]);
    }
    return most > 8 * Math.max(median, 1e-3) ? plot.logarithmicX() : plot.x(0, most * 1.02);
  }

  private void cpu(List<Figure> figures) {
    BarPlot plot = new BarPlot("Processor time", "CPU time, s");
    int number = 0;
    for (RunSummary.CpuFigures cpu : summary.cpu()) {
      plot.add(
          BarPlot.Bar.of(
              cpu.host(),
              cpu.seconds(),
              Figures.digits(cpu.seconds()) + " s",
              Ink.series(number++)));
    }
    if (!plot.isEmpty()) {
      Double perGb = summary.cpuSecondsPerGb();
      String note = perGb == null ? "" : "Both ends: " + Figures.digits(perGb) + " s/GB.";
      String text =
          summary.cpu().stream()
              .map(cpu -> cpu.host() + " " + Figures.digits(cpu.seconds()) + " s")
              .collect(Collectors.joining(", "));
      figures.add(Figure.of("cpu", plot.describe("Processor time: " + text + ". " + note), note));
    }
  }
}
