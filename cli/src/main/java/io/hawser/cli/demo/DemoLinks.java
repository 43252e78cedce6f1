package io.hawser.cli.demo;

import io.hawser.sim.LinkConfig;
import java.util.ArrayList;
import java.util.List;

/** The links of the demo: their names, rates and delays. */
final class DemoLinks {
  private static final long MEGA = 1_000_000;
  private static final String[] NAMES = {"Wi-Fi", "LTE", "cable", "satellite"};
  private static final int[] DELAYS_MS = {10, 25, 5, 40};

  private final List<Long> bitsPerSecond = new ArrayList<>();

  /** Reads {@code 40,20}: megabits per second of each link. */
  static DemoLinks parse(String text) {
    DemoLinks links = new DemoLinks();
    for (String part : text.split(",")) {
      try {
        double rate = Double.parseDouble(part.strip());
        if (!(rate >= 0.1 && rate <= 1000)) {
          throw new IllegalArgumentException("a link has 0.1 to 1000 Mbit/s, not " + part);
        }
        links.bitsPerSecond.add((long) (rate * MEGA));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "--links takes rates in Mbit/s such as 40,20, not '" + text + "'", e);
      }
    }
    if (links.count() < 2 || links.count() > NAMES.length) {
      throw new IllegalArgumentException(
          "--links takes 2 to " + NAMES.length + " rates such as 40,20, not '" + text + "'");
    }
    return links;
  }

  int count() {
    return bitsPerSecond.size();
  }

  String name(int n) {
    return NAMES[n];
  }

  long bitsPerSecond(int n) {
    return bitsPerSecond.get(n);
  }

  /** Rate, delay each way, and a queue of 60 ms. */
  LinkConfig config(int n) {
    long rate = bitsPerSecond(n);
    int queueBytes = (int) Math.max(30_000, rate / 8 * 60 / 1000);
    return LinkConfig.DEFAULT
        .withRate(rate)
        .withDelayNs(DELAYS_MS[n] * MEGA)
        .withQueueBytes(queueBytes);
  }

  String describe(int n) {
    return name(n) + " " + bitsPerSecond(n) / (double) MEGA + " Mbit/s, " + DELAYS_MS[n] + " ms";
  }
}
