package io.hawser.report;

import io.hawser.event.Event;
import io.hawser.report.plot.BarPlot;
import io.hawser.report.plot.Dash;
import io.hawser.report.plot.Ink;
import io.hawser.report.plot.LinePlot;
import io.hawser.report.plot.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The page that puts runs side by side. */
public final class ComparisonPage {
  /** The page's name in its folder. */
  public static final String PAGE = "comparison.html";

  private static final int MOST_LINES = 7;

  /** The rows of the table that are worth bars. */
  private static final List<String> BARS =
      List.of(
          "Goodput, Mbit/s",
          "Stall after a link's loss, ms",
          "Longest stall, ms",
          "Delay p50, ms",
          "Delay p99, ms",
          "Playback stalls",
          "CPU time, both ends, s",
          "CPU, both ends, s/GB");

  private final Comparison comparison;
  private final Map<RunSummary, Path> folders;

  private ComparisonPage(Comparison comparison, Map<RunSummary, Path> folders) {
    this.comparison = comparison;
    this.folders = folders;
  }

  /**
   * Writes the page and its plots into {@code folder} from the raw samples of runs. Returns the
   * page.
   */
  public static Path write(Path folder, List<Path> runFolders) throws IOException {
    Map<RunSummary, Path> folders = new java.util.IdentityHashMap<>();
    List<RunSummary> runs = new ArrayList<>();
    for (Path run : runFolders) {
      RunSummary summary = RunFolder.summary(run);
      runs.add(summary);
      folders.put(summary, run);
    }
    Files.createDirectories(folder);
    return new ComparisonPage(Comparison.of(runs), folders).write(folder);
  }

  private Path write(Path folder) throws IOException {
    List<Figure> figures = figures();
    Path page = folder.resolve(PAGE);
    Files.writeString(page, html(figures));
    Files.writeString(folder.resolve("comparison.json"), EventCodec.text(comparison));
    Page.writePngs(folder, figures);
    return page;
  }

  private String title() {
    List<RunSummary> runs = runs();
    String titles =
        runs.stream().map(SummaryText::title).distinct().collect(Collectors.joining(" / "));
    return runs.isEmpty() ? "No runs" : titles;
  }

  private List<RunSummary> runs() {
    return comparison.columns().stream().flatMap(column -> column.runs().stream()).toList();
  }

