package io.hawser.cli;

import io.hawser.report.Comparison;
import io.hawser.report.ComparisonPage;
import io.hawser.report.RunFolder;
import io.hawser.report.RunSummary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hawser report}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Make the page, tables and plots of runs again from their raw samples.")
final class ReportCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FOLDER",
      description = "Folders of runs, as 'testbed run' leaves them.")
  List<Path> folders = List.of();

  @Option(names = "--gif", description = "Draw each run as an animation too (run.gif).")
  boolean gif;

  @Option(names = "--no-png", description = "No PNG files of the plots.")
  boolean noPng;

  @Option(
      names = "--compare",
      paramLabel = "FOLDER",
      description = "Write a page into this folder that puts the runs side by side.")
  @Nullable Path compare;

  @Override
  public Integer call() throws Exception {
    RunFolder.Options options = new RunFolder.Options(!noPng, gif);
    List<RunSummary> runs = new ArrayList<>();
    for (Path folder : folders) {
      Path page = RunFolder.remake(folder, options);
      RunSummary summary = RunFolder.summary(folder);
      runs.add(summary);
      System.out.println(summary.text() + "  page: " + page);
    }
    if (compare != null) {
      System.out.print(Comparison.of(runs).text());
      System.out.println("page: " + ComparisonPage.write(compare, folders));
    }
    return 0;
  }
}
