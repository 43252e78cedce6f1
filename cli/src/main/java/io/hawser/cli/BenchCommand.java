package io.hawser.cli;

import io.hawser.bench.ThroughputBench;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hawser bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure Hawser beside the kernel.",
    subcommands = {BenchCommand.Throughput.class})
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
}
