package io.hawser.bench;

import java.util.Arrays;
import java.util.Locale;

/** One figure of each run of each kind of pair. */
final class Figures {
  /** The run before the first one, in which the JVM compiles what is used; it does not count. */
  static final int WARM_UP = -1;

  private final double[][] values;

  Figures(int runs) {
    values = new double[Pair.Kind.values().length][runs];
  }

  /** Keeps it unless the run is one to warm up, and gives it back. */
  double put(Pair.Kind kind, int run, double value) {
    if (run > WARM_UP) {
      values[kind.ordinal()][run] = value;
    }
    return value;
  }

  /** What a line about this run begins with. */
  static String label(int run) {
    return run == WARM_UP ? "warm-up:" : String.format(Locale.ROOT, "run %2d: ", run + 1);
  }

  Spread of(Pair.Kind kind) {
    return Spread.of(values[kind.ordinal()]);
  }

  /** How many runs were above this. */
  long above(Pair.Kind kind, double value) {
    return Arrays.stream(values[kind.ordinal()]).filter(v -> v > value).count();
  }

  /** The ratio to what two kernels reach. */
  Row row(String name, String unit, Pair.Kind kind, Goal goal, Level required) {
    return Row.ratio(name, unit, of(Pair.Kind.KERNELS), of(kind), goal, required);
  }

  /** The median against marks in its own unit. */
  Row figure(String name, String unit, Pair.Kind kind, Goal goal, Level required) {
    return Row.figure(name, unit, of(Pair.Kind.KERNELS), of(kind), goal, required);
  }

  /** The largest against marks in its own unit. */
  Row most(String name, String unit, Pair.Kind kind, Goal goal, Level required) {
    Spread spread = of(kind);
    return new Row(name, unit, of(Pair.Kind.KERNELS), spread, spread.most(), goal, required);
  }
}
