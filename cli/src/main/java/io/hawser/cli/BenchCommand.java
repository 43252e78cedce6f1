package io.hawser.cli;

import io.hawser.bench.ThroughputBench;
import io.hawser.testbed.check.EmulatorCheck;
import io.hawser.testbed.check.Mark;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hawser bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure Hawser beside the kernel.",
    subcommands = {BenchCommand.Throughput.class, BenchCommand.Emulator.class})
final class BenchCommand {

  /** {@code hawser bench throughput}. */
  @Command(
      name = "throughput",
      mixinStandardHelpOptions = true,
      description =
          "Goodput of one MPTCP connection: Hawser with a kernel end, beside two kernels.")
  static final class Throughput implements Callable<Integer> {
    @Option(
        names = "--runs",
        defaultValue = "20",
        description = "Runs of each kind (${DEFAULT-VALUE}).")
    int runs;

    @Option(
        names = "--seconds",
        defaultValue = "1",
        description = "How long each run sends (${DEFAULT-VALUE}).")
    double seconds;

    @Option(names = "--json", description = "One JSON object.")
    boolean json;

    @Override
    public Integer call() throws Exception {
      return new ThroughputBench(System.out, runs, seconds, json).run() ? 0 : Main.FAILURE;
    }
  }

  /** {@code hawser bench emulator}. */
  @Command(
      name = "emulator",
      mixinStandardHelpOptions = true,
      description = "The testbed's emulated links against arithmetic; each figure with its bound.")
  static final class Emulator implements Callable<Integer> {
    @Option(
        names = "--scale",
        defaultValue = "1",
        description = "How long: 1 is about a minute (${DEFAULT-VALUE}).")
    double scale;

    @Override
    public Integer call() throws Exception {
      List<Mark> marks = EmulatorCheck.run(scale, System.out::println);
      return marks.stream().allMatch(Mark::holds) ? 0 : Main.FAILURE;
    }
  }
}
