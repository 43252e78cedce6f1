package io.hawser.bench;

import java.util.Arrays;

/** One figure of each run of each kind of pair. */
final class Figures {
  private final double[][] values;

  Figures(int runs) {
    values = new double[Pair.Kind.values().length][runs];
  }

  /** Keeps it, and gives it back. */
  double put(Pair.Kind kind, int run, double value) {
    values[kind.ordinal()][run] = value;
    return value;
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
