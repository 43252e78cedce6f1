package io.hawser.report.plot;

import io.hawser.report.plot.Series.Kind;
import io.hawser.report.plot.Shape.Anchor;
import io.hawser.report.plot.Shape.Label;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Values over time, or over any other axis, with moments marked. */
public final class LinePlot {
  private static final double TICK_SIZE = 11.5;
  private static final double LABEL_SIZE = 12.5;
  private static final double TITLE_SIZE = 15;
  private static final double LEGEND_ROW = 18;

  /** So that the time axes of plots below each other agree. */
  private static final double LEAST_TICK_WIDTH = 28;

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<Series> series = new ArrayList<>();
  private final List<String> markTexts = new ArrayList<>();
  private final List<Double> markXs = new ArrayList<>();
  private String description = "";
  private double xLeast = Double.NaN;
  private double xMost = Double.NaN;
  private double yMost = Double.NaN;
  private boolean logarithmicX;

  /** Labels of axes carry their units. */
  public LinePlot(String title, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  /** What it shows, for those who do not see it. */
  public LinePlot describe(String text) {
    description = text;
    return this;
  }

  /** Adds values. */
  public LinePlot add(Series one) {
    series.add(one);
    return this;
  }

  /** Marks a moment. */
  public LinePlot mark(double x, String text) {
    markXs.add(x);
    markTexts.add(text);
    return this;
  }

  /** Fixes the x axis. */
  public LinePlot x(double least, double most) {
    xLeast = least;
    xMost = most;
    return this;
  }

  /** Fixes the upper end of the y axis; more is drawn at the edge. */
  public LinePlot yMost(double most) {
    yMost = most;
    return this;
  }

  /** Makes the x axis logarithmic. */
  public LinePlot logarithmicX() {
    logarithmicX = true;
    return this;
  }

  /** The title. */
  public String title() {
    return title;
  }

  /** Whether there is anything to see. */
  public boolean isEmpty() {
    return series.stream().allMatch(one -> one.xs().length == 0);
  }

  /**
   * Lays it out; legend and flags come on top of {@code plotHeight}.
   *
   * @param titleShown for a picture that stands alone
   */
  public Picture picture(int width, int plotHeight, boolean titleShown) {
    return picture(width, plotHeight, titleShown, Double.MAX_VALUE);
  }

  /** The same with axes for all values, but only what there is up to an x drawn. */
  public Picture picture(int width, int plotHeight, boolean titleShown, double untilX) {
    List<Shape> shapes = new ArrayList<>();
    double top = 6;
    if (titleShown) {
      String text = TextWidth.fit(title, TITLE_SIZE * 1.12, width - 24);
      shapes.add(label(12, top + 16, text, TITLE_SIZE, Anchor.START, Ink.TEXT, true));
      top += 30;
    }
    Scale yProbe = Scale.linear(0, top(), 1, 0);
    double tickWidth = LEAST_TICK_WIDTH;
    for (Scale.Tick tick : yProbe.ticks(1.0 / Math.max(2, plotHeight / 42))) {
      tickWidth = Math.max(tickWidth, TextWidth.of(tick.text(), TICK_SIZE, false));
    }
    double left = 24 + tickWidth + 8;
    double right = width - 18;
    top = legend(shapes, left, right, top);
    Scale xs = xScale(left, right);
    Flags flags = new Flags(markTexts, markXs.stream().map(xs::pixel).toList(), left, right);
    top += flags.height() + 6;
    double bottom = top + plotHeight;
    Scale ys = Scale.linear(0, top(), bottom, top);
    axes(shapes, xs, ys, left, right, top, bottom);
    flags.draw(top, bottom, xs.pixel(untilX), shapes);
    List<Series> drawn = series.stream().map(one -> one.until(untilX)).toList();
    areas(drawn, shapes, xs, ys);
    for (Series one : drawn) {
      draw(shapes, one, xs, ys);
    }
    return new Picture(width, (int) Math.ceil(bottom + 42), title, description, shapes);
  }

  private double top() {
    if (!Double.isNaN(yMost)) {
      return yMost;
    }
    double most = 0;
    double[] sum = new double[0];
    for (Series one : series) {
      if (one.kind() == Kind.AREA) {
        sum = add(sum, one.ys());
        most = Math.max(most, max(sum));
      } else {
        most = Math.max(most, max(one.ys()));
      }
    }
    return most == 0 ? 1 : most * 1.06;
  }

  private static double max(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).max().orElse(0);
  }

