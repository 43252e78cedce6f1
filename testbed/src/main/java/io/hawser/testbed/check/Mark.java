package io.hawser.testbed.check;

import java.util.Locale;

/**
 * A measured figure and its bound.
 *
 * @param atMost whether the bound is the largest good value, or the smallest
 * @param range what single measurements gave; empty if there was one
 */
public record Mark(
    String name, double measured, double bound, boolean atMost, String unit, String range) {

  /** A figure without a range. */
  public Mark(String name, double measured, double bound, boolean atMost, String unit) {
    this(name, measured, bound, atMost, unit, "");
  }

  /** Whether the figure is within its bound. */
  public boolean holds() {
    return atMost ? measured <= bound : measured >= bound;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-58s %10.3f / %s %.3f %s%s%s",
        name,
        measured,
        atMost ? "at most" : "at least",
        bound,
        unit,
        range.isEmpty() ? "" : "   (" + range + ")",
        holds() ? "" : "   FAILED");
  }
}
