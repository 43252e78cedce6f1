package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Several connections at once, each with two subflows and threads of its own. */
final class ConnectionsBench implements Bench {
  private static final int[] NUMBERS = {1, 2, 8};
  private static final Goal GOAL = Goal.atLeast(0.35, 0.6, 0.85);

  @Override
  public String name() {
    return "connections";
  }

  @Override
  public String description() {
    return "Goodput of 1, 2 and 8 connections together.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (int number : NUMBERS) {
        Figures goodput = new Figures(settings.runs());
        for (int i = 0; i < settings.runs(); i++) {
          StringBuilder line =
              new StringBuilder(
                  String.format(Locale.ROOT, "%d connections, run %2d:", number, i + 1));
          for (Pair.Kind kind : Pair.Kind.values()) {
            double rate = goodput.put(kind, i, gigabits(kind, number, settings));
            line.append(String.format(Locale.ROOT, "   %s %5.2f Gbit/s", kind.text, rate));
          }
          progress.accept(line.toString());
        }
        rows.add(
            goodput.row(
                number + " connections, Hawser sending",
                "Gbit/s",
                Pair.Kind.HAWSER_CLIENT,
                GOAL,
                Level.HARD));
        rows.add(
            goodput.row(
                number + " connections, Hawser receiving",
                "Gbit/s",
                Pair.Kind.HAWSER_SERVER,
                GOAL,
                Level.MUST));
      }
    }
    return rows;
  }

  private static double gigabits(Pair.Kind kind, int number, BenchSettings settings)
      throws IOException {
    try (Pair pair = Pair.open(kind, PairOptions.of(settings))) {
      List<Stream> clients = new ArrayList<>();
      List<Stream> servers = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        clients.add(pair.asClient(pair::connect));
        servers.add(pair.accept());
      }
      return Transfer.run(clients, servers, settings.durationNs()).gigabits();
    }
  }
}
