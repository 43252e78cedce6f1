package io.hawser.cli.testbed;

import io.hawser.sim.scenario.Scenario;
import io.hawser.testbed.run.RunSeries;
import io.hawser.testbed.run.ScenarioRun;
import io.hawser.testbed.yaml.ScenarioReader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hawser testbed run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Run a scenario on real stacks, in a testbed made for it; leaves a report.")
final class RunCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SCENARIO",
      description =
          "A YAML file, or single-path, multi-path, link-cut, handover-walk, failover-idle-path,"
              + " download-booster, voip, game, iptv, video.")
  String scenario = "";

  @Option(names = "--capture", description = "A pcapng file of all links in each run's folder.")
  boolean capture;

  @Mixin RunOptions options = new RunOptions();

  @Override
  public Integer call() throws Exception {
    Scenario found = options.apply(ScenarioReader.find(scenario));
    RunSeries series =
        new RunSeries(found, options.out, options.gif, options.quiet ? null : System.out);
    return ScenarioRun.all(found, series, capture, System.out) ? 0 : 1;
  }
}
