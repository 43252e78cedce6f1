package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** One connection over two paths of a given rate: how much of it becomes goodput. */
final class ShapedBench implements Bench {
  /** Payload of a full packet as the kernel's MPTCP makes them, by its bytes on Ethernet. */
  private static final double KERNEL_SHARE = 1424.0 / 1514;

  private static final long LEAST_NS = 1_000_000_000L;
  private static final Goal EVEN = Goal.atLeast(0.95, 0.99, 1.02);
  private static final Goal UNEVEN = Goal.atLeast(0.93, 0.98, 1.015);

  @Override
  public String name() {
    return "shaped";
  }

  @Override
  public String description() {
    return "Goodput over 100 and 100 Mbit/s, and over 100 and 20, by what two kernels can carry.";
  }

  @Override
  public double seconds() {
    return 6;
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      rows.addAll(links(100, EVEN, settings, progress));
      rows.addAll(links(20, UNEVEN, settings, progress));
    }
    return rows;
  }

  private static List<Row> links(
      int second, Goal goal, BenchSettings settings, Consumer<String> progress) throws IOException {
    double capacity = (100 + second) * KERNEL_SHARE;
    Figures goodput = new Figures(settings.runs());
    for (int i = 0; i < settings.runs(); i++) {
      StringBuilder line =
          new StringBuilder(String.format(Locale.ROOT, "100+%d, run %2d:", second, i + 1));
      for (Pair.Kind kind : Pair.Kind.values()) {
        try (Pair pair = Pair.open(kind, PairOptions.of(settings).withRates(100, second))) {
          Transfer.Result result = pair.transfer(Math.max(LEAST_NS, settings.durationNs()));
          line.append(
              String.format(
                  Locale.ROOT,
                  "   %s %.1f Mbit/s gap %.0f ms",
                  kind.text,
                  goodput.put(kind, i, result.megabits()),
                  result.longestGapMs()));
        }
      }
      progress.accept(line.toString());
    }
    return List.of(
        row(goodput, capacity, second, Pair.Kind.HAWSER_CLIENT, goal, Level.HARD),
        row(goodput, capacity, second, Pair.Kind.HAWSER_SERVER, goal, Level.MUST));
  }

  private static Row row(
      Figures goodput, double capacity, int second, Pair.Kind kind, Goal goal, Level required) {
    Spread hawser = goodput.of(kind);
    return new Row(
        "shaped 100+"
            + second
            + (kind == Pair.Kind.HAWSER_CLIENT ? ", Hawser sending" : ", Hawser receiving"),
        "Mbit/s",
        goodput.of(Pair.Kind.KERNELS),
        hawser,
        hawser.median() / capacity,
        goal,
        required);
  }
}
