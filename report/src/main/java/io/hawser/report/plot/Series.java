package io.hawser.report.plot;

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
}
