package io.hawser.bench;

import java.util.List;

/** All benchmarks, in the order of the table of goals. */
public final class Benches {
  private Benches() {}

  /** Each once. */
  public static List<Bench> all() {
    return List.of(
        new ThroughputBench(true),
        new ThroughputBench(false),
        new ConnectionsBench(),
        new LoopbackBench(),
        new ShapedBench(),
        new FailoverBench(),
        new PingPongBench(),
        new ConnectsBench(),
        new AllocationBench(),
        new PacketsBench(),
        new PacketSocketBench());
  }
}
