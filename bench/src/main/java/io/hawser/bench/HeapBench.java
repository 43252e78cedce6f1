package io.hawser.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * An hour of work for one stack, and what it leaves on the heap. Hawser is the client of a kernel,
 * over two shaped paths, of which one is cut and mended all the time. One connection sends for the
 * whole time, one receives, and others come and go ({@link Errands}). Every byte is checked.
 */
final class HeapBench implements Bench {
  private static final int MEGABITS = 200;
  static final int SAMPLES = 60;
  private static final long CUT_EVERY_NS = 10_000_000_000L;
  private static final double MEGABYTE = 1e6;
  private static final Goal GROWTH = Goal.atMost(1 << 20, 1 << 18, 1 << 16);

  @Override
  public String name() {
    return "heap";
  }

  @Override
  public String description() {
    return "An hour of transfers, connections and cuts: does the live heap stay as it was?";
  }

  @Override
  public double seconds() {
    return 3600;
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    PairOptions options = PairOptions.of(settings).withRates(MEGABITS, MEGABITS);
    try (Congestion _ = Congestion.allow(settings.congestion());
        Pair pair = Pair.open(Pair.Kind.HAWSER_CLIENT, options);
        Errands errands = new Errands(pair, settings.durationNs())) {
      double[] live = samples(pair.cable(), errands, settings.durationNs(), progress);
      errands.finish();
      return List.of(row(live));
    }
  }

  /** Cuts and mends, and looks at the heap; never while a path is cut. */
  private static double[] samples(
      Cable cable, Errands errands, long durationNs, Consumer<String> progress) throws IOException {
    double[] live = new double[SAMPLES];
    long startNs = System.nanoTime();
    long cycleNs = Math.min(CUT_EVERY_NS, durationNs / SAMPLES);
    int taken = 0;
    for (int cycle = 1; taken < SAMPLES; cycle++) {
      long endNs = startNs + cycle * cycleNs;
      Cable.Cut how = Cable.Cut.values()[cycle % Cable.Cut.values().length];
      Moment.await(endNs - 2 * cycleNs / 3);
      errands.disturbed(true);
      cable.cut(how);
      try {
        Moment.await(endNs - cycleNs / 3);
      } finally {
        cable.mend(how);
      }
      Moment.await(endNs);
      errands.disturbed(false);
      errands.check();
      if (endNs - startNs >= (taken + 1) * (durationNs / SAMPLES)) {
        live[taken++] = LiveHeap.bytes();
        progress.accept(
            String.format(
                Locale.ROOT,
                "%2d of %d:   live heap %.3f MB, resident %.0f MB   %s, %d cuts",
                taken,
                SAMPLES,
                live[taken - 1] / MEGABYTE,
                LiveHeap.residentBytes() / MEGABYTE,
                errands,
                cycle));
      }
    }
    return live;
  }

  /**
   * The least of the last quarter less that of the second: a sample has what is in flight as well,
   * and the first quarter is for warming up.
   */
  static Row row(double[] live) {
    Spread early = Spread.of(Arrays.copyOfRange(live, SAMPLES / 4, SAMPLES / 2));
    Spread late = Spread.of(Arrays.copyOfRange(live, SAMPLES - SAMPLES / 4, SAMPLES));
    double growth = late.least() - early.least();
    return new Row(
        "heap: growth of what is live, bytes", "bytes", null, late, growth, GROWTH, Level.HARD);
  }
}
