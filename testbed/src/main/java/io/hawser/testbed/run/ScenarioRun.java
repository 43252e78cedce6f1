package io.hawser.testbed.run;

import io.hawser.sim.scenario.Scenario;
import io.hawser.testbed.LinkCapture;
import io.hawser.testbed.Testbed;
import java.io.IOException;
import java.io.PrintStream;

/** Runs a scenario on real stacks, in a testbed made for it. */
public final class ScenarioRun {
  private ScenarioRun() {}

  /** Runs all of a series; true if every run was good. */
  public static boolean all(Scenario scenario, RunSeries series, PrintStream print)
      throws IOException {
    return all(scenario, series, false, print);
  }

  /** The same; a capture of all links goes to each run's folder as {@code links.pcapng}. */
  public static boolean all(Scenario scenario, RunSeries series, boolean capture, PrintStream print)
      throws IOException {
    String name = "run" + ProcessHandle.current().pid();
    try (Testbed testbed = Testbed.up(name, scenario.topology())) {
      return series.all(
          (stack, repetition, sink, folder) -> {
            Trial trial = new Trial(testbed, scenario, stack, repetition, sink);
            if (capture) {
              try (LinkCapture _ = testbed.capture(folder.resolve("links.pcapng"))) {
                trial.run();
              }
            } else {
              trial.run();
            }
          },
          print);
    }
  }
}
