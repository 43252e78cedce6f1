package io.hawser.bench;

import java.util.List;

/** All benchmarks, in the order of the table of goals. */
public final class Benches {
  private Benches() {}

  /** Those that take an hour, each once; {@link #all} has the others. */
  public static List<Bench> soaks() {
    return List.of(new HeapBench());
  }

  /** Each that takes minutes, once. */
  public static List<Bench> all() {
    return List.of(
        new ThroughputBench(true),
        new ThroughputBench(false),
        new LwipBench(),
        new ConnectionsBench(),
        new LoopbackBench(),
        new ShapedBench(),
        new FailoverBench(),
        new RejoinBench(),
        new PingPongBench(),
        new ConnectsBench(),
        new AllocationBench(),
        new MemoryBench(),
        new PacketsBench(),
        new PacketSocketBench());
  }
}
