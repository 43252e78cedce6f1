package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.LinkEvent;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.testbed.LinkStatus;
import io.hawser.testbed.Testbed;
import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/** One run of a scenario with one stack in a testbed that is up. */
public final class Trial {
  private static final long SAMPLE_NS = 100_000_000L;
  private static final long TICK_NS = 5_000_000L;
  private static final long SECOND_NS = 1_000_000_000L;

  /** How long after the planned end a transfer may take to deliver what is under way. */
  private static final long PATIENCE_NS = 15 * SECOND_NS;

  private final Testbed testbed;
  private final Scenario scenario;
  private final StackChoice stack;
  private final int repetition;
  private final EventSink sink;
  private volatile boolean stopped;

  /** The sink hears everything, from RunStarted to RunEnded; it must be safe for many threads. */
  public Trial(
      Testbed testbed, Scenario scenario, StackChoice stack, int repetition, EventSink sink) {
    this.testbed = testbed;
    this.scenario = scenario.seeded(testbed.seed());
    this.stack = stack;
    this.repetition = repetition;
    this.sink = sink;
  }

  /** Ends a run that is under way; from any thread. */
  public void stop() {
    stopped = true;
  }

  /**
   * Runs to the end; links are as the topology says afterwards.
   *
   * @throws IOException if the run could not begin
   */
  public void run() throws IOException {
    restoreLinks();
    // Every stack meets the same draws, every repetition others.
    long seed = scenario.seed() + repetition - 1;
    testbed.draw(seed);
    sink.accept(
        new Event.RunStarted(
            System.nanoTime(),
            scenario.name(),
            scenario.title(),
            stack.word(),
            "real",
            repetition,
            seed,
            scenario.plannedNs(),
            scenario.topology().links().stream().map(LinkSpec::facts).toList()));
    EventSink heardBefore = testbed.events(sink);
    String error = "";
    try (WorkloadRun workload = Workloads.begin(testbed, scenario, stack, repetition, sink)) {
      error = run(workload);
    } catch (IOException | DeviceException e) {
      error = String.valueOf(e.getMessage());
    } finally {
      testbed.events(heardBefore);
      restoreLinks();
      sink.accept(new Event.RunEnded(System.nanoTime(), error));
    }
    if (!error.isEmpty() && !stopped) {
      throw new IOException(scenario.name() + " with " + stack.word() + ": " + error);
    }
  }

  private String run(WorkloadRun workload) throws IOException {
    long beganNs = System.nanoTime();
    CpuMeter cpu = new CpuMeter();
    workload.start(beganNs + scenario.workload().durationNs());
    long startNs = System.nanoTime();
    Deque<LinkEvent> timeline = new ArrayDeque<>(scenario.timeline());
    long plannedEndNs = startNs + scenario.plannedNs();
    long nextSampleNs = startNs;
    while (!stopped) {
      long nowNs = System.nanoTime();
      LinkEvent next = timeline.peek();
      while (next != null && nowNs - startNs >= next.atNs()) {
        testbed.change(next.link(), next.change());
        timeline.remove();
        next = timeline.peek();
      }
      boolean done = workload.isDone();
      if (nowNs >= nextSampleNs || done) {
        sample(workload, cpu, nowNs);
        nextSampleNs += SAMPLE_NS;
      }
      if (done) {
        workload.results(nowNs, "", sink);
        return "";
      }
      long limitNs = Math.max(plannedEndNs, startNs) + patienceNs();
      if (nowNs >= limitNs) {
        workload.results(
            nowNs, "not over " + patienceNs() / SECOND_NS + " s after its planned end", sink);
        return "";
      }
      LockSupport.parkNanos(TICK_NS);
    }
    workload.results(System.nanoTime(), "stopped", sink);
    return "stopped";
  }

  /** A workload without a planned time may take a minute. */
  private long patienceNs() {
    return scenario.workload().durationNs() == 0 ? 60 * SECOND_NS : PATIENCE_NS;
  }

  private void sample(WorkloadRun workload, CpuMeter cpu, long nowNs) throws IOException {
    for (LinkStatus link : testbed.links()) {
      sink.accept(testbed.sample(link.name(), nowNs));
    }
    workload.sample(nowNs, sink);
    cpu.sample(nowNs, sink);
  }

  /** Whatever the last run, or a person, has left of the links. */
  private void restoreLinks() throws IOException {
    for (LinkSpec spec : scenario.topology().links()) {
      LinkStatus now = testbed.status(spec.name());
      if (!now.present()) {
        testbed.change(spec.name(), "add");
      }
      if (!now.up()) {
        testbed.change(spec.name(), "up");
      }
      if (now.blackhole()) {
        testbed.change(spec.name(), "restore");
      }
      if (!now.forth().equals(spec.forth()) || !now.back().equals(spec.back())) {
        testbed.change(spec.name(), "forth:" + spec.forth());
        testbed.change(spec.name(), "back:" + spec.back());
      }
    }
  }
}
