package io.hawser.cli;

import io.hawser.cli.testbed.RunOptions;
import io.hawser.sim.scenario.Scenario;
import io.hawser.testbed.run.RunSeries;
import io.hawser.testbed.run.SimulatedRun;
import io.hawser.testbed.yaml.ScenarioReader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hawser sim}. */
@Command(
    name = "sim",
    mixinStandardHelpOptions = true,
    description = "The same stack in virtual time.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {SimCommand.Run.class})
final class SimCommand implements Runnable {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code hawser sim run}. */
  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description =
          "Run a scenario in virtual time: no root, no waiting, the same result each time.")
  static final class Run implements Callable<Integer> {
    @Parameters(
        paramLabel = "SCENARIO",
        description = "A YAML file or a built-in scenario, as for `testbed run`.")
    String scenario = "";

    @Mixin RunOptions options = new RunOptions();

    @Override
    public Integer call() throws Exception {
      Scenario found =
          SimulatedRun.simulated(options.apply(ScenarioReader.find(scenario)), System.out);
      RunSeries series = new RunSeries(found, options.out, options.gif, null);
      return SimulatedRun.all(found, series, System.out) ? 0 : Main.FAILURE;
    }
  }
}
