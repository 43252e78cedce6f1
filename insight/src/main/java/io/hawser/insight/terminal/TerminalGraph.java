package io.hawser.insight.terminal;

import io.hawser.insight.terminal.StyledLine.Style;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Draws speeds as a picture of a terminal's size: links, then subflows, then the log. */
public final class TerminalGraph {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int LABEL = 10;
  private static final int GAP = 2;
  private static final int SIDE_BY_SIDE = 60;
  private static final int MOST_ROWS = 10;
  private static final int LOG_LINES = 5;
  private static final int SUBFLOW_LINES = 2;
  private static final double HAIR = 0.02;

  private final Speeds speeds;
  private final String title;
  private final long stepNs;
  private final boolean colours;

  /**
   * Of these speeds.
   *
   * @param stepNs how much time a column is
   */
  public TerminalGraph(Speeds speeds, String title, long stepNs, boolean colours) {
    this.speeds = speeds;
    this.title = title;
    this.stepNs = stepNs;
    this.colours = colours;
  }

  /** The picture now: at most so many lines of at most so many columns. */
  public List<String> frame(int columns, int rows) {
    synchronized (speeds) {
      List<StyledLine> lines = lines(Math.max(1, columns), rows);
      return lines.stream().limit(Math.max(1, rows)).map(line -> line.text(colours)).toList();
    }
  }

  private List<StyledLine> lines(int columns, int rows) {
    List<Speeds.LinkSpeed> links = speeds.links();
    List<Speeds.SubflowSpeed> subflows = speeds.subflows();
    List<Speeds.LogLine> log = speeds.log(LOG_LINES);
    int sides = columns >= SIDE_BY_SIDE ? 1 : 2;
    int plots = Math.max(1, links.size() * sides);
    int frameLines = 1 + 2 * plots;
    int subflowLines = 1 + SUBFLOW_LINES * subflows.size();
    int free = rows - frameLines - plots - subflowLines;
    int logLines = log.isEmpty() ? 0 : Math.clamp(free / 2L, 0, log.size() + 1);
    int height = 1 + Math.clamp((free - logLines) / plots, 0, MOST_ROWS - 1);

    List<StyledLine> lines = new ArrayList<>();
    lines.add(head(columns));
    for (Speeds.LinkSpeed link : links) {
      link(link, columns, height, lines);
    }
    int room = rows - lines.size() - logLines;
    subflows(subflows, columns, room, lines);
    if (logLines > 1) {
      lines.add(new StyledLine(columns).add("Log", Style.BOLD));
      for (Speeds.LogLine line : log.subList(log.size() - (logLines - 1), log.size())) {
        lines.add(
            new StyledLine(columns)
                .add(
                    String.format(Locale.ROOT, "%8.1f s  ", speeds.seconds(line.atNs())), Style.DIM)
                .add(line.text()));
      }
    }
    return lines;
  }

  private StyledLine head(int columns) {
    String time =
        String.format(Locale.ROOT, "%.0f s", Math.floor(speeds.seconds(speeds.latestNs())));
    StyledLine line = new StyledLine(columns).add(title, Style.BOLD);
    if (!speeds.run().isEmpty()) {
      line.add(": " + speeds.run());
    }
    return line.to(columns - time.length()).add(time);
  }

  // ---- links ----

  private void link(Speeds.LinkSpeed link, int columns, int height, List<StyledLine> out) {
    boolean beside = columns >= SIDE_BY_SIDE;
    int width = beside ? (columns - GAP) / 2 : columns;
    int plotted = Math.max(1, width - LABEL - 1);
    double[] rx = rates(link.rx, plotted);
    double[] tx = rates(link.tx, plotted);
    // A link that is full to its limit is full to the top, not a hair's breadth above it.
    double top = Quantity.roundUp(Math.max(highest(rx), highest(tx)) * (1 - HAIR));
    List<StyledLine> left = plot(link, true, rx, top, width, height);
    List<StyledLine> right = plot(link, false, tx, top, width, height);
    if (!beside) {
      out.addAll(left);
      out.addAll(right);
      return;
    }
    for (int i = 0; i < left.size(); i++) {
      out.add(new StyledLine(columns).add(left.get(i)).to(width + GAP).add(right.get(i)));
    }
  }

  /** The last column is under way still. */
  private double[] rates(RateSeries series, int columns) {
    long endNs = Math.ceilDiv(speeds.latestNs(), stepNs) * stepNs;
    return series.rates(endNs - columns * stepNs, stepNs, columns);
  }

  private static double highest(double[] rates) {
    return Arrays.stream(rates).filter(rate -> !Double.isNaN(rate)).max().orElse(0);
  }

