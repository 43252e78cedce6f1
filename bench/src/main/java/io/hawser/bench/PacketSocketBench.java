package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Hawser on packet sockets of two Ethernet interfaces beside Hawser on a TUN and beside two
 * kernels, in turns: one MPTCP connection with two subflows, every byte checked.
 */
final class PacketSocketBench implements Bench {
  private static final Goal GOODPUT = Goal.atLeast(0.35, 0.6, 0.85);
  private static final Goal BESIDE_TUN = Goal.atLeast(0.5, 0.6, 0.8);
  private static final Goal CPU = Goal.atMost(2.5, 1.6, 1.2);

  private enum Kind {
    KERNELS("kernel-kernel"),
    TUN_SENDS("tun sends"),
    PACKET_SENDS("packet socket sends"),
    TUN_RECEIVES("tun receives"),
    PACKET_RECEIVES("packet socket receives");

    final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  @Override
  public String name() {
    return "packet-socket";
  }

  @Override
  public String description() {
    return "Goodput and processor time over packet sockets, beside a TUN and beside two kernels.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    int kinds = Kind.values().length;
    double[][] goodput = new double[kinds][settings.runs()];
    double[][] cpu = new double[kinds][settings.runs()];
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (int run = 0; run < settings.runs(); run++) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "run %2d:", run + 1));
        for (Kind kind : Kind.values()) {
          Transfer.Result result = transfer(kind, settings);
          goodput[kind.ordinal()][run] = result.gigabits();
          cpu[kind.ordinal()][run] = result.machineSecondsPerGigabyte();
          line.append(
              String.format(
                  Locale.ROOT,
                  "   %s %.2f Gbit/s %.3f s/GB",
                  kind.text,
                  result.gigabits(),
                  result.machineSecondsPerGigabyte()));
        }
        progress.accept(line.toString());
      }
    }
    return rows(goodput, cpu);
  }

  private static Transfer.Result transfer(Kind kind, BenchSettings settings) throws IOException {
    PairOptions options = PairOptions.of(settings);
    switch (kind) {
      case PACKET_SENDS, PACKET_RECEIVES -> {
        try (PacketPair pair = new PacketPair(settings.congestion())) {
          return pair.transfer(kind == Kind.PACKET_SENDS, settings.durationNs());
        }
      }
      default -> {
        Pair.Kind ends =
            switch (kind) {
              case TUN_SENDS -> Pair.Kind.HAWSER_CLIENT;
              case TUN_RECEIVES -> Pair.Kind.HAWSER_SERVER;
              default -> Pair.Kind.KERNELS;
            };
        try (Pair pair = Pair.open(ends, options)) {
          return pair.transfer(settings.durationNs());
        }
      }
    }
  }

  private List<Row> rows(double[][] goodput, double[][] cpu) {
    List<Row> rows = new ArrayList<>();
    for (boolean sends : new boolean[] {true, false}) {
      int packet = (sends ? Kind.PACKET_SENDS : Kind.PACKET_RECEIVES).ordinal();
      int tun = (sends ? Kind.TUN_SENDS : Kind.TUN_RECEIVES).ordinal();
      Level required = sends ? Level.HARD : Level.MUST;
      String who = name() + (sends ? ", Hawser sending" : ", Hawser receiving");
      Spread kernels = Spread.of(goodput[0]);
      Spread ours = Spread.of(goodput[packet]);
      Spread beside = Spread.of(goodput[tun]);
      rows.add(Row.ratio(who + ": goodput", "Gbit/s", kernels, ours, GOODPUT, required));
      rows.add(
          new Row(
              who + ": part of a TUN's",
              "Gbit/s",
              null,
              ours,
              ours.median() / beside.median(),
              BESIDE_TUN,
              required));
      rows.add(
          Row.ratio(
              who + ": CPU per GB",
              "s/GB",
              Spread.of(cpu[0]),
              Spread.of(cpu[packet]),
              CPU,
              required));
    }
    return rows;
  }
}
