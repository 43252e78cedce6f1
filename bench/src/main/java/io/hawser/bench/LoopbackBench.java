package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Hawser at both ends beside two kernels, in turns: one MPTCP connection with two subflows, with
 * super-segments and with packets of 1500 bytes. Every byte is checked.
 */
final class LoopbackBench implements Bench {
  private static final Goal OFFLOAD = Goal.atLeast(0.35, 0.6, 0.85);
  private static final Goal PACKETS = Goal.atLeast(0.5, 1, 1.3);
  private static final Goal CPU_OFFLOAD = Goal.atMost(2.5, 1.6, 1.2);
  private static final Goal CPU_PACKETS = Goal.atMost(1.5, 1, 0.7);

  @Override
  public String name() {
    return "loopback";
  }

  @Override
  public String description() {
    return "Two Hawser stacks joined by the kernel's routing, beside two kernels.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      rows.addAll(rows(true, settings, progress));
      rows.addAll(rows(false, settings, progress));
    }
    return rows;
  }

  private static List<Row> rows(boolean offload, BenchSettings settings, Consumer<String> progress)
      throws IOException {
    int runs = settings.runs();
    double[] kernelRates = new double[runs];
    double[] kernelCosts = new double[runs];
    double[] rates = new double[runs];
    double[] costs = new double[runs];
    String what = offload ? "loopback" : "loopback mtu1500";
    String against = settings.congestion().equals("bbr") ? " (bbr)" : "";
    for (int i = 0; i < runs; i++) {
      Transfer.Result kernels = kernels(offload, settings);
      Transfer.Result stacks = stacks(offload, settings);
      kernelRates[i] = kernels.gigabits();
      kernelCosts[i] = kernels.machineSecondsPerGigabyte();
      rates[i] = stacks.gigabits();
      costs[i] = stacks.machineSecondsPerGigabyte();
      progress.accept(
          String.format(
              Locale.ROOT,
              "%s, run %2d:   kernel-kernel %5.2f Gbit/s %.3f s/GB gap %.1f ms"
                  + "   hawser-hawser %5.2f Gbit/s %.3f s/GB gap %.1f ms",
              what,
              i + 1,
              kernelRates[i],
              kernelCosts[i],
              kernels.longestGapMs(),
              rates[i],
              costs[i],
              stacks.longestGapMs()));
    }
    return List.of(
        Row.ratio(
            what + ": goodput" + against,
            "Gbit/s",
            Spread.of(kernelRates),
            Spread.of(rates),
            offload ? OFFLOAD : PACKETS,
            Level.MUST),
        Row.ratio(
            what + ": CPU per GB" + against,
            "s/GB",
            Spread.of(kernelCosts),
            Spread.of(costs),
            offload ? CPU_OFFLOAD : CPU_PACKETS,
            Level.MUST));
  }

  private static Transfer.Result kernels(boolean offload, BenchSettings settings)
      throws IOException {
    PairOptions two = PairOptions.of(settings);
    try (Pair pair = Pair.open(Pair.Kind.KERNELS, offload ? two : two.withoutOffload())) {
      return pair.transfer(settings.durationNs());
    }
  }

  private static Transfer.Result stacks(boolean offload, BenchSettings settings)
      throws IOException {
    try (LoopbackPair pair = new LoopbackPair(offload, settings.congestion())) {
      return pair.transfer(settings.durationNs());
    }
  }
}