  private List<StyledLine> plot(
      Speeds.LinkSpeed link, boolean rx, double[] rates, double top, int width, int height) {
    RateSeries series = rx ? link.rx : link.tx;
    Style style = rx ? Style.RECEIVED : Style.SENT;
    List<StyledLine> lines = new ArrayList<>();
    StyledLine head =
        new StyledLine(width)
            .add(link.name, Style.BOLD)
            .add(rx ? " RX " : " TX ", style)
            .add(Quantity.rate(series.now()));
    if (!link.usable) {
      head.addWhole("  down", Style.BAD);
    }
    @Nullable String limit = Speeds.limit(rx ? link.rxLimit : link.txLimit);
    if (link.usable && limit != null) {
      head.addWhole(" of " + limit, Style.DIM);
    }
    head.addWhole(", peak " + Quantity.rate(series.peak()), Style.DIM);
    head.addWhole(", " + Quantity.bytes(series.total()), Style.DIM);
    lines.add(head);
    String[] drawn = Blocks.rows(rates, top, height);
    for (int row = 0; row < height; row++) {
      boolean middle = height % 2 == 0 && height >= 4 && row == height / 2;
      String label = row == 0 ? Quantity.mark(top) : middle ? Quantity.mark(top / 2) : "";
      lines.add(
          new StyledLine(width)
              .add(("%" + LABEL + "s").formatted(label))
              .add(label.isEmpty() ? "│" : "┤")
              .add(drawn[row], style));
    }
    lines.add(
        new StyledLine(width).add(("%" + LABEL + "s└").formatted("0")).add(timeAxis(rates.length)));
    return lines;
  }

  private String timeAxis(int columns) {
    String from =
        String.format(Locale.ROOT, "%.4g", columns * stepNs / 1e9).replaceAll("\\.?0+$", "")
            + " s ago";
    String to = "now";
    int between = columns - from.length() - to.length();
    return between < 1 ? "─".repeat(columns) : from + "─".repeat(between) + to;
  }

  // ---- subflows ----

  private void subflows(
      List<Speeds.SubflowSpeed> subflows, int columns, int room, List<StyledLine> out) {
    if (subflows.isEmpty()) {
      out.add(new StyledLine(columns).add("No subflows", Style.DIM));
      return;
    }
    out.add(new StyledLine(columns).add("Subflows", Style.BOLD));
    int most = (room - 1) / SUBFLOW_LINES;
    int shown = most >= subflows.size() ? subflows.size() : Math.max(0, (room - 2) / SUBFLOW_LINES);
    int half = Math.max(1, (columns - GAP) / 2);
    for (Speeds.SubflowSpeed one : subflows.subList(0, shown)) {
      out.add(facts(one, columns));
      StyledLine left = spark("  RX ", one.rx(), Style.RECEIVED, half);
      StyledLine right = spark("TX ", one.tx(), Style.SENT, half);
      out.add(new StyledLine(columns).add(left).to(half + GAP).add(right));
    }
    if (shown < subflows.size()) {
      out.add(
          new StyledLine(columns)
              .add("… " + (subflows.size() - shown) + " more; a higher terminal shows them"));
    }
  }

  private StyledLine facts(Speeds.SubflowSpeed one, int columns) {
    String program = speeds.program(one.connection);
    StyledLine line =
        new StyledLine(columns)
            .add(program.isEmpty() ? "connection " + one.connection : program)
            .add(" ")
            .add(
                one.last.link().isEmpty() ? "subflow " + one.last.subflow() : one.last.link(),
                Style.BOLD)
            .add(one.last.backup() ? " (backup)" : "");
    if (!one.last.state().equals("ESTABLISHED")) {
      line.add(" " + one.last.state(), Style.BAD);
    }
    line.addWhole(" " + one.client + " > " + one.server, Style.DIM);
    if (one.sender.smoothedRttNs() > 0) {
      line.addWhole(
          String.format(Locale.ROOT, "  RTT %.1f ms", one.sender.smoothedRttNs() / 1e6),
          Style.PLAIN);
    }
    line.addWhole("  window " + Quantity.bytes(one.sender.cwndBytes()), Style.PLAIN);
    return line.addWhole("  resent " + one.sender.retransmittedSegments(), Style.PLAIN);
  }

  private StyledLine spark(String name, RateSeries series, Style style, int width) {
    boolean silent = series.latestNs() < speeds.latestNs() - 2 * SECOND_NS;
    String rate = "%12s ".formatted(Quantity.rate(silent ? 0 : series.now()));
    StyledLine line = new StyledLine(width).add(name, style).add(rate);
    int left = width - name.length() - rate.length();
    if (left > 0) {
      double[] rates = rates(series, left);
      line.add(Blocks.row(rates, highest(rates)), style);
    }
    return line;
  }
}
