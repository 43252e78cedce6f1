package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What lwIP was measured at, like for like: one TCP connection over a TUN with packets of 1500
 * bytes, the kernel at the other end. lwIP's figures are those printed by {@link Anchors}; since
 * the machine that ran it is not this one, the share of the kernel's own TCP is compared as well.
 */
final class LwipBench implements Bench {
  @Override
  public String name() {
    return "lwip";
  }

  @Override
  public String description() {
    return "One TCP connection with packets of 1500 bytes, by what was printed for lwIP.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    Figures goodput = new Figures(settings.runs());
    PairOptions options = PairOptions.of(settings).plainTcp();
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (int i = Figures.WARM_UP; i < settings.runs(); i++) {
        StringBuilder line = new StringBuilder(Figures.label(i));
        for (Pair.Kind kind : Pair.Kind.values()) {
          try (Pair pair = Pair.open(kind, options)) {
            double rate = goodput.put(kind, i, pair.transfer(settings.durationNs()).gigabits());
            line.append(String.format(Locale.ROOT, "   %s %5.2f Gbit/s", kind.text, rate));
          }
        }
        progress.accept(line.toString());
      }
    }
    List<Row> rows = new ArrayList<>();
    Spread kernels = goodput.of(Pair.Kind.KERNELS);
    rows.addAll(
        Anchors.lwip(
            "TCP, Hawser sending", true, kernels, goodput.of(Pair.Kind.HAWSER_CLIENT), Level.HARD));
    rows.addAll(
        Anchors.lwip(
            "TCP, Hawser receiving",
            false,
            kernels,
            goodput.of(Pair.Kind.HAWSER_SERVER),
            Level.MUST));
    return rows;
  }
}
