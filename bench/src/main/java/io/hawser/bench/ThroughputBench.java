package io.hawser.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * {@code hawser bench throughput}: MPTCP with two subflows, kernel to kernel, Hawser to kernel and
 * kernel to Hawser, in turns within one run, the same congestion control everywhere, every byte
 * checked.
 */
public final class ThroughputBench implements Bench {
  private static final Goal GOODPUT = Goal.atLeast(0.35, 0.6, 0.85);
  private static final Goal GAP_MS = Goal.atMost(20, 20, 5);

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public String description() {
    return "Goodput of one MPTCP connection: Hawser with a kernel end, beside two kernels.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      return measure(settings, progress);
    }
  }

  private List<Row> measure(BenchSettings settings, Consumer<String> progress) throws IOException {
    int runs = settings.runs();
    double[] kernel = new double[runs];
    double[] sending = new double[runs];
    double[] receiving = new double[runs];
    double[] gapsMs = new double[runs];
    for (int i = 0; i < runs; i++) {
      kernel[i] = transfer(Pair.Kind.KERNELS, true, settings).gigabits();
      sending[i] = transfer(Pair.Kind.HAWSER_CLIENT, true, settings).gigabits();
      Transfer.Result received = transfer(Pair.Kind.HAWSER_CLIENT, false, settings);
      receiving[i] = received.gigabits();
      gapsMs[i] = received.longestGapNs() / 1e6;
      progress.accept(
          String.format(
              Locale.ROOT,
              "run %2d: kernel-kernel %6.2f   hawser-kernel %6.2f   kernel-hawser %6.2f Gbit/s   longest gap %.1f ms",
              i + 1,
              kernel[i],
              sending[i],
              receiving[i],
              gapsMs[i]));
    }
    Spread gaps = Spread.of(gapsMs);
    return List.of(
        Row.ratio(
            "goodput, Hawser sending",
            "Gbit/s",
            Spread.of(kernel),
            Spread.of(sending),
            GOODPUT,
            Level.HARD),
        Row.ratio(
            "goodput, Hawser receiving",
            "Gbit/s",
            Spread.of(kernel),
            Spread.of(receiving),
            GOODPUT,
            Level.MUST),
        new Row("longest gap receiving", "ms", null, gaps, gaps.most(), GAP_MS, Level.MUST));
  }

  private static Transfer.Result transfer(
      Pair.Kind kind, boolean clientSends, BenchSettings settings) throws IOException {
    try (Pair pair = Pair.open(kind, 2, settings.congestion())) {
      Stream client = pair.asClient(pair::connect);
      Stream server = pair.accept();
      return clientSends
          ? Transfer.run(client, server, settings.durationNs())
          : Transfer.run(server, client, settings.durationNs());
    }
  }
}