  private String html(List<Figure> figures) {
    Page page = new Page(title() + ": comparison");
    page.element("h1", title());
    page.element("p", "how", how());
    List<List<String>> table = comparison.cells();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 1; i < table.size(); i++) {
      List<String> row = new ArrayList<>(table.get(i));
      int figure = i - (table.size() - comparison.rows().size());
      if (figure >= 0) {
        markBest(row, comparison.rows().get(figure));
      }
      rows.add(row);
    }
    List<String> heads = new ArrayList<>(table.getFirst());
    heads.set(0, "Figure");
    page.table(
        "Median [least\u2013most] over the runs of each stack; bold: no other median is better",
        heads,
        rows,
        true);
    page.figures(figures);
    each(page);
    page.markup("<footer>");
    page.element(
        "p", "Made by Hawser from the raw samples of each run; these figures: comparison.json.");
    return page.markup("</footer>\n").end();
  }

  private String how() {
    List<String> counts = new ArrayList<>();
    comparison
        .columns()
        .forEach(column -> counts.add(column.name() + " n = " + column.runs().size()));
    String caution = comparison.caution().strip();
    return String.join(", ", counts) + (caution.isEmpty() ? "" : "; " + caution);
  }

  private static void markBest(List<String> row, Comparison.Row figures) {
    List<Comparison.Spread> cells = figures.cells();
    if (cells.stream().filter(cell -> cell.count() > 0).count() < 2) {
      return;
    }
    Comparator<Comparison.Spread> order = Comparator.comparingDouble(Comparison.Spread::median);
    var having = cells.stream().filter(cell -> cell.count() > 0);
    double best =
        (figures.moreIsBetter() ? having.max(order) : having.min(order)).orElseThrow().median();
    if (cells.stream()
        .allMatch(cell ->
            cell.count() == 0 || Figures.digits(cell.median()).equals(Figures.digits(best)))) {
      return;
    }
    for (int i = 0; i < cells.size(); i++) {
      double median = cells.get(i).median();
      if (cells.get(i).count() > 0 && Figures.digits(median).equals(Figures.digits(best))) {
        row.set(i + 1, Page.BOLD + row.get(i + 1));
      }
    }
  }

  private List<Figure> figures() throws IOException {
    List<Figure> figures = new ArrayList<>();
    overTime(figures);
    for (Comparison.Row row : comparison.rows()) {
      if (BARS.contains(row.label())) {
        bars(figures, row);
      }
    }
    delays(figures);
    return figures;
  }

  /** Of each stack the run whose goodput is the median one, or the next below. */
  private void overTime(List<Figure> figures) throws IOException {
    List<GoodputPlot> goodputs = new ArrayList<>();
    List<Event.LinkChanged> changes = new ArrayList<>();
    double peak = 0;
    double seconds = 0;
    long beginNs = 0;
    int columns = Math.min(MOST_LINES, comparison.columns().size());
    for (Comparison.Column column : comparison.columns().subList(0, columns)) {
      List<RunSummary> sorted = new ArrayList<>(column.runs());
      sorted.sort(Comparator.comparingDouble(RunSummary::goodputBitsPerSecond));
      RunSummary middle = sorted.get((sorted.size() - 1) / 2);
      Recording run = Recording.read(Objects.requireNonNull(folders.get(middle)));
      if (goodputs.isEmpty()) {
        changes.addAll(run.changes);
        beginNs = run.beginNs();
      }
      GoodputPlot goodput = new GoodputPlot(run, middle);
      goodputs.add(goodput);
      peak = Math.max(peak, GoodputPlot.most(goodput.received()));
      seconds = Math.max(seconds, middle.durationNs() / 1e9);
    }
    if (peak == 0) {
      return;
    }
    RateUnit unit = RateUnit.of(peak);
    LinePlot plot = new LinePlot("Goodput over time", RunPlots.TIME, "Payload, " + unit.text());
    for (int i = 0; i < goodputs.size(); i++) {
      String name = comparison.columns().get(i).name();
      plot.add(goodputs.get(i).received(name, unit, Ink.series(i), Dash.series(i)));
    }
    Series limit = goodputs.getFirst().limit(unit, Ink.MUTED, peak);
    if (limit.xs().length > 0) {
      plot.add(limit);
    }
    for (Event.LinkChanged change : changes) {
      double at = (change.atNs() - beginNs) / 1e9;
      plot.mark(at, change.link() + " " + change.change());
    }
    plot.x(0, seconds).describe("What the applications received, one line per stack.");
    String marks =
        limit.xs().length == 0 && changes.isEmpty()
            ? ""
            : " Limit and marks are those of " + comparison.columns().getFirst().name() + ".";
    figures.add(
        Figure.of("goodput", plot, "Of each stack the run with the median goodput." + marks));
  }

  private void bars(List<Figure> figures, Comparison.Row row) {
    BarPlot plot = new BarPlot(row.label().replaceAll(", [^,]*$", ""), row.label());
    for (int i = 0; i < row.cells().size(); i++) {
      Comparison.Spread cell = row.cells().get(i);
      if (cell.count() > 0) {
        plot.add(
            new BarPlot.Bar(
                comparison.columns().get(i).name() + " (n=" + cell.count() + ")",
                cell.median(),
                cell.least(),
                cell.most(),
                List.of(),
                row.unit().isEmpty() ? Figures.count(cell.median()) : Figures.digits(cell.median()),
                Ink.series(i)));
      }
    }
    String better = row.moreIsBetter() ? "More is better." : "Less is better.";
    String file = row.label().toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String note = better + " Bar: median; whisker: least to most.";
    List<String> medians = new ArrayList<>();
    for (int i = 0; i < row.cells().size(); i++) {
      String value = row.cells().get(i).text(row.unit().isEmpty());
      medians.add(comparison.columns().get(i).name() + " " + value);
    }
    plot.describe(row.label() + ": " + String.join("; ", medians) + ". " + note);
    figures.add(Figure.of("bars-" + file, plot, note));
  }

  /** The delays of all messages of all runs of each stack. */
  private void delays(List<Figure> figures) throws IOException {
    List<Series> all = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_LINES, comparison.columns().size()); i++) {
      Comparison.Column column = comparison.columns().get(i);
      List<Double> delaysMs = new ArrayList<>();
      for (RunSummary summary : column.runs()) {
        if (summary.transfers().stream().anyMatch(one -> one.delay() != null)) {
          Recording run = Recording.read(Objects.requireNonNull(folders.get(summary)));
          run.transfers
              .values()
              .forEach(one -> one.delays.forEach(it -> delaysMs.add(it.delayNs() / 1e6)));
        }
      }
      if (!delaysMs.isEmpty()) {
        double[] values = delaysMs.stream().mapToDouble(Double::doubleValue).toArray();
        all.add(RunPlots.distribution(column.name(), values, Ink.series(i), Dash.series(i)));
      }
    }
    if (!all.isEmpty()) {
      String note = "All messages of all runs of each stack.";
      figures.add(Figure.of("delay-cdf", RunPlots.distributions(all).describe(note), note));
    }
  }

  private void each(Page page) {
    List<List<String>> rows = new ArrayList<>();
    for (RunSummary run : runs()) {
      Path folder = folders.get(run);
      rows.add(
          List.of(
              run.stack(),
              String.valueOf(run.repetition()),
              Figures.rate(run.goodputBitsPerSecond()),
              Figures.percent(run.fractionOfLimit()),
              Figures.time(run.longestStallNs()),
              Figures.stall(run.failoverNs(), run.resolutionNs(), run.failoverOpen()),
              SummaryText.result(run),
              folder == null ? "" : String.valueOf(folder.getFileName())));
    }
    page.element("h2", "Each run");
    page.table(
        "Every run of this comparison",
        List.of(
            "Stack",
            "Repetition",
            "Goodput",
            "Of the limit",
            "Longest stall",
            "After a link's loss",
            "Result",
            "Folder"),
        rows,
        false);
  }
}
