package io.hawser.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The time for 64 bytes there and back, over one path. */
final class PingPongBench implements Bench {
  private static final int BYTES = 64;
  private static final long WARM_UP_NS = 300_000_000L;
  private static final Goal GOAL = Goal.atMost(2, 1.2, 0.8);

  @Override
  public String name() {
    return "ping-pong";
  }

  @Override
  public String description() {
    return "Median and 99th percentile of the time for 64 bytes there and back.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    Figures medians = new Figures(settings.runs());
    Figures tails = new Figures(settings.runs());
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (int i = Figures.WARM_UP; i < settings.runs(); i++) {
        StringBuilder line = new StringBuilder(Figures.label(i));
        for (Pair.Kind kind : Pair.Kind.values()) {
          Percentiles times = times(kind, settings);
          line.append(
              String.format(
                  Locale.ROOT,
                  "   %s %.1f / %.1f us",
                  kind.text,
                  medians.put(kind, i, times.micros(50)),
                  tails.put(kind, i, times.micros(99))));
        }
        progress.accept(line.toString());
      }
    }
    return List.of(
        medians.row(
            "ping-pong p50, Hawser client", "us", Pair.Kind.HAWSER_CLIENT, GOAL, Level.HARD),
        tails.row("ping-pong p99, Hawser client", "us", Pair.Kind.HAWSER_CLIENT, GOAL, Level.HARD),
        medians.row(
            "ping-pong p50, Hawser server", "us", Pair.Kind.HAWSER_SERVER, GOAL, Level.MUST),
        tails.row("ping-pong p99, Hawser server", "us", Pair.Kind.HAWSER_SERVER, GOAL, Level.MUST));
  }

  private static Percentiles times(Pair.Kind kind, BenchSettings settings) throws IOException {
    try (Pair pair = Pair.open(kind, PairOptions.of(settings).withPaths(1));
        Stream client = pair.asClient(pair::connect);
        Stream server = pair.accept();
        Background _ = Background.start("bench-echo", () -> echo(server))) {
      Percentiles times = new Percentiles();
      byte[] ping = new byte[BYTES];
      byte[] pong = new byte[BYTES];
      long startNs = System.nanoTime();
      long endNs = startNs + WARM_UP_NS + settings.durationNs();
      for (long nowNs = startNs; nowNs < endNs; ) {
        PositionPattern.fill(ping, (nowNs - startNs) & ~7);
        client.write(ping, 0, BYTES);
        client.readFully(pong, BYTES);
        long doneNs = System.nanoTime();
        if (PositionPattern.firstWrong(pong, BYTES, (nowNs - startNs) & ~7) >= 0) {
          throw new IOException("the echo is wrong");
        }
        if (nowNs - startNs > WARM_UP_NS) {
          times.add(doneNs - nowNs);
        }
        nowNs = doneNs;
      }
      client.finish();
      return times;
    }
  }

  private static void echo(Stream stream) throws IOException {
    byte[] bytes = new byte[BYTES];
    for (int count = stream.read(bytes, 0, BYTES); count > 0; ) {
      stream.write(bytes, 0, count);
      count = stream.read(bytes, 0, BYTES);
    }
  }
}
