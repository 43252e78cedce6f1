package io.hawser.report;

import io.hawser.report.RunSummary.ChangeFigures;
import io.hawser.report.RunSummary.DelayFigures;
import io.hawser.report.RunSummary.TransferFigures;
import java.util.ArrayList;
import java.util.List;

/** A summary as names and values; the terminal and the page show the same. */
final class SummaryText {
  private static final int SHOWN_CHANGES = 6;

  private SummaryText() {}

  /** A name and its value. */
  record Line(String name, String value) {}

  static String of(RunSummary run) {
    List<Line> lines = lines(run);
    int width = lines.stream().mapToInt(line -> line.name().length()).max().orElse(0);
    StringBuilder text = new StringBuilder(title(run)).append('\n');
    for (Line line : lines) {
      text.append("  ").append(line.name()).repeat(' ', width - line.name().length() + 2);
      text.append(line.value()).append('\n');
    }
    return text.toString();
  }

  static String title(RunSummary run) {
    String title = run.title().isEmpty() ? run.scenario() : run.title();
    return title.isEmpty() ? "Run" : title;
  }

  static String how(RunSummary run) {
    List<String> parts = new ArrayList<>();
    if (!run.scenario().isEmpty()) {
      parts.add("scenario " + run.scenario());
    }
    if (!run.stack().isEmpty()) {
      parts.add("stack " + run.stack());
    }
    if (run.repetition() > 0) {
      parts.add("repetition " + run.repetition());
    }
    if (!run.clock().isEmpty()) {
      parts.add(run.clock() + " time");
    }
    parts.add("seed " + run.seed());
    parts.add(Figures.seconds(run.durationNs()));
    return String.join(", ", parts);
  }

  static List<Line> lines(RunSummary run) {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("run", how(run)));
    lines.add(new Line("result", result(run)));
    lines.add(
        new Line(
            "goodput",
            Figures.rate(run.goodputBitsPerSecond())
                + " ("
                + Figures.bytes(run.bytes())
                + ", "
                + run.flow().text()
                + ")"));
    Double part = run.fractionOfLimit();
    if (part != null) {
      lines.add(
          new Line(
              "physical limit",
              Figures.percent(part) + " of " + Figures.rate(run.limitBitsPerSecond())));
    } else if (run.limitBitsPerSecond() != null) {
      lines.add(
          new Line(
              "physical limit",
              Figures.rate(run.limitBitsPerSecond()) + "; this workload has a pace of its own"));
    }
    if (!run.links().isEmpty()) {
      List<String> shares = new ArrayList<>();
      run.links().forEach(link -> shares.add(link.name() + " " + Figures.percent(link.share())));
      lines.add(new Line("links", String.join(", ", shares)));
    }
    lines.add(
        new Line(
            "longest stall",
            Figures.time(run.longestStallNs()) + "; longer than 200 ms: " + run.stalls()));
    if (run.failoverNs() != null) {
      lines.add(
          new Line(
              "after a link's loss",
              Figures.stall(run.failoverNs(), run.resolutionNs(), run.failoverOpen())));
    }
    int shown = Math.min(SHOWN_CHANGES, run.changes().size());
    run.changes().subList(0, shown).forEach(change -> lines.add(change(change, run)));
    if (shown < run.changes().size()) {
      int more = run.changes().size() - shown;
      lines.add(new Line("more changes", more + ", see the page and summary.json"));
    }
    run.transfers().forEach(transfer -> addMessages(lines, transfer));
    if (!run.cpu().isEmpty()) {
      List<String> ends = new ArrayList<>();
      run.cpu().forEach(cpu -> ends.add(cpu.host() + " " + Figures.digits(cpu.seconds()) + " s"));
      Double perGb = run.cpuSecondsPerGb();
      String both = perGb == null ? "" : "; together " + Figures.digits(perGb) + " s/GB";
      lines.add(new Line("CPU", String.join(", ", ends) + both));
    }
    lines.add(
        new Line(
            "sent again",
            run.retransmittedSegments()
                + " segments retransmitted, "
                + Figures.bytes(run.reinjectedBytes())
                + " reinjected on another path"));
    if (!run.damage().isEmpty()) {
      lines.add(new Line("samples", run.damage()));
    }
    return lines;
  }

  static String result(RunSummary run) {
    List<String> errors = new ArrayList<>();
    if (!run.error().isEmpty()) {
      errors.add(run.error());
    }
    for (TransferFigures transfer : run.transfers()) {
      if (!transfer.error().isEmpty() && !transfer.error().equals(run.error())) {
        errors.add(transfer.name() + ": " + transfer.error());
      }
    }
    String bytes =
        run.verified() == null ? "" : run.verified() ? "every byte verified" : "bytes not verified";
    if (errors.isEmpty()) {
      return bytes.isEmpty() ? "good" : "good, " + bytes;
    }
    return "FAILED: " + String.join("; ", errors) + (bytes.isEmpty() ? "" : "; " + bytes);
  }

  private static Line change(ChangeFigures change, RunSummary run) {
    String name = Figures.seconds(change.atNs()) + " " + change.link() + " " + change.change();
    if (change.nextByteNs() == null) {
      return new Line(name, "nothing to measure");
    }
    String next =
        change.open() && change.nextByteNs().equals(change.stallNs())
            ? "no byte after it"
            : "next byte after " + Figures.stall(change.nextByteNs(), run.resolutionNs(), false);
    return new Line(
        name,
        next
            + ", longest stall "
            + Figures.stall(change.stallNs(), run.resolutionNs(), change.open()));
  }

  private static void addMessages(List<Line> lines, TransferFigures transfer) {
    DelayFigures delay = transfer.delay();
    if (delay != null) {
      lines.add(
          new Line(
              transfer.name() + " delay",
              "p50 "
                  + Figures.millis(delay.p50Ns())
                  + ", p95 "
                  + Figures.millis(delay.p95Ns())
                  + ", p99 "
                  + Figures.millis(delay.p99Ns())
                  + ", max "
                  + Figures.millis(delay.maxNs())));
    }
    if (transfer.sent() > 0) {
      lines.add(
          new Line(
              transfer.name() + " messages",
              transfer.sent()
                  + " sent, "
                  + transfer.arrived()
                  + " arrived, "
                  + transfer.late()
                  + " late, "
                  + transfer.lost()
                  + " lost"));
    }
    if (transfer.playbackStalls() > 0 || transfer.name().equals("video")) {
      lines.add(
          new Line(
              transfer.name() + " playback",
              transfer.playbackStalls()
                  + " stalls, "
                  + Figures.time(transfer.playbackStalledNs())
                  + " together"));
    }
  }
}
