package io.hawser.bench;

import java.util.List;

/**
 * What lies between the two ends of a {@link Pair}.
 *
 * @param paths one or two
 * @param congestion of the kernels; Hawser's is cubic
 * @param offload whether super-segments pass; else every packet is of the MTU, its checksum done
 * @param megabits the rate of each path by the kernel's tbf, both ways; empty: as fast as it goes
 */
record PairOptions(int paths, String congestion, boolean offload, List<Integer> megabits) {
  /** Two paths, as fast as the machine. */
  static PairOptions of(BenchSettings settings) {
    return new PairOptions(2, settings.congestion(), true, List.of());
  }

  PairOptions withPaths(int number) {
    return new PairOptions(number, congestion, offload, megabits);
  }

  PairOptions withoutOffload() {
    return new PairOptions(paths, congestion, false, megabits);
  }

  PairOptions withRates(Integer... perPath) {
    return new PairOptions(perPath.length, congestion, offload, List.of(perPath));
  }
}
