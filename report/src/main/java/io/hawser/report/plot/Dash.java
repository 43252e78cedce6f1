package io.hawser.report.plot;

/** How a line is broken, so that lines differ without their colours. */
public enum Dash {
  SOLID(),
  LONG(9, 4),
  SHORT(4, 3),
  DOTTED(1.5f, 3),
  MIXED(9, 3, 2, 3),
  LIMIT(6, 5);

  private final float[] lengths;

  Dash(float... lengths) {
    this.lengths = lengths;
  }

  float[] lengths() {
    return lengths.clone();
  }

  /** The dash of a series by its number. */
  public static Dash series(int number) {
    return values()[Math.floorMod(number, 5)];
  }
}
