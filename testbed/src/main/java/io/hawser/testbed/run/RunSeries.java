package io.hawser.testbed.run;

import io.hawser.event.EventSink;
import io.hawser.report.Comparison;
import io.hawser.report.ComparisonPage;
import io.hawser.report.RunFolder;
import io.hawser.report.RunSummary;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scenario with all its stacks and repetitions, each run with a folder of its own. Stacks take
 * turns within a repetition, so that what the machine does meanwhile strikes all alike.
 */
public final class RunSeries {
  /** What carries out one run, from RunStarted to RunEnded; more files may go to its folder. */
  @FunctionalInterface
  public interface Engine {
    void run(StackChoice stack, int repetition, EventSink sink, Path folder) throws IOException;
  }

  private final Scenario scenario;
  private final Path out;
  private final boolean gif;
  private final @Nullable PrintStream live;
  private final List<Path> folders = new ArrayList<>();
  private final List<RunSummary> summaries = new ArrayList<>();

  /** Folders of runs go to {@code out}; {@code live} shows progress, or is null. */
  public RunSeries(Scenario scenario, Path out, boolean gif, @Nullable PrintStream live) {
    this.scenario = scenario;
    this.out = out;
    this.gif = gif;
    this.live = live;
  }

  /** Runs all; prints summaries and where the reports are. True if every run was good. */
  public boolean all(Engine engine, PrintStream print) throws IOException {
    print.println(scenario.name() + ": " + scenario.title());
    print.println(
        scenario.topology().title()
            + "; "
            + count(scenario.stacks().size(), "stack")
            + ", "
            + count(scenario.repetitions(), "repetition")
            + ", congestion control "
            + scenario.congestion());
    boolean good = true;
    for (int repetition = 1; repetition <= scenario.repetitions(); repetition++) {
      for (StackChoice stack : scenario.stacks()) {
        good &= one(engine, stack, repetition, print);
      }
    }
    if (summaries.size() > 1) {
      print.print(Comparison.of(summaries).text());
      Path folder = RunFolder.newFolder(out, scenario.name() + "-comparison");
      print.println("report: " + ComparisonPage.write(folder, folders));
    }
    return good;
  }

  private static String count(int n, String word) {
    return n + " " + word + (n == 1 ? "" : "s");
  }

  private boolean one(Engine engine, StackChoice stack, int repetition, PrintStream print)
      throws IOException {
    RunFolder folder =
        RunFolder.create(
            out, scenario.name() + "-" + stack.word().replace('/', '+') + "-" + repetition);
    LiveLines lines = new LiveLines(live, folder.sink());
    String problem = "";
    try {
      engine.run(stack, repetition, lines, folder.path());
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
    lines.end();
    Path page = folder.finish(new RunFolder.Options(true, gif));
    RunSummary summary = folder.summary();
    folders.add(folder.path());
    summaries.add(summary);
    print.print(summary.text());
    print.println("  report: " + page);
    if (!problem.isEmpty()) {
      print.println("  " + problem);
    }
    return problem.isEmpty() && summary.isGood();
  }

  /** What ran, for those who look further. */
  public List<RunSummary> summaries() {
    return List.copyOf(summaries);
  }
}
