package io.hawser.cli.testbed;

import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be said of every run. */
public final class RunOptions {
  @Option(
      names = {"-s", "--stack"},
      split = ",",
      paramLabel = "STACK",
      description =
          "tcp, mptcp-kernel, hawser, hawser/mptcp-kernel, mptcp-kernel/hawser, hawser-tcp, sctp;"
              + " several: one after the other (the scenario's own if not given).")
  List<String> stacks = List.of();

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      description = "How often each stack runs.")
  @Nullable Integer repetitions;

  @Option(names = "--seed", paramLabel = "N", description = "Another seed.")
  @Nullable Long seed;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FOLDER",
      defaultValue = "hawser-runs",
      description = "Where the runs' folders go (${DEFAULT-VALUE}).")
  public Path out = Path.of("hawser-runs");

  @Option(names = "--gif", description = "Draw each run as an animation too.")
  public boolean gif;

  @Option(names = "--quiet", description = "No line while a run goes on.")
  public boolean quiet;

  /** The scenario with what was said. */
  public Scenario apply(Scenario found) {
    return new Scenario(
        found.name(),
        found.title(),
        found.topology(),
        stacks.isEmpty() ? found.stacks() : stacks.stream().map(StackChoice::of).toList(),
        found.workload(),
        found.timeline(),
        found.congestion(),
        found.scheduler(),
        repetitions == null ? found.repetitions() : repetitions,
        seed == null ? found.seed() : seed);
  }
}
