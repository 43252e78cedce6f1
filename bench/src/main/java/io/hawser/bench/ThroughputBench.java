package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One MPTCP connection with two subflows, as fast as it goes: goodput, processor time and stalls,
 * kernel to kernel, Hawser to kernel and kernel to Hawser in turns. Every byte is checked.
 */
final class ThroughputBench implements Bench {
  private static final double STALL_MS = 20;
  private static final Goal OFFLOAD = Goal.atLeast(0.35, 0.6, 0.85);
  private static final Goal OFFLOAD_BBR = Goal.atLeast(0.5, 1, 1.3);
  private static final Goal PACKETS = Goal.atLeast(0.5, 1, 1.3);
  private static final Goal CPU_OFFLOAD = Goal.atMost(2.5, 1.6, 1.2);
  private static final Goal CPU_PACKETS = Goal.atMost(1.5, 1, 0.7);
  private static final Goal STALLED = Goal.atMost(10, 0, 0);

  private final boolean offload;

  /** With super-segments, or with packets of 1500 bytes whose checksums are done. */
  ThroughputBench(boolean offload) {
    this.offload = offload;
  }

  @Override
  public String name() {
    return offload ? "throughput" : "mtu1500";
  }

  @Override
  public String description() {
    return offload
        ? "Goodput, processor time and stalls of one connection with super-segments."
        : "The same with packets of 1500 bytes and no offload at either end.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    int runs = settings.runs();
    Figures goodput = new Figures(runs);
    Figures cpu = new Figures(runs);
    Figures gaps = new Figures(runs);
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (int i = Figures.WARM_UP; i < runs; i++) {
        StringBuilder line = new StringBuilder(Figures.label(i));
        for (Pair.Kind kind : Pair.Kind.values()) {
          Transfer.Result result = transfer(kind, settings);
          line.append(
              String.format(
                  Locale.ROOT,
                  "   %s %5.2f Gbit/s %.3f s/GB gap %.1f ms",
                  kind.text,
                  goodput.put(kind, i, result.gigabits()),
                  cpu.put(kind, i, result.machineSecondsPerGigabyte()),
                  gaps.put(kind, i, result.longestGapMs())));
        }
        progress.accept(line.toString());
      }
    }
    return rows(settings, goodput, cpu, gaps);
  }

  private List<Row> rows(BenchSettings settings, Figures goodput, Figures cpu, Figures gaps) {
    boolean bbr = settings.congestion().equals("bbr");
    String against = bbr ? " (bbr)" : "";
    Goal goal = !offload ? PACKETS : bbr ? OFFLOAD_BBR : OFFLOAD;
    Goal cpuGoal = offload ? CPU_OFFLOAD : CPU_PACKETS;
    List<Row> rows = new ArrayList<>();
    for (Pair.Kind kind : List.of(Pair.Kind.HAWSER_CLIENT, Pair.Kind.HAWSER_SERVER)) {
      boolean sends = kind == Pair.Kind.HAWSER_CLIENT;
      String who = name() + (sends ? ", Hawser sending" : ", Hawser receiving");
      Level required = sends ? Level.HARD : Level.MUST;
      rows.add(goodput.row(who + ": goodput" + against, "Gbit/s", kind, goal, required));
      rows.add(cpu.row(who + ": CPU per GB" + against, "s/GB", kind, cpuGoal, required));
      rows.add(
          new Row(
              who + ": runs with a gap over 20 ms",
              "ms",
              gaps.of(Pair.Kind.KERNELS),
              gaps.of(kind),
              100.0 * gaps.above(kind, STALL_MS) / settings.runs(),
              STALLED,
              required));
      rows.addAll(Anchors.rows(who, sends, offload, goodput.of(kind), cpu.of(kind), required));
    }
    return rows;
  }

  private Transfer.Result transfer(Pair.Kind kind, BenchSettings settings) throws IOException {
    PairOptions two = PairOptions.of(settings);
    try (Pair pair = Pair.open(kind, offload ? two : two.withoutOffload())) {
      return pair.transfer(settings.durationNs());
    }
  }
}
