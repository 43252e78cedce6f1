package io.hawser.insight.terminal;

import java.util.Locale;

/** Speeds and amounts as people read them. */
public final class Quantity {
  private Quantity() {}

  /** Bits per second, as in {@code 20.00 Mbit/s}. */
  public static String rate(double bits) {
    return bits >= 1e9
        ? String.format(Locale.ROOT, "%.2f Gbit/s", bits / 1e9)
        : bits >= 1e6
            ? String.format(Locale.ROOT, "%.2f Mbit/s", bits / 1e6)
            : String.format(Locale.ROOT, "%.1f kbit/s", bits / 1e3);
  }

  /** Bytes, as in {@code 9.00 MB}. */
  public static String bytes(long count) {
    return count >= 1_000_000_000
        ? String.format(Locale.ROOT, "%.2f GB", count / 1e9)
        : count >= 1_000_000
            ? String.format(Locale.ROOT, "%.2f MB", count / 1e6)
            : String.format(Locale.ROOT, "%.1f kB", count / 1e3);
  }

  /** A mark on an axis, as in {@code 20 Mbit/s}. */
  static String mark(double bits) {
    double unit = bits >= 1e9 ? 1e9 : bits >= 1e6 ? 1e6 : 1e3;
    String word = bits >= 1e9 ? " Gbit/s" : bits >= 1e6 ? " Mbit/s" : " kbit/s";
    String number = String.format(Locale.ROOT, "%.2f", bits / unit);
    return number.replaceAll("\\.?0+$", "") + word;
  }

  /** The least round number that is not below; the end of an axis. */
  static double roundUp(double bits) {
    double power = 1000;
    while (power * 10 <= bits) {
      power *= 10;
    }
    for (double step : new double[] {1, 1.5, 2, 3, 4, 5, 6, 8}) {
      if (power * step >= bits) {
        return power * step;
      }
    }
    return power * 10;
  }
}
