package io.hawser.insight.terminal;

/** Columns of different height made of block characters, an eighth of a line high and up. */
public final class Blocks {
  private static final String EIGHTHS = " ▁▂▃▄▅▆▇█";
  private static final int FULL = EIGHTHS.length() - 1;

  private Blocks() {}

  /**
   * Draws columns, the first row on top. Whatever is not nothing shows at least an eighth.
   *
   * @param values one a column; NaN leaves it empty
   * @param top the value that fills all rows
   */
  public static String[] rows(double[] values, double top, int rows) {
    String[] drawn = new String[rows];
    StringBuilder line = new StringBuilder(values.length);
    for (int row = 0; row < rows; row++) {
      line.setLength(0);
      int below = (rows - 1 - row) * FULL;
      for (double value : values) {
        line.append(EIGHTHS.charAt(Math.clamp(eighths(value, top, rows) - below, 0, FULL)));
      }
      drawn[row] = line.toString();
    }
    return drawn;
  }

  /** One row. */
  public static String row(double[] values, double top) {
    return rows(values, top, 1)[0];
  }

  private static int eighths(double value, double top, int rows) {
    if (Double.isNaN(value) || value <= 0 || top <= 0) {
      return 0;
    }
    return (int) Math.max(1, Math.round(value / top * rows * FULL));
  }
}
