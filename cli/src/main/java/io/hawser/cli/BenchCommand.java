package io.hawser.cli;

import io.hawser.bench.Bench;
import io.hawser.bench.Benches;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.check.EmulatorCheck;
import io.hawser.testbed.check.GoodputGrid;
import io.hawser.testbed.check.GridPlace;
import io.hawser.testbed.check.Mark;
import java.nio.file.Files;
import java.nio.file.Path;
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
    subcommands = {BenchCommand.Emulator.class, BenchCommand.Grid.class})
final class BenchCommand {

  /** Adds a subcommand for each of {@link Benches#all()}, and one for all of them. */
  static void addBenches(CommandLine line) {
    for (Bench bench : Benches.all()) {
      add(line, bench.name(), new BenchRun(List.of(bench)), bench.description());
    }
    add(line, "all", new BenchRun(Benches.all()), "All of these, one after the other.");
  }

  private static void add(CommandLine line, String name, BenchRun run, String description) {
    CommandLine one = new CommandLine(run);
    one.getCommandSpec().name(name).usageMessage().description(description);
    line.addSubcommand(name, one);
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
