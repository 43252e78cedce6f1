package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One connection over two paths of 100 Mbit/s; the first is cut, and mended. What the reading
 * application sees: the longest stall, and how soon both paths are used again.
 */
final class FailoverBench implements Bench {
  private static final int MEGABITS = 100;
  private static final long SECOND_NS = 1_000_000_000;
  private static final long CUT_NS = 2 * SECOND_NS;
  private static final long MENDED_NS = 4 * SECOND_NS;
  private static final long WINDOW_NS = SECOND_NS / 5;
  private static final double NEW_STALL_MS = 100;

  private static final Goal DOWN = Goal.atMost(150, 60, 20);
  private static final Goal DOWN_MOST = Goal.atMost(300, 120, 50);
  private static final Goal HOLE = Goal.atMost(200, 80, 50);
  private static final Goal HOLE_MOST = Goal.atMost(400, 150, 90);
  private static final Goal NOT_WORSE = Goal.atMost(1.25, 1, 0.5);
  private static final Goal RETURN = Goal.atMost(2000, 500, 200);
  private static final Goal NEW_STALLS = Goal.atMost(100, 0, 0);

  /** What one run saw, each of it in milliseconds. */
  private record Seen(double stall, double until, double newStall) {}

  @Override
  public String name() {
    return "failover";
  }

  @Override
  public String description() {
    return "Two paths, one is cut and mended: the reader's longest stall, and the return.";
  }

  @Override
  public double seconds() {
    return 7;
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      for (Cable.Cut cut : Cable.Cut.values()) {
        rows.addAll(rows(cut, settings, progress));
      }
    }
    return rows;
  }

  private static List<Row> rows(Cable.Cut cut, BenchSettings settings, Consumer<String> progress)
      throws IOException {
    Figures stalls = new Figures(settings.runs());
    Figures returns = new Figures(settings.runs());
    Figures newStalls = new Figures(settings.runs());
    for (int i = 0; i < settings.runs(); i++) {
      StringBuilder line =
          new StringBuilder(String.format(Locale.ROOT, "%s, run %2d:", cut.text, i + 1));
      for (Pair.Kind kind : Pair.Kind.values()) {
        Seen seen = once(kind, cut, settings);
        line.append(
            String.format(
                Locale.ROOT,
                "   %s stall %.0f, return %.0f, new stall %.0f ms",
                kind.text,
                stalls.put(kind, i, seen.stall),
                returns.put(kind, i, seen.until),
                newStalls.put(kind, i, seen.newStall)));
      }
      progress.accept(line.toString());
    }
    List<Row> rows = new ArrayList<>();
    Goal median = cut == Cable.Cut.LINK_DOWN ? DOWN : HOLE;
    Goal most = cut == Cable.Cut.LINK_DOWN ? DOWN_MOST : HOLE_MOST;
    for (Pair.Kind kind : List.of(Pair.Kind.HAWSER_CLIENT, Pair.Kind.HAWSER_SERVER)) {
      boolean sends = kind == Pair.Kind.HAWSER_CLIENT;
      Level required = sends ? Level.HARD : Level.MUST;
      String who = cut.text + (sends ? ", Hawser sending" : ", Hawser receiving");
      if (sends) {
        rows.add(stalls.figure(who + ": stall, median", "ms", kind, median, required));
        rows.add(stalls.most(who + ": stall, longest", "ms", kind, most, required));
      } else {
        // The kernel decides when it leaves the path: not worse than with a kernel that receives.
        rows.add(stalls.row(who + ": stall", "ms", kind, NOT_WORSE, required));
      }
      rows.add(Anchors.stall(who, cut, stalls.of(kind), required));
      rows.add(returns.figure(who + ": both paths again", "ms", kind, RETURN, required));
      rows.add(
          new Row(
              who + ": % of runs with a new stall",
              "ms",
              newStalls.of(Pair.Kind.KERNELS),
              newStalls.of(kind),
              100.0 * newStalls.above(kind, NEW_STALL_MS) / settings.runs(),
              NEW_STALLS,
              required));
    }
    return rows;
  }

  private static Seen once(Pair.Kind kind, Cable.Cut cut, BenchSettings settings)
      throws IOException {
    long durationNs = Math.max(MENDED_NS + SECOND_NS, settings.durationNs());
    Timeline timeline = new Timeline();
    PairOptions options = PairOptions.of(settings).withRates(MEGABITS, MEGABITS);
    try (Pair pair = Pair.open(kind, options)) {
      Stream from = pair.asClient(pair::connect);
      Stream to = pair.accept();
      long startNs = System.nanoTime();
      long cutNs;
      long mendedNs;
      try (to;
          Background _ = Background.start("bench-sink", () -> Transfer.follow(to, timeline));
          Background _ = Background.start("bench-source", () -> Transfer.send(from, durationNs))) {
        Moment.await(startNs + CUT_NS);
        cutNs = System.nanoTime();
        pair.cable().cut(cut);
        Moment.await(startNs + MENDED_NS);
        mendedNs = System.nanoTime();
        pair.cable().mend(cut);
      } finally {
        from.close();
      }
      long bothBytes = timeline.bytes(cutNs - SECOND_NS, cutNs) / (SECOND_NS / WINDOW_NS);
      return new Seen(
          timeline.longestGapMs(cutNs, mendedNs),
          timeline.untilRateMs(mendedNs, startNs + durationNs, WINDOW_NS, (long) (0.8 * bothBytes)),
          timeline.longestGapMs(mendedNs, startNs + durationNs));
    }
  }
}
