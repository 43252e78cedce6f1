package io.hawser.sim.scenario;

import java.util.List;

/**
 * One experiment, as pure data: it runs in the testbed and in the simulator.
 *
 * @param stacks names of {@link StackChoice}
 * @param congestion the congestion control of all stacks, as in {@code cubic}
 * @param scheduler of stacks that let us choose, as in {@code lowest-rtt}; empty: their default
 * @param repetitions how often each stack runs
 * @param seed what is drawn follows from it; {@link #NO_SEED}: the scenario leaves it open
 */
public record Scenario(
    String name,
    String title,
    Topology topology,
    List<StackChoice> stacks,
    Workload workload,
    List<LinkEvent> timeline,
    String congestion,
    String scheduler,
    int repetitions,
    long seed) {

  /** In the testbed another seed each time, in the simulator {@link #USUAL_SEED}. */
  public static final long NO_SEED = 0;

  /** The simulator's if none is given. */
  public static final long USUAL_SEED = 1;

  /** Checks that the timeline's links exist. */
  public Scenario {
    stacks = List.copyOf(stacks);
    timeline = List.copyOf(timeline);
    for (LinkEvent event : timeline) {
      topology.link(event.link());
    }
    if (repetitions < 1) {
      throw new IllegalArgumentException("at least one repetition, not " + repetitions);
    }
  }

  /** How long a run takes: the workload, or the timeline if that is longer. */
  public long plannedNs() {
    long lastNs = timeline.stream().mapToLong(LinkEvent::atNs).max().orElse(0);
    return Math.max(workload.durationNs(), lastNs);
  }

  /** With this seed if it has none. */
  public Scenario seeded(long otherwise) {
    return seed != NO_SEED
        ? this
        : new Scenario(
            name,
            title,
            topology,
            stacks,
            workload,
            timeline,
            congestion,
            scheduler,
            repetitions,
            otherwise);
  }

  /**
   * The same on another topology.
   *
   * @throws IllegalArgumentException if the timeline names a link that is not there
   */
  public Scenario on(Topology other) {
    return new Scenario(
        name, title, other, stacks, workload, timeline, congestion, scheduler, repetitions, seed);
  }
}
