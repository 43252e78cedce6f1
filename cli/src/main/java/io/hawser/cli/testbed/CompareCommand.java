package io.hawser.cli.testbed;

import io.hawser.report.Comparison;
import io.hawser.report.ComparisonPage;
import io.hawser.report.RunFolder;
import io.hawser.report.RunSummary;
import io.hawser.sim.scenario.Scenario;
import io.hawser.testbed.run.RunSeries;
import io.hawser.testbed.run.ScenarioRun;
import io.hawser.testbed.yaml.ScenarioReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hawser testbed compare}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description =
        "Run a scenario with all its stacks and put them side by side; or put folders of runs that"
            + " are there already side by side.")
final class CompareCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "SCENARIO|FOLDER",
      description = "One scenario, or two or more folders of runs.")
  List<String> what = List.of();

  @Mixin RunOptions options = new RunOptions();

  @Override
  public Integer call() throws Exception {
    if (what.size() == 1 && !Files.isDirectory(Path.of(what.getFirst()))) {
      Scenario found = options.apply(ScenarioReader.find(what.getFirst()));
      RunSeries series =
          new RunSeries(found, options.out, options.gif, options.quiet ? null : System.out);
      return ScenarioRun.all(found, series, System.out) ? 0 : 1;
    }
    List<Path> folders = what.stream().map(Path::of).toList();
    List<RunSummary> runs = new ArrayList<>();
    for (Path folder : folders) {
      runs.add(RunFolder.summary(folder));
    }
    System.out.print(Comparison.of(runs).text());
    Path page = ComparisonPage.write(RunFolder.newFolder(options.out, "comparison"), folders);
    System.out.println("page: " + page);
    return 0;
  }
}
