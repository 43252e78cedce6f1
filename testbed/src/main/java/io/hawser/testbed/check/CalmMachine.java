package io.hawser.testbed.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures while other programs leave the processors alone.
 *
 * <p>A measurement counts if others took less than a third of a processor meanwhile; what it gave
 * plays no part in that. If too few are calm after so many attempts, all of them count.
 */
final class CalmMachine {
  private static final int ATTEMPTS_EACH = 2;
  private static final double OTHERS = 0.33;

  /** One of the clock ticks that /proc counts in (proc_stat(5)); 100 a second on Linux. */
  private static final double TICK_NS = 1e7;

  /** Columns of /proc/stat: user, nice, system, stolen. Interrupts are mostly our own packets. */
  private static final int[] OTHERS_COLUMNS = {0, 1, 2, 7};

  /** One measurement: one or more figures that were taken together. */
  @FunctionalInterface
  interface Measurement {
    double[] once() throws IOException;
  }

  private CalmMachine() {}

  /** Measures until {@code wanted} were calm; figures by measurement. */
  static List<double[]> several(int wanted, Measurement measurement) throws IOException {
    List<double[]> all = new ArrayList<>();
    List<double[]> calm = new ArrayList<>();
    while (calm.size() < wanted && all.size() < wanted * ATTEMPTS_EACH) {
      long beganNs = System.nanoTime();
      double othersBefore = othersNs();
      double[] figures = measurement.once();
      double others = (othersNs() - othersBefore) / (System.nanoTime() - beganNs);
      all.add(figures);
      if (others < OTHERS) {
        calm.add(figures);
      }
    }
    return calm.size() < wanted ? all : calm;
  }

  /** The processors' work for others than this process, since some moment. */
  private static double othersNs() throws IOException {
    String first = Files.readString(Path.of("/proc/stat")).lines().findFirst().orElse("cpu");
    String[] words = first.substring("cpu".length()).strip().split(" +");
    double ticks = 0;
    for (int column : OTHERS_COLUMNS) {
      ticks += column < words.length ? Long.parseLong(words[column]) : 0;
    }
    long ownNs =
        ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    return ticks * TICK_NS - ownNs;
  }

  /** The n-th figure of each, sorted. */
  static double[] sorted(List<double[]> measured, int figure) {
    double[] values = measured.stream().mapToDouble(figures -> figures[figure]).toArray();
    Arrays.sort(values);
    return values;
  }

  /** The middle one; of an even number the mean of the two. */
  static double median(double[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
