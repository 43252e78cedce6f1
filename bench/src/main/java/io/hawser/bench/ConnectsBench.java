package io.hawser.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Connect, one byte there and back, close: how often in a second, one after the other. */
final class ConnectsBench implements Bench {
  private static final long WARM_UP_NS = 300_000_000L;

  // A namespace has 64,512 ports, and a port rests a minute after its connection.
  private static final int MOST = 60_000;

  private static final Goal GOAL = Goal.atLeast(0.3, 0.8, 1.3);

  @Override
  public String name() {
    return "connects";
  }

  @Override
  public String description() {
    return "Connections per second, one after the other: connect, one byte there and back, close.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    Figures rates = new Figures(settings.runs());
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (int i = Figures.WARM_UP; i < settings.runs(); i++) {
        StringBuilder line = new StringBuilder(Figures.label(i));
        for (Pair.Kind kind : Pair.Kind.values()) {
          double rate = rates.put(kind, i, rate(kind, settings));
          line.append(String.format(Locale.ROOT, "   %s %.0f/s", kind.text, rate));
        }
        progress.accept(line.toString());
      }
    }
    return List.of(
        rates.row("connects, Hawser client", "per s", Pair.Kind.HAWSER_CLIENT, GOAL, Level.HARD),
        rates.row("connects, Hawser server", "per s", Pair.Kind.HAWSER_SERVER, GOAL, Level.MUST));
  }

  private static double rate(Pair.Kind kind, BenchSettings settings) throws IOException {
    AtomicBoolean last = new AtomicBoolean();
    try (Pair pair = Pair.open(kind, PairOptions.of(settings).withPaths(1));
        Background _ = Background.start("bench-server", () -> serve(pair, last))) {
      return pair.asClient(() -> connectFor(pair, settings.durationNs(), last));
    }
  }

  private static double connectFor(Pair pair, long durationNs, AtomicBoolean last)
      throws IOException {
    byte[] one = new byte[1];
    long startNs = System.nanoTime();
    int before = 0;
    int count = 0;
    long warmNs = startNs;
    boolean ending = false;
    while (!ending) {
      long nowNs = System.nanoTime();
      if (nowNs - startNs < WARM_UP_NS) {
        before = count;
        warmNs = nowNs;
      }
      ending = nowNs - startNs > WARM_UP_NS + durationNs || count == MOST;
      last.set(ending);
      try (Stream stream = pair.connect()) {
        one[0] = (byte) count;
        stream.write(one, 0, 1);
        stream.readFully(one, 1);
        if (one[0] != (byte) count) {
          throw new IOException("the echo is wrong");
        }
      }
      count++;
    }
    return (count - before) * 1e9 / (System.nanoTime() - warmNs);
  }

  private static void serve(Pair pair, AtomicBoolean last) throws IOException {
    byte[] one = new byte[1];
    boolean ending = false;
    while (!ending) {
      try (Stream stream = pair.accept()) {
        stream.readFully(one, 1);
        ending = last.get();
        stream.write(one, 0, 1);
      }
    }
  }
}
