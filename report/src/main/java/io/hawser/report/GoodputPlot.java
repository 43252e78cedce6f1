package io.hawser.report;

import io.hawser.event.Event;
import io.hawser.report.plot.Dash;
import io.hawser.report.plot.Ink;
import io.hawser.report.plot.LinePlot;
import io.hawser.report.plot.Series;
import io.hawser.report.plot.Series.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Goodput over time: what each link carried, what arrived, what the links could have carried. */
final class GoodputPlot {
  /** A limit so far above the data would press it to the ground. */
  private static final double FAR_ABOVE = 4;

  private final Recording run;
  private final RunSummary summary;
  private final Rates rates;
  private final Map<String, double[]> carried = new LinkedHashMap<>();

  /** The same for the client's links: what crosses a router is there already. */
  private final Map<String, double[]> entered = new LinkedHashMap<>();

  GoodputPlot(Recording run, RunSummary summary) {
    this.run = run;
    this.summary = summary;
    rates = new Rates(run);
    HeaderShare share = HeaderShare.of(run);
    for (Event.LinkFacts link : run.linkFacts()) {
      List<Event.LinkSample> samples = run.links.getOrDefault(link.name(), List.of());
      if (!samples.isEmpty()) {
        boolean counted = samples.getLast().forthPackets() + samples.getLast().backPackets() > 0;
        double[] payload =
            counted
                ? rates.of(samples, sample -> share.payloadBytes(sample, summary.flow()))
                : Rates.times(share.of(link), rates.of(samples, summary.flow()::bytes));
        carried.put(link.name(), payload);
        if (link.isAccess()) {
          entered.put(link.name(), payload);
        }
      }
    }
  }

  /** The middles of the steps of time, in seconds. */
  double[] xs() {
    return rates.xs();
  }

  /** For each link what it carried, less headers, in bits per second. */
  Map<String, double[]> carried() {
    return carried;
  }

  /** What all receiving applications got, in bits per second. */
  double[] received() {
    double[] sum = new double[rates.xs().length];
    for (Recording.Transfer transfer : run.transfers.values()) {
      sum = Rates.sum(sum, rates.of(transfer.samples, Event.TransferSample::bytes));
    }
    return sum;
  }

  /** The highest rate in it, bits per second. */
  double peak() {
    double[] sum = new double[rates.xs().length];
    for (double[] one : entered.values()) {
      sum = Rates.sum(sum, one);
    }
    return Math.max(most(sum), most(received()));
  }

  /** The line of what arrived. */
  Series received(String name, RateUnit unit, Ink ink, Dash dash) {
    double[] ys = Rates.times(1 / unit.bitsPerSecond(), received());
    return new Series(name, Kind.LINE, rates.xs(), ys, ink, dash);
  }

  /** The physical limit; without points if there is none or if it is far above {@code peak}. */
  Series limit(RateUnit unit, Ink ink, double peak) {
    double highest = highestLimit();
    boolean shown = highest > 0 && highest <= FAR_ABOVE * peak;
    List<PhysicalLimit.Step> steps =
        shown ? new PhysicalLimit(run, summary.flow()).steps() : List.of();
    int count = steps.size();
    double[] xs = new double[shown ? count + 1 : 0];
    double[] ys = new double[xs.length];
    for (int i = 0; i < count; i++) {
      double rate = steps.get(i).bitsPerSecond();
      xs[i] = run.seconds(steps.get(i).fromNs());
      ys[i] = Double.isFinite(rate) ? rate / unit.bitsPerSecond() : Double.NaN;
    }
    if (shown) {
      xs[count] = Math.max(summary.durationNs() / 1e9, xs[count - 1]);
      ys[count] = ys[count - 1];
    }
    return new Series("physical limit", Kind.STEP, xs, ys, ink, Dash.LIMIT);
  }

  /** The highest limit of all moments, bits per second; 0 if there is none. */
  private double highestLimit() {
    return new PhysicalLimit(run, summary.flow())
        .steps().stream()
            .mapToDouble(PhysicalLimit.Step::bitsPerSecond)
            .filter(Double::isFinite)
            .max()
            .orElse(0);
  }

  /** The plot, without its marks. */
  LinePlot plot(RateUnit unit) {
    LinePlot plot = new LinePlot("Goodput over time", RunPlots.TIME, "Payload, " + unit.text());
    List<String> links = run.linkFacts().stream().map(Event.LinkFacts::name).toList();
    entered.forEach((link, values) -> {
      int number = links.indexOf(link);
      double[] ys = Rates.times(1 / unit.bitsPerSecond(), values);
      Ink ink = Ink.series(number);
      plot.add(new Series("over " + link, Kind.AREA, xs(), ys, ink, Dash.series(number)));
    });
    Series arrived = received("received by the application", unit, Ink.TEXT, Dash.SOLID);
    if (most(arrived.ys()) > 0) {
      plot.add(arrived);
    }
    Series limit = limit(unit, Ink.SERIES_4, peak());
    if (limit.xs().length > 0 && !plot.isEmpty()) {
      plot.add(limit);
    }
    return plot.x(0, Math.max(1e-3, summary.durationNs() / 1e9))
        .describe(
            "Goodput was "
                + Figures.rate(summary.goodputBitsPerSecond())
                + " over "
                + Figures.seconds(summary.durationNs())
                + ", "
                + Figures.percent(summary.fractionOfLimit())
                + " of the physical limit.");
  }

  /** What the plot shows and how it was computed. */
  String note() {
    String note =
        "Areas: what each link of the client carried, less headers, on top of each other. Steps of "
            + Figures.digits(rates.binNs() / 1e6)
            + " ms. ";
    double highest = highestLimit();
    if (highest > FAR_ABOVE * peak()) {
      return note + "The physical limit, " + Figures.rate(highest) + ", is far above.";
    }
    return highest > 0 ? note + "Physical limit: " + summary.limitMeans() + "." : note.strip();
  }

  static double most(double[] values) {
    double most = 0;
    for (double value : values) {
      most = Double.isFinite(value) ? Math.max(most, value) : most;
    }
    return most;
  }
}
