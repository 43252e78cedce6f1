package io.hawser.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** One subcommand of {@code hawser bench}: some rows of the table of goals, measured. */
public interface Bench {
  /** As typed after {@code hawser bench}. */
  String name();

  /** One or two sentences for the help. */
  String description();

  /** How long a run sends if nobody says. */
  default double seconds() {
    return 1;
  }

  /**
   * Measures. Kinds of runs take turns, so that a machine that slows down slows all of them.
   *
   * @param progress told a line after each run
   * @throws IOException if an end fails or a byte is wrong
   */
  List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException;
}
