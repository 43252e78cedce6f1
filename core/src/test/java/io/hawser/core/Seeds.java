package io.hawser.core;

import java.util.Random;
import java.util.function.Consumer;

/** Runs a check with many seeds; a failure names the seed that shows it. */
public final class Seeds {
  private Seeds() {}

  /** Seeds 1 to {@code count}. */
  public static void each(int count, Consumer<Random> check) {
    for (int seed = 1; seed <= count; seed++) {
      try {
        check.accept(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
