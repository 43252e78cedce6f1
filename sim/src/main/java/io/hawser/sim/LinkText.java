package io.hawser.sim;

import java.math.BigDecimal;
import java.util.Locale;

/** The text form of a {@link LinkConfig}. */
final class LinkText {
  private LinkText() {}

  static void read(String text, LinkConfig.Draft draft) {
    for (String word : text.strip().toLowerCase(Locale.ROOT).split("[\\s,]+")) {
      if (!word.isEmpty()) {
        int equals = word.indexOf('=');
        if (equals < 0) {
          flag(word, draft);
        } else {
          try {
            setting(word.substring(0, equals), word.substring(equals + 1), draft);
          } catch (ArithmeticException | NumberFormatException wrong) {
            throw new IllegalArgumentException("cannot read '" + word + "' of a link", wrong);
          }
        }
      }
    }
  }

  private static void flag(String word, LinkConfig.Draft draft) {
    switch (word) {
      case "up" -> draft.up = true;
      case "down" -> draft.up = false;
      case "blackhole" -> draft.blackhole = true;
      case "noblackhole" -> draft.blackhole = false;
      case "hidden" -> draft.corruptHidden = true;
      default -> throw new IllegalArgumentException("unknown word '" + word + "' of a link");
    }
  }

  private static void setting(String key, String value, LinkConfig.Draft draft) {
    switch (key) {
      case "rate" -> draft.rateBitsPerSecond = rate(value);
      case "delay" -> draft.delayNs = time(value);
      case "jitter" -> draft.jitterNs = time(value);
      case "loss" -> draft.lossPpm = ppm(value);
      case "reorder" -> {
        int colon = value.indexOf(':');
        draft.reorderPpm = ppm(colon < 0 ? value : value.substring(0, colon));
        if (colon >= 0) {
          draft.reorderNs = time(value.substring(colon + 1));
        }
      }
      case "duplicate" -> draft.duplicatePpm = ppm(value);
      case "corrupt" -> draft.corruptPpm = ppm(value);
      case "queue" -> draft.queueBytes = Math.toIntExact(bytes(value));
      case "aqm" -> aqm(value, draft);
      case "mtu" -> draft.mtuBytes = Math.toIntExact(bytes(value));
      case "overhead" -> draft.overheadBytes = Math.toIntExact(bytes(value));
      default -> throw new IllegalArgumentException("unknown setting '" + key + "' of a link");
    }
  }

  private static void aqm(String value, LinkConfig.Draft draft) {
    String[] parts = value.split(":", -1);
    boolean codel = parts[0].equals("codel") && (parts.length == 1 || parts.length == 3);
    if (!codel && !value.equals("droptail")) {
      throw new NumberFormatException("neither droptail nor codel, nor codel:5ms:100ms");
    }
    draft.codelTargetNs = !codel ? 0 : parts.length == 3 ? time(parts[1]) : 5_000_000;
    draft.codelIntervalNs = !codel ? 0 : parts.length == 3 ? time(parts[2]) : 100_000_000;
  }

  private static long scaled(String value, String unit, long factor) {
    if (!value.endsWith(unit)) {
      throw new NumberFormatException("no unit");
    }
    String digits = value.substring(0, value.length() - unit.length());
    return new BigDecimal(digits).multiply(BigDecimal.valueOf(factor)).longValueExact();
  }

  static long rate(String value) {
    if (value.equals("unlimited")) {
      return 0;
    }
    if (value.endsWith("gbit")) {
      return scaled(value, "gbit", 1_000_000_000);
    }
    if (value.endsWith("mbit")) {
      return scaled(value, "mbit", 1_000_000);
    }
    if (value.endsWith("kbit")) {
      return scaled(value, "kbit", 1_000);
    }
    return value.endsWith("bit") ? scaled(value, "bit", 1) : Long.parseLong(value);
  }

  static long time(String value) {
    if (value.endsWith("ns")) {
      return scaled(value, "ns", 1);
    }
    if (value.endsWith("us")) {
      return scaled(value, "us", 1_000);
    }
    if (value.endsWith("ms")) {
      return scaled(value, "ms", 1_000_000);
    }
    // A bare number would leave the reader to guess; only 0 needs no unit.
    return value.equals("0") ? 0 : scaled(value, "s", 1_000_000_000);
  }

  /** As tc has it: kb and mb are 1024 and 1024 squared bytes. */
  private static long bytes(String value) {
    if (value.endsWith("mb")) {
      return scaled(value, "mb", 1 << 20);
    }
    if (value.endsWith("kb")) {
      return scaled(value, "kb", 1 << 10);
    }
    return value.endsWith("b") ? scaled(value, "b", 1) : Long.parseLong(value);
  }

  private static int ppm(String value) {
    long parts = value.endsWith("%") ? scaled(value, "%", 10_000) : scaled(value, "", 1_000_000);
    return Math.toIntExact(parts);
  }

  static String write(LinkConfig c) {
    StringBuilder out = new StringBuilder();
    add(out, "rate", c.rateBitsPerSecond() == 0 ? "unlimited" : rateText(c.rateBitsPerSecond()));
    add(out, "delay", timeText(c.delayNs()));
    if (c.jitterNs() > 0) {
      add(out, "jitter", timeText(c.jitterNs()));
    }
    share(out, "loss", c.lossPpm());
    if (c.reorderPpm() > 0 || c.reorderNs() != LinkConfig.DEFAULT.reorderNs()) {
      add(out, "reorder", percent(c.reorderPpm()) + ":" + timeText(c.reorderNs()));
    }
    share(out, "duplicate", c.duplicatePpm());
    share(out, "corrupt", c.corruptPpm());
    add(out, "queue", c.queueBytes() + "b");
    if (c.codelTargetNs() > 0) {
      add(out, "aqm", "codel:" + timeText(c.codelTargetNs()) + ":" + timeText(c.codelIntervalNs()));
    }
    add(out, "mtu", Integer.toString(c.mtuBytes()));
    if (c.overheadBytes() > 0) {
      add(out, "overhead", Integer.toString(c.overheadBytes()));
    }
    out.append(c.corruptHidden() ? " hidden" : "");
    out.append(c.up() ? "" : " down");
    out.append(c.blackhole() ? " blackhole" : "");
    return out.toString();
  }

  private static void add(StringBuilder out, String key, String value) {
    out.append(out.isEmpty() ? "" : " ").append(key).append('=').append(value);
  }

  private static void share(StringBuilder out, String key, int ppm) {
    if (ppm > 0) {
      add(out, key, percent(ppm));
    }
  }

  private static String percent(int ppm) {
    return BigDecimal.valueOf(ppm, 4).stripTrailingZeros().toPlainString() + "%";
  }

  static String rateText(long bits) {
    return bits % 1_000_000 == 0
        ? bits / 1_000_000 + "mbit"
        : bits % 1_000 == 0 ? bits / 1_000 + "kbit" : bits + "bit";
  }

  static String timeText(long ns) {
    return ns % 1_000_000 == 0
        ? ns / 1_000_000 + "ms"
        : ns % 1_000 == 0 ? ns / 1_000 + "us" : ns + "ns";
  }
}
