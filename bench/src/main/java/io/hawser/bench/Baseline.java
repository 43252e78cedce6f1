package io.hawser.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the rows of the table once reached, kept in the repository, so that a loss of speed is seen.
 * Only rows that compare with the kernel are kept, for other figures are those of one machine.
 *
 * <p>The file has a line for each row: its name, the median of what several rounds measured, and
 * how far those were apart, with semicolons between.
 */
public final class Baseline {
  /** Nothing smaller counts as noise that we know of. */
  private static final double LEAST_NOISE = 0.15;

  private static final String HEAD =
      "# Written by `./hawser bench --update`: row;ratio to the kernel;noise as a part of it";

  /**
   * One row.
   *
   * @param noise part of {@code measured} by which a round may differ
   */
  private record Entry(double measured, double noise) {}

  private final Map<String, Entry> entries = new TreeMap<>();

  /** The benchmarks that are compared: those that are quick and beside the kernel. */
  public static List<Bench> benches() {
    return List.of(
        new ThroughputBench(true),
        new ThroughputBench(false),
        new LoopbackBench(),
        new PacketSocketBench(),
        new PingPongBench(),
        new ConnectsBench());
  }

  /** From several rounds of the same benchmarks. */
  public static Baseline of(List<List<Row>> rounds) {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    for (List<Row> round : rounds) {
      for (Row row : round) {
        if (isRatio(row)) {
          values.computeIfAbsent(row.name(), n -> new ArrayList<>()).add(row.measured());
        }
      }
    }
    Baseline made = new Baseline();
    values.forEach((name, some) -> {
      Spread spread = Spread.of(some.stream().mapToDouble(Double::doubleValue).toArray());
      double range = (spread.most() - spread.least()) / spread.median();
      made.entries.put(name, new Entry(spread.median(), Math.max(LEAST_NOISE, range)));
    });
    return made;
  }

  private static boolean isRatio(Row row) {
    Spread kernel = row.kernel();
    return kernel != null
        && kernel.median() > 0
        && row.measured() == row.hawser().median() / kernel.median();
  }

  /**
   * Reads the file.
   *
   * @throws IOException with the line and what is wrong with it
   */
  public static Baseline read(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no " + file + "; start from Hawser's folder, or make it by --update", e);
    }
    Baseline read = new Baseline();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(";", -1);
      try {
        if (words.length != 3) {
          throw new NumberFormatException("three fields are wanted");
        }
        read.entries.put(
            words[0], new Entry(Double.parseDouble(words[1]), Double.parseDouble(words[2])));
      } catch (NumberFormatException e) {
        throw new IOException(
            file + ":" + (i + 1) + ": '" + line + "': " + e.getMessage() + ", as in name;1.20;0.15",
            e);
      }
    }
    return read;
  }

  /** Writes the file. */
  public void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(HEAD);
    entries.forEach((name, entry) ->
        lines.add(String.format(Locale.ROOT, "%s;%.3f;%.3f", name, entry.measured, entry.noise)));
    Files.write(file, lines);
  }

  /**
   * Compares.
   *
   * @return a line for each row
   */
  public List<Verdict> compare(List<Row> rows) {
    List<Verdict> verdicts = new ArrayList<>();
    for (Row row : rows) {
      Entry entry = entries.get(row.name());
      if (entry != null) {
        double part = row.measured() / entry.measured;
        double lost = row.goal().atLeast() ? 1 - part : part - 1;
        verdicts.add(new Verdict(row.name(), row.measured(), entry.measured, lost, entry.noise));
      }
    }
    return verdicts;
  }

  /**
   * How a row compares with what it once reached.
   *
   * @param lost part of it that is missing; negative if it is better now
   * @param noise the most that may be missing
   */
  public record Verdict(String name, double measured, double before, double lost, double noise) {
    /** Whether it is as good as before, but for noise. */
    public boolean holds() {
      return lost <= noise;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-52s %.3f now, %.3f before: lost %.1f %% / bound %.1f %%  %s",
          name,
          measured,
          before,
          100 * lost,
          100 * noise,
          holds() ? "ok" : "FAILED");
    }
  }
}
