package io.hawser.testbed.yaml;

import java.math.BigDecimal;
import java.util.Locale;

/** Times, rates and sizes with their units. */
final class Quantity {
  private Quantity() {}

  /** As in {@code 1.5s}, {@code 200ms}; nanoseconds. */
  static long timeNs(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.equals("0")) {
      return 0;
    }
    if (word.endsWith("ms")) {
      return scaled(word, 2, 1_000_000);
    }
    if (word.endsWith("us")) {
      return scaled(word, 2, 1_000);
    }
    if (word.endsWith("min")) {
      return scaled(word, 3, 60_000_000_000L);
    }
    if (word.endsWith("s")) {
      return scaled(word, 1, 1_000_000_000);
    }
    throw new IllegalArgumentException(
        "a time needs its unit (s, ms, us or min), not '" + text + "'");
  }

  /** As in {@code 8mbit}; bits per second. */
  static long bitsPerSecond(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.endsWith("gbit")) {
      return scaled(word, 4, 1_000_000_000);
    }
    if (word.endsWith("mbit")) {
      return scaled(word, 4, 1_000_000);
    }
    if (word.endsWith("kbit")) {
      return scaled(word, 4, 1_000);
    }
    throw new IllegalArgumentException(
        "a rate needs its unit (kbit, mbit or gbit a second), not '" + text + "'");
  }

  /** As in {@code 20mb}, {@code 160b}; kb and mb are 1000 and 1000 squared bytes. */
  static long bytes(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.endsWith("gb")) {
      return scaled(word, 2, 1_000_000_000);
    }
    if (word.endsWith("mb")) {
      return scaled(word, 2, 1_000_000);
    }
    if (word.endsWith("kb")) {
      return scaled(word, 2, 1_000);
    }
    return word.endsWith("b") ? scaled(word, 1, 1) : Long.parseLong(word);
  }

  private static long scaled(String word, int unitLength, long factor) {
    String digits = word.substring(0, word.length() - unitLength).strip();
    long value = new BigDecimal(digits).multiply(BigDecimal.valueOf(factor)).longValue();
    if (value < 0) {
      throw new IllegalArgumentException("'" + word + "' is negative");
    }
    return value;
  }
}
