package io.hawser.bench;

import java.util.List;

/**
 * What lies between the two ends of a {@link Pair}.
 *
 * @param paths one or two
 * @param congestion of all ends
 * @param offload whether super-segments pass; else every packet is of the MTU, its checksum done
 * @param megabits the rate of each path by the kernel's tbf, both ways; empty: as fast as it goes
 * @param multipath MPTCP at both ends; else TCP
 * @param plainReceive whether the kernel behind Hawser's TUN takes in each packet by itself (no
 *     GRO)
 */
record PairOptions(
    int paths,
    String congestion,
    boolean offload,
    List<Integer> megabits,
    boolean multipath,
    boolean plainReceive) {
  /** Two paths, as fast as the machine. */
  static PairOptions of(BenchSettings settings) {
    return new PairOptions(2, settings.congestion(), true, List.of(), true, false);
  }

  PairOptions withPaths(int number) {
    return new PairOptions(number, congestion, offload, megabits, multipath, plainReceive);
  }

  /** Packets of the MTU, at both ends. */
  PairOptions withoutOffload() {
    return new PairOptions(paths, congestion, false, megabits, multipath, true);
  }

  /** One TCP connection over one path; packets of the MTU, by a TUN as it comes. */
  PairOptions plainTcp() {
    return new PairOptions(1, congestion, false, megabits, false, false);
  }

  PairOptions withRates(Integer... perPath) {
    return new PairOptions(
        perPath.length, congestion, offload, List.of(perPath), multipath, plainReceive);
  }
}
