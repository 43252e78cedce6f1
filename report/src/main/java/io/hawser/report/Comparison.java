package io.hawser.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several runs side by side: for each stack the median and the range over its repetitions.
 *
 * @param columns one per stack, in the order in which the runs name them
 * @param rows one per figure that any of the runs has
 */
public record Comparison(List<Column> columns, List<Row> rows) {
  /** Fewer have no range worth the name. */
  private static final int ENOUGH_RUNS = 3;

  /** Copies the lists. */
  public Comparison {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * The runs of one stack.
   *
   * @param name the stack; before it the scenario if there are several
   */
  public record Column(String name, List<RunSummary> runs) {
    public Column {
      runs = List.copyOf(runs);
    }

    /** How many came to a good end. */
    public long good() {
      return runs.stream().filter(RunSummary::isGood).count();
    }

    /** How many had every byte verified. */
    public long verified() {
      return runs.stream().filter(run -> Boolean.TRUE.equals(run.verified())).count();
    }
  }

  /** A figure for each column. */
  public record Row(String label, String unit, boolean moreIsBetter, List<Spread> cells) {
    public Row {
      cells = List.copyOf(cells);
    }
  }

  /**
   * Median and range.
   *
   * @param count of runs that have the figure; 0: none, and the values mean nothing
   */
  public record Spread(int count, double median, double least, double most) {
    static Spread of(double[] values) {
      if (values.length == 0) {
        return new Spread(0, Double.NaN, Double.NaN, Double.NaN);
      }
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int middle = sorted.length / 2;
      double median =
          sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      return new Spread(sorted.length, median, sorted[0], sorted[sorted.length - 1]);
    }

    /**
     * As in {@code 93.1 [92.0-94.2]}; the value alone if all runs agree.
     *
     * @param count whether the values are counts
     */
    String text(boolean count) {
      if (this.count == 0) {
        return "-";
      } else if (least == most) {
        return digits(median, count);
      }
      return digits(median, count)
          + " ["
          + digits(least, count)
          + "\u2013"
          + digits(most, count)
          + "]";
    }

    private static String digits(double value, boolean count) {
      return count ? Figures.count(value) : Figures.digits(value);
    }
  }

  /** Compares runs. */
  public static Comparison of(List<RunSummary> runs) {
    boolean scenarios = runs.stream().map(RunSummary::scenario).distinct().count() > 1;
    Map<String, List<RunSummary>> groups = new LinkedHashMap<>();
    for (RunSummary run : runs) {
      String stack = run.stack().isEmpty() ? "run" : run.stack();
      String name = scenarios ? run.scenario() + ": " + stack : stack;
      groups.computeIfAbsent(name, unused -> new ArrayList<>()).add(run);
    }
    List<Column> columns = new ArrayList<>();
    groups.forEach((name, members) -> columns.add(new Column(name, members)));
    List<Row> rows = new ArrayList<>();
    for (Metric metric : Metric.ALL) {
      List<Spread> cells = new ArrayList<>();
      for (Column column : columns) {
        cells.add(
            Spread.of(
                column.runs().stream()
                    .map(metric.value())
                    .flatMap(java.util.stream.Stream::ofNullable)
                    .mapToDouble(Double::doubleValue)
                    .toArray()));
      }
      if (cells.stream().anyMatch(cell -> cell.count() > 0)) {
        boolean more = metric.better() == Metric.Better.MORE;
        rows.add(new Row(metric.label(), metric.unit(), more, cells));
      }
    }
    return new Comparison(columns, rows);
  }

  /** The table as rows of text: first the heads, in each row first the label. */
  List<List<String>> cells() {
    List<List<String>> table = new ArrayList<>();
    List<String> heads = new ArrayList<>(List.of(""));
    List<String> counts = new ArrayList<>(List.of("Runs (n)"));
    List<String> good = new ArrayList<>(List.of("Good ends"));
    List<String> verified = new ArrayList<>(List.of("Bytes verified"));
    for (Column column : columns) {
      heads.add(column.name());
      counts.add(String.valueOf(column.runs().size()));
      good.add(column.good() + " of " + column.runs().size());
      verified.add(column.verified() + " of " + column.runs().size());
    }
    table.addAll(List.of(heads, counts, good, verified));
    for (Row row : rows) {
      List<String> line = new ArrayList<>(List.of(row.label()));
      row.cells().forEach(cell -> line.add(cell.text(row.unit().isEmpty())));
      table.add(line);
    }
    return table;
  }

  /** What readers should know about few runs; empty if there are enough. */
  String caution() {
    long few = columns.stream().filter(column -> column.runs().size() < ENOUGH_RUNS).count();
    return few == 0
        ? ""
        : "fewer than three runs of "
            + (few == columns.size() ? "each stack" : "some stacks")
            + ": chance has a part in these figures\n";
  }

  /** A table for the terminal: stacks across, figures down. */
  public String text() {
    List<List<String>> table = cells();
    int[] widths = new int[columns.size() + 1];
    for (List<String> line : table) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : table) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = line.get(i);
        int pad = widths[i] - cell.length();
        row.append(i == 0 ? "" : "  ");
        if (i == 0) {
          row.append(cell).repeat(' ', pad);
        } else {
          row.repeat(' ', pad).append(cell);
        }
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text + "median [least\u2013most] over the runs of each stack\n" + caution();
  }
}
