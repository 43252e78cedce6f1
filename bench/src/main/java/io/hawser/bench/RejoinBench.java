package io.hawser.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One connection over two paths of 100 Mbit/s; a middlebox resets the first one's subflow, once.
 * How soon does the reading application have the rate of both again?
 */
final class RejoinBench implements Bench {
  private static final int MEGABITS = 100;
  private static final long SECOND_NS = 1_000_000_000;
  private static final double MILLISECOND_NS = 1e6;
  private static final long RESET_NS = 2 * SECOND_NS;
  private static final long WINDOW_NS = SECOND_NS / 5;
  private static final double SHARE = 0.8;
  private static final Goal AGAIN = Goal.atMost(5000, 1000, 200);

  @Override
  public String name() {
    return "rejoin";
  }

  @Override
  public String description() {
    return "Two paths, the subflow of one is reset: until the rate of both is back.";
  }

  @Override
  public double seconds() {
    return 8;
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    Figures again = new Figures(settings.runs());
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (int i = 0; i < settings.runs(); i++) {
        StringBuilder line = new StringBuilder(Figures.label(i));
        for (Pair.Kind kind : Pair.Kind.values()) {
          double ms = again.put(kind, i, once(kind, settings));
          line.append(String.format(Locale.ROOT, "   %s %.0f ms", kind.text, ms));
        }
        progress.accept(line.toString());
      }
    }
    return List.of(
        again.figure(
            "reset, Hawser sending: both paths again",
            "ms",
            Pair.Kind.HAWSER_CLIENT,
            AGAIN,
            Level.HARD),
        again.figure(
            "reset, Hawser receiving: both paths again",
            "ms",
            Pair.Kind.HAWSER_SERVER,
            AGAIN,
            Level.MUST));
  }

  /** Milliseconds until then; what is left of the run if it does not come. */
  private static double once(Pair.Kind kind, BenchSettings settings) throws IOException {
    long durationNs = Math.max(RESET_NS + SECOND_NS, settings.durationNs());
    Timeline timeline = new Timeline();
    PairOptions options = PairOptions.of(settings).withRates(MEGABITS, MEGABITS);
    try (Pair pair = Pair.open(kind, options)) {
      Stream from = pair.asClient(pair::connect);
      Stream to = pair.accept();
      long startNs = System.nanoTime();
      long resetNs;
      try (to;
          Background _ = Background.start("bench-sink", () -> Transfer.follow(to, timeline));
          Background _ = Background.start("bench-source", () -> Transfer.send(from, durationNs))) {
        Moment.await(startNs + RESET_NS);
        pair.cable().resetNext(kind != Pair.Kind.HAWSER_SERVER);
        resetNs = System.nanoTime();
      } finally {
        from.close();
      }
      if (pair.cable().resets() == 0) {
        throw new IOException("no packet of the first path came by to be reset");
      }
      if (pair.cable().joins() == 0) {
        return (startNs + durationNs - resetNs) / MILLISECOND_NS;
      }
      long bothBytes = timeline.bytes(resetNs - SECOND_NS, resetNs) / (SECOND_NS / WINDOW_NS);
      long atLeast = (long) (SHARE * bothBytes);
      return timeline.untilRateMs(resetNs, startNs + durationNs, WINDOW_NS, atLeast);
    }
  }
}