  private static double[] add(double[] lower, double[] values) {
    double[] sum = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double under = i < lower.length ? lower[i] : 0;
      sum[i] = under + (Double.isFinite(values[i]) ? values[i] : 0);
    }
    return sum;
  }

  private Scale xScale(double left, double right) {
    double least = xLeast;
    double most = xMost;
    if (Double.isNaN(least)) {
      least = Double.MAX_VALUE;
      most = -Double.MAX_VALUE;
      for (Series one : series) {
        for (double x : one.xs()) {
          least = Math.min(least, x);
          most = Math.max(most, x);
        }
      }
    }
    return logarithmicX
        ? Scale.logarithmic(least, most, left, right)
        : Scale.linear(least, most, left, right);
  }

  /** Draws the legend in as many rows as it needs; returns where it ends. */
  private double legend(List<Shape> shapes, double left, double right, double top) {
    double x = left;
    double y = top + 12;
    for (Series one : series) {
      String text = TextWidth.fit(one.name(), TICK_SIZE, right - left - 40);
      double room = 34 + TextWidth.of(text, TICK_SIZE, false);
      if (x > left && x + room > right) {
        x = left;
        y += LEGEND_ROW;
      }
      double[] ends = {x, x + 26};
      double[] middle = {y - 4, y - 4};
      if (one.kind() == Kind.AREA) {
        shapes.add(new Shape.Box(x, y - 10, 26, 12, one.ink(), 0.3));
      }
      if (one.kind() == Kind.STEM) {
        shapes.add(new Shape.Dot(x + 13, y - 4, 3.2, one.ink()));
      } else {
        double heavy = one.isHeavy() ? 2.4 : 2;
        shapes.add(new Shape.Line(ends, middle, one.ink(), heavy, one.dash()));
      }
      shapes.add(label(x + 32, y, text, TICK_SIZE, Anchor.START, Ink.TEXT, false));
      x += room + 16;
    }
    return series.isEmpty() ? top : y + 8;
  }

  private void axes(
      List<Shape> shapes,
      Scale xs,
      Scale ys,
      double left,
      double right,
      double top,
      double bottom) {
    for (Scale.Tick tick : ys.ticks(42)) {
      shapes.add(line(left, tick.pixel(), right, tick.pixel(), Ink.GRID));
      shapes.add(
          label(left - 6, tick.pixel() + 4, tick.text(), TICK_SIZE, Anchor.END, Ink.MUTED, false));
    }
    for (Scale.Tick tick : xs.ticksAcross(TICK_SIZE)) {
      double half = TextWidth.of(tick.text(), TICK_SIZE, false) / 2;
      double at = Math.min(tick.pixel(), right + 16 - half);
      shapes.add(line(tick.pixel(), top, tick.pixel(), bottom + 4, Ink.GRID));
      shapes.add(label(at, bottom + 17, tick.text(), TICK_SIZE, Anchor.MIDDLE, Ink.MUTED, false));
    }
    shapes.add(line(left, bottom, right, bottom, Ink.MUTED));
    shapes.add(
        label((left + right) / 2, bottom + 35, xLabel, LABEL_SIZE, Anchor.MIDDLE, Ink.TEXT, false));
    String text = TextWidth.fit(yLabel, LABEL_SIZE, bottom - top + 40);
    double half = TextWidth.of(text, LABEL_SIZE, false) / 2;
    double middle = Math.max((top + bottom) / 2, half + 4);
    shapes.add(new Label(15, middle, text, LABEL_SIZE, Anchor.MIDDLE, Ink.TEXT, false, true));
  }

  private static void areas(List<Series> drawn, List<Shape> shapes, Scale xs, Scale ys) {
    double[] lower = new double[0];
    for (Series one : drawn) {
      if (one.kind() == Kind.AREA && one.xs().length > 0) {
        double[] upper = add(lower, one.ys());
        int count = one.xs().length;
        double[] px = new double[2 * count];
        double[] py = new double[2 * count];
        for (int i = 0; i < count; i++) {
          px[i] = xs.pixel(one.xs()[i]);
          py[i] = ys.pixel(upper[i]);
          px[2 * count - 1 - i] = px[i];
          py[2 * count - 1 - i] = ys.pixel(i < lower.length ? lower[i] : 0);
        }
        shapes.add(new Shape.Area(px, py, one.ink(), 0.3));
        shapes.add(
            new Shape.Line(
                Arrays.copyOf(px, count), Arrays.copyOf(py, count), one.ink(), 1.8, one.dash()));
        lower = upper;
      }
    }
  }

  private static void draw(List<Shape> shapes, Series one, Scale xs, Scale ys) {
    int count = one.xs().length;
    double zero = ys.pixel(0);
    if (one.kind() == Kind.STEM) {
      for (int i = 0; i < count; i++) {
        double x = xs.pixel(one.xs()[i]);
        double y = ys.pixel(one.ys()[i]);
        shapes.add(
            new Shape.Line(new double[] {x, x}, new double[] {zero, y}, one.ink(), 2, Dash.SOLID));
        shapes.add(new Shape.Dot(x, y, 3.2, one.ink()));
      }
    } else if (one.kind() != Kind.AREA) {
      boolean step = one.kind() == Kind.STEP;
      double[] px = new double[step ? Math.max(0, 2 * count - 1) : count];
      double[] py = new double[px.length];
      for (int i = 0; i < px.length; i++) {
        int at = step ? i / 2 : i;
        px[i] = xs.pixel(one.xs()[step ? (i + 1) / 2 : i]);
        py[i] = Double.isFinite(one.ys()[at]) ? ys.pixel(one.ys()[at]) : Double.NaN;
      }
      double width = one.isHeavy() ? 2.4 : 1.8;
      shapes.add(new Shape.Line(px, py, one.ink(), width, one.dash()));
    }
  }

  private static Shape line(double fromX, double fromY, double toX, double toY, Ink ink) {
    return new Shape.Line(new double[] {fromX, toX}, new double[] {fromY, toY}, ink, 1, Dash.SOLID);
  }

  private static Label label(
      double x, double y, String text, double size, Anchor anchor, Ink ink, boolean bold) {
    return new Label(x, y, text, size, anchor, ink, bold, false);
  }
}
