package io.hawser.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of a benchmark's result.
 *
 * @param name what was measured, as in {@code goodput, Hawser sending}
 * @param unit of the two spreads
 * @param kernel the same measured between two kernels, interleaved; null where there is none
 * @param hawser with Hawser at one end at least
 * @param measured what the goal is about: the ratio of the medians, or a figure in {@code unit}
 * @param required the level below which the benchmark fails
 */
public record Row(
    String name,
    String unit,
    @Nullable Spread kernel,
    Spread hawser,
    double measured,
    Goal goal,
    Level required) {

  /** Hawser's median as a part of the kernel's. */
  public static Row ratio(
      String name, String unit, Spread kernel, Spread hawser, Goal goal, Level required) {
    return new Row(name, unit, kernel, hawser, hawser.median() / kernel.median(), goal, required);
  }

  /** Hawser's median against marks in its own unit. */
  public static Row figure(
      String name, String unit, @Nullable Spread kernel, Spread hawser, Goal goal, Level required) {
    return new Row(name, unit, kernel, hawser, hawser.median(), goal, required);
  }

  /** What it reached. */
  public Level reached() {
    return goal.level(measured);
  }

  /** Whether it reached what is required. */
  public boolean holds() {
    return reached().compareTo(required) >= 0;
  }

  @Override
  public String toString() {
    String beside = kernel == null ? "" : "kernel " + kernel + ", ";
    return String.format(
        Locale.ROOT,
        "%-44s measured %.3f / bound %s %.3f (%s)  %s, reached %s   %sHawser %s %s",
        name,
        measured,
        goal.atLeast() ? "at least" : "at most",
        goal.bound(required),
        required,
        holds() ? "ok" : "FAILED",
        reached(),
        beside,
        hawser,
        unit);
  }

  /** The same as one JSON object. */
  public String json() {
    return String.format(
        Locale.ROOT,
        "{\"name\":\"%s\",\"unit\":\"%s\",\"kernel\":%s,\"hawser\":%s,\"measured\":%s,"
            + "\"atLeast\":%b,\"must\":%s,\"hard\":%s,\"extreme\":%s,\"required\":\"%s\","
            + "\"reached\":\"%s\",\"holds\":%b}",
        name,
        unit,
        kernel == null ? "null" : kernel.json(),
        hawser.json(),
        number(measured),
        goal.atLeast(),
        number(goal.must()),
        number(goal.hard()),
        number(goal.extreme()),
        required,
        reached(),
        holds());
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "null";
  }
}
