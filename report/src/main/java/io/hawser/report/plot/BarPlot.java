package io.hawser.report.plot;

import io.hawser.report.plot.Shape.Anchor;
import io.hawser.report.plot.Shape.Label;
import java.util.ArrayList;
import java.util.List;

/** Lying bars from zero, with a whisker over the range and a dot for each single value. */
public final class BarPlot {
  private static final double SIZE = 12;
  private static final double TICK_SIZE = 11.5;
  private static final double TITLE_SIZE = 15;

  private final String title;
  private final String xLabel;
  private final List<Bar> bars = new ArrayList<>();
  private String description = "";

  /**
   * One bar.
   *
   * @param text the value as people read it
   * @param least the whisker's lower end; {@code most} its upper end; equal: no whisker
   * @param singles every value that the bar stands for; may be empty
   */
  public record Bar(
      String name,
      double value,
      double least,
      double most,
      List<Double> singles,
      String text,
      Ink ink) {
    /** Copies the values. */
    public Bar {
      singles = List.copyOf(singles);
    }

    /** A bar of one value. */
    public static Bar of(String name, double value, String text, Ink ink) {
      return new Bar(name, value, value, value, List.of(), text, ink);
    }
  }

  /** The axis' label carries the unit. */
  public BarPlot(String title, String xLabel) {
    this.title = title;
    this.xLabel = xLabel;
  }

  /** What it shows, for those who do not see it. */
  public BarPlot describe(String text) {
    description = text;
    return this;
  }

  /** Adds a bar below the others. */
  public BarPlot add(Bar bar) {
    bars.add(bar);
    return this;
  }

  /** The title. */
  public String title() {
    return title;
  }

  /** Whether there is anything to see. */
  public boolean isEmpty() {
    return bars.isEmpty();
  }

  /**
   * Lays it out: names before the bars, or above them where that is too narrow.
   *
   * @param titleShown for a picture that stands alone
   */
  public Picture picture(int width, boolean titleShown) {
    List<Shape> shapes = new ArrayList<>();
    double top = 4;
    if (titleShown) {
      String text = TextWidth.fit(title, TITLE_SIZE * 1.12, width - 24);
      shapes.add(new Label(12, 22, text, TITLE_SIZE, Anchor.START, Ink.TEXT, true, false));
      top = 34;
    }
    double nameWidth = 0;
    double textWidth = 0;
    double most = 0;
    for (Bar bar : bars) {
      nameWidth = Math.max(nameWidth, TextWidth.of(bar.name(), SIZE, false));
      textWidth = Math.max(textWidth, TextWidth.of(bar.text(), SIZE, false));
      most = Math.max(most, Math.max(bar.value(), bar.most()));
    }
    boolean above = nameWidth > width * 0.36;
    double left = above ? 14 : 12 + nameWidth + 10;
    double right = Math.max(left + 60, width - 14 - textWidth - 8);
    double row = above ? 42 : 30;
    double bottom = top + bars.size() * row + 4;
    Scale xs = Scale.linear(0, most == 0 ? 1 : most, left, right);
    for (Scale.Tick tick : xs.ticksAcross(TICK_SIZE)) {
      shapes.add(line(tick.pixel(), top, tick.pixel(), bottom + 4, Ink.GRID, 1));
      double half = TextWidth.of(tick.text(), TICK_SIZE, false) / 2;
      shapes.add(
          new Label(
              Math.clamp(tick.pixel(), half + 2, Math.max(half + 2, width - half - 2)),
              bottom + 17,
              tick.text(),
              TICK_SIZE,
              Anchor.MIDDLE,
              Ink.MUTED,
              false,
              false));
    }
    for (int i = 0; i < bars.size(); i++) {
      draw(shapes, bars.get(i), xs, top + i * row, above, width);
    }
    shapes.add(line(left, top, left, bottom, Ink.MUTED, 1));
    double middle = Math.max((left + right) / 2, 12 + TextWidth.of(xLabel, SIZE, false) / 2);
    shapes.add(new Label(middle, bottom + 34, xLabel, SIZE, Anchor.MIDDLE, Ink.TEXT, false, false));
    return new Picture(width, (int) Math.ceil(bottom + 42), title, description, shapes);
  }

  private static void draw(
      List<Shape> shapes, Bar bar, Scale xs, double top, boolean above, int width) {
    double left = xs.pixel(0);
    double barTop = above ? top + 20 : top + 6;
    double height = 18;
    double middle = barTop + height / 2;
    if (above) {
      String name = TextWidth.fit(bar.name(), SIZE, width - 28);
      shapes.add(new Label(left, top + 14, name, SIZE, Anchor.START, Ink.TEXT, false, false));
    } else {
      shapes.add(
          new Label(left - 10, middle + 4, bar.name(), SIZE, Anchor.END, Ink.TEXT, false, false));
    }
    double end = left;
    if (Double.isFinite(bar.value())) {
      end = xs.pixel(bar.value());
      shapes.add(new Shape.Box(left, barTop, end - left, height, bar.ink(), 0.75));
    }
    if (bar.most() > bar.least()) {
      double low = xs.pixel(bar.least());
      double high = xs.pixel(bar.most());
      shapes.add(line(low, middle, high, middle, Ink.TEXT, 1.5));
      shapes.add(line(low, middle - 5, low, middle + 5, Ink.TEXT, 1.5));
      shapes.add(line(high, middle - 5, high, middle + 5, Ink.TEXT, 1.5));
      end = Math.max(end, high);
    }
    for (double single : bar.singles()) {
      shapes.add(new Shape.Dot(xs.pixel(single), middle, 2.4, Ink.TEXT));
    }
    shapes.add(
        new Label(end + 8, middle + 4, bar.text(), SIZE, Anchor.START, Ink.TEXT, false, false));
  }

  private static Shape line(
      double fromX, double fromY, double toX, double toY, Ink ink, double width) {
    return new Shape.Line(
        new double[] {fromX, toX}, new double[] {fromY, toY}, ink, width, Dash.SOLID);
  }
}
