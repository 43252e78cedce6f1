package io.hawser.cli;

import io.hawser.bench.Baseline;
import io.hawser.bench.Bench;
import io.hawser.bench.BenchSettings;
import io.hawser.bench.Benches;
import io.hawser.bench.Profile;
import io.hawser.bench.Row;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.check.EmulatorCheck;
import io.hawser.testbed.check.GoodputGrid;
import io.hawser.testbed.check.GridPlace;
import io.hawser.testbed.check.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hawser bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure Hawser beside the kernel.",
    subcommands = {
      BenchCommand.Emulator.class,
      BenchCommand.Grid.class,
      BenchCommand.ProfileTransfer.class,
      JmhCommand.class
    })
final class BenchCommand implements Callable<Integer> {
  private static final int ROUNDS = 3;
  private static final BenchSettings QUICK = new BenchSettings(7, 0.5, "cubic");

  @Spec CommandSpec spec;

  @Option(
      names = "--check",
      description = {
        "Compare the quick rows with what they reached before, as --baseline says; fails if one",
        "lost more than its own noise. About two minutes."
      })
  boolean check;

  @Option(names = "--update", description = "Measure that anew, in three rounds, and write it.")
  boolean update;

  @Option(
      names = "--baseline",
      defaultValue = "config/bench-baseline.csv",
      paramLabel = "FILE",
      description = "The file (${DEFAULT-VALUE}).")
  Path baseline = Path.of("");

  @Override
  public Integer call() throws IOException {
    if (update) {
      List<List<Row>> rounds = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        rounds.add(round());
      }
      Baseline.of(rounds).write(baseline);
      System.out.println("wrote " + baseline);
      return 0;
    }
    if (!check) {
      spec.commandLine().usage(spec.commandLine().getOut());
      return 0;
    }
    Baseline before = Baseline.read(baseline);
    List<Baseline.Verdict> verdicts = before.compare(round());
    verdicts.forEach(System.out::println);
    return verdicts.stream().allMatch(Baseline.Verdict::holds) ? 0 : Main.FAILURE;
  }

  private static List<Row> round() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Bench bench : Baseline.benches()) {
      rows.addAll(bench.run(QUICK, System.err::println));
    }
    return rows;
  }

  /** Adds a subcommand for each benchmark, and one for {@link Benches#all()}. */
  static void addBenches(CommandLine line) {
    for (Bench bench : Benches.all()) {
      add(line, bench.name(), new BenchRun(List.of(bench)), bench.description());
    }
    for (Bench bench : Benches.soaks()) {
      add(line, bench.name(), new BenchRun(List.of(bench)), bench.description());
    }
    add(
        line,
        "all",
        new BenchRun(Benches.all()),
        "All of these that take minutes, one after the other.");
  }

  private static void add(CommandLine line, String name, BenchRun run, String description) {
    CommandLine one = new CommandLine(run);
    one.getCommandSpec().name(name).usageMessage().description(description);
    line.addSubcommand(name, one);
  }

  /** {@code hawser bench profile}. */
  @Command(
      name = "profile",
      mixinStandardHelpOptions = true,
      description = {
        "Record a transfer by the JDK's flight recorder and print where the time goes."
      })
  static final class ProfileTransfer implements Callable<Integer> {
    /** What Hawser does. */
    enum Role {
      send,
      receive
    }

    @Option(
        names = "--role",
        defaultValue = "send",
        description = "What Hawser does: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    Role role = Role.send;

    @Option(
        names = "--seconds",
        defaultValue = "5",
        paramLabel = "S",
        description = "How long (${DEFAULT-VALUE}).")
    double seconds;

    @Option(
        names = "--out",
        defaultValue = "hawser-profile.jfr",
        paramLabel = "FILE",
        description = "Where the recording is left (${DEFAULT-VALUE}).")
    Path out = Path.of("");

    @Spec CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      BenchSettings settings;
      try {
        settings = new BenchSettings(1, seconds, "cubic");
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage(), e);
      }
      Profile.run(role == Role.send, settings, out).forEach(System.out::println);
      return 0;
    }
  }

  /** {@code hawser bench emulator}. */
  @Command(
      name = "emulator",
      mixinStandardHelpOptions = true,
      description = {
        "The testbed's emulated links against arithmetic and the kernel's tbf: medians of five",
        "measurements, each with its bound. Fails outside of them."
      })
  static final class Emulator implements Callable<Integer> {
    @Option(
        names = "--scale",
        defaultValue = "1",
        description = "How long: 1 is about a minute (${DEFAULT-VALUE}).")
    double scale;

    @Option(
        names = "--seed",
        paramLabel = "N",
        description = "What the link draws follows from it; another one each time if not given.")
    @Nullable Long seed;

    @Override
    public Integer call() throws Exception {
      long drawn = seed == null ? Testbed.anySeed() : seed;
      System.out.println("seed " + drawn);
      List<Mark> marks = EmulatorCheck.run(scale, drawn, System.out::println);
      return marks.stream().allMatch(Mark::holds) ? 0 : Main.FAILURE;
    }
  }

  /** {@code hawser bench grid}. */
  @Command(
      name = "grid",
      mixinStandardHelpOptions = true,
      description = {
        "Goodput by RTT, loss and number of paths: Hawser sending to a kernel beside a kernel",
        "sending to one. Fails below its bounds. All 24 cells take about 22 minutes."
      })
  static final class Grid implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(
        names = "--cells",
        split = ",",
        paramLabel = "RTT/LOSS/PATHS",
        description = "Only these cells, as in 50/5/2 or 200/*/1.")
    @Nullable List<String> cells;

    @Option(
        names = "--runs",
        defaultValue = "5",
        description = "Runs of each kind in each cell (${DEFAULT-VALUE}).")
    int runs;

    @Option(
        names = "--scale",
        defaultValue = "1",
        description = "How long each run sends: 1 is 3 to 6 s (${DEFAULT-VALUE}).")
    double scale;

    @Option(
        names = "--page",
        paramLabel = "FILE",
        description = "Write the grid there, as in docs/goodput-grid.md.")
    @Nullable Path page;

    @Override
    public Integer call() throws Exception {
      GoodputGrid grid;
      List<GridPlace> places;
      try {
        grid = new GoodputGrid(runs, scale, System.err::println);
        places =
            cells == null
                ? GridPlace.all()
                : cells.stream().flatMap(text -> GridPlace.matching(text).stream()).toList();
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage(), e);
      }
      List<GoodputGrid.Cell> measured = grid.run(places);
      if (page != null) {
        Files.writeString(page, grid.page(measured));
      }
      List<Mark> marks = GoodputGrid.marks(measured);
      marks.forEach(System.out::println);
      return marks.stream().allMatch(Mark::holds) ? 0 : Main.FAILURE;
    }
  }
}
