package io.hawser.report.plot;

/**
 * How wide text is, for a wide sans-serif typeface (DejaVu Sans): what a reader's machine has
 * instead is mostly narrower, so that what does not overlap here does not overlap there.
 */
public final class TextWidth {
  /** Hundredths of the size, from the space on. */
  private static final int[] ASCII = {
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84
  };

  private static final double BOLD = 1.12;

  private TextWidth() {}

  /** In pixels. */
  public static double of(String text, double size, boolean bold) {
    double hundredths = text.codePoints().mapToDouble(TextWidth::ofCharacter).sum();
    return hundredths / 100 * size * (bold ? BOLD : 1);
  }

  private static double ofCharacter(int c) {
    if (c >= 32 && c < 127) {
      return ASCII[c - 32];
    }
    return c < 0x1100 || c >= 0x2000 && c < 0x2e80 ? 68 : 104;
  }

  /** The text, or as much of it as fits, with an ellipsis. */
  public static String fit(String text, double size, double width) {
    if (of(text, size, false) <= width) {
      return text;
    }
    int end = text.length();
    while (end > 0) {
      end = text.offsetByCodePoints(end, -1);
      String shorter = text.substring(0, end).stripTrailing() + "\u2026";
      if (of(shorter, size, false) <= width) {
        return shorter;
      }
    }
    return "";
  }
}
