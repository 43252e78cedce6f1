package io.hawser.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as people read them: three significant digits and a unit. */
final class Figures {
  private static final String NONE = "-";

  private Figures() {}

  /** Three significant digits without an exponent, as in 0.0123, 9.87, 123, 45678. */
  static String digits(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value)) {
      return NONE;
    } else if (size == 0) {
      return "0";
    } else if (size >= 99.95) {
      return String.format(Locale.ROOT, "%.0f", value);
    } else if (size >= 9.995) {
      return String.format(Locale.ROOT, "%.1f", value);
    } else if (size >= 0.9995) {
      return String.format(Locale.ROOT, "%.2f", value);
    } else if (size >= 0.09995) {
      return String.format(Locale.ROOT, "%.3f", value);
    }
    return String.format(Locale.ROOT, "%.2g", value).contains("e")
        ? String.format(Locale.ROOT, "%.1e", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  /** A count without decimals; a mean of counts with one. */
  static String count(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

  static String rate(@Nullable Double bitsPerSecond) {
    if (bitsPerSecond == null) {
      return NONE;
    } else if (Math.abs(bitsPerSecond) >= 1e9) {
      return digits(bitsPerSecond / 1e9) + " Gbit/s";
    } else if (Math.abs(bitsPerSecond) >= 1e6 || bitsPerSecond == 0) {
      return digits(bitsPerSecond / 1e6) + " Mbit/s";
    }
    return digits(bitsPerSecond / 1e3) + " kbit/s";
  }

  static String percent(@Nullable Double part) {
    return part == null ? NONE : String.format(Locale.ROOT, "%.1f %%", part * 100);
  }

  static String bytes(long bytes) {
    if (bytes >= 1_000_000_000) {
      return digits(bytes / 1e9) + " GB";
    } else if (bytes >= 1_000_000) {
      return digits(bytes / 1e6) + " MB";
    } else if (bytes >= 1_000) {
      return digits(bytes / 1e3) + " kB";
    }
    return bytes + " B";
  }

  static String millis(@Nullable Long ns) {
    return ns == null ? NONE : digits(ns / 1e6) + " ms";
  }

  /** Milliseconds below two seconds, else seconds. */
  static String time(@Nullable Long ns) {
    if (ns == null || Math.abs(ns) < 2_000_000_000L) {
      return millis(ns);
    }
    return digits(ns / 1e9) + " s";
  }

  static String seconds(long ns) {
    return String.format(Locale.ROOT, "%.1f s", ns / 1e9);
  }

  /** A stall; one that samples cannot tell from their own spacing is given as a bound. */
  static String stall(@Nullable Long ns, long resolutionNs, boolean open) {
    if (ns == null) {
      return NONE;
    } else if (open) {
      return "to the end (" + time(ns) + ")";
    }
    return ns <= resolutionNs + resolutionNs / 2 && resolutionNs > 0
        ? "\u2264 " + Math.ceilDiv(Math.max(ns, resolutionNs), 1_000_000) + " ms"
        : time(ns);
  }

  static String yes(@Nullable Boolean flag) {
    return flag == null ? NONE : flag ? "yes" : "no";
  }
}
