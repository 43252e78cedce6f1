package io.hawser.report.plot;

import java.util.Arrays;

/**
 * Values over the plot's x axis.
 *
 * @param ys the values; a NaN is a hole
 */
public record Series(String name, Kind kind, double[] xs, double[] ys, Ink ink, Dash dash) {
  /** How values are drawn. */
  public enum Kind {
    /** From point to point. */
    LINE,
    /** A value holds until the next point. */
    STEP,
    /** Filled, on top of the areas before it; all areas of a plot have the same xs. */
    AREA,
    /** A thin bar from zero to each value. */
    STEM
  }

  /** A heavier line than the others, for what readers should look at first. */
  boolean isHeavy() {
    return kind == Kind.LINE && ink == Ink.TEXT;
  }

  /** What there is of it up to an x; a step holds until there. */
  Series until(double x) {
    int count = 0;
    while (count < xs.length && xs[count] <= x) {
      count++;
    }
    if (count == xs.length) {
      return this;
    }
    boolean held = kind == Kind.STEP && count > 0;
    double[] someXs = Arrays.copyOf(xs, held ? count + 1 : count);
    double[] someYs = Arrays.copyOf(ys, someXs.length);
    if (held) {
      someXs[count] = x;
      someYs[count] = ys[count - 1];
    }
    return new Series(name, kind, someXs, someYs, ink, dash);
  }
}
