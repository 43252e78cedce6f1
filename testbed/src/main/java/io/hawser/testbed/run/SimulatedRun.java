package io.hawser.testbed.run;

import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.trial.ScenarioSimulation;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Runs a scenario in virtual time. */
public final class SimulatedRun {
  private SimulatedRun() {}

  /**
   * The scenario with the stacks that are simulated, each once.
   *
   * @throws IOException if none of its stacks is
   */
  public static Scenario simulated(Scenario scenario, PrintStream print) throws IOException {
    List<StackChoice> stacks = new ArrayList<>();
    for (StackChoice wanted : scenario.stacks()) {
      @Nullable StackChoice choice = ScenarioSimulation.simulated(wanted);
      if (choice == null) {
        print.println(wanted.word() + " is not simulated; `hawser testbed run` runs the real one");
      } else if (!stacks.contains(choice)) {
        stacks.add(choice);
      }
    }
    if (stacks.isEmpty()) {
      throw new IOException(
          "none of the scenario's stacks is simulated; choose with --stack hawser or hawser-tcp");
    }
    return new Scenario(
        scenario.name(),
        scenario.title(),
        scenario.topology(),
        stacks,
        scenario.workload(),
        scenario.timeline(),
        scenario.congestion(),
        scenario.scheduler(),
        scenario.repetitions(),
        scenario.seed());
  }

  /** Runs all of a series; true if every run was good. */
  public static boolean all(Scenario scenario, RunSeries series, PrintStream print)
      throws IOException {
    long[] spentNs = new long[2];
    boolean good =
        series.all(
            (stack, repetition, sink, _) -> {
              long beganNs = System.nanoTime();
              try (ScenarioSimulation run =
                  new ScenarioSimulation(scenario, stack, repetition, sink)) {
                run.run();
                spentNs[0] += run.nowNs();
              }
              spentNs[1] += System.nanoTime() - beganNs;
            },
            print);
    print.printf(
        Locale.ROOT,
        "simulated %.1f s in %.1f s: %.0f times real time%n",
        spentNs[0] / 1e9,
        spentNs[1] / 1e9,
        (double) spentNs[0] / spentNs[1]);
    return good;
  }
}
