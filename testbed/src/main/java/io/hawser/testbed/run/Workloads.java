package io.hawser.testbed.run;

import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Workload;
import io.hawser.testbed.Testbed;
import java.io.IOException;

/** Makes the run of a workload over the stacks of a choice. */
final class Workloads {
  private Workloads() {}

  static WorkloadRun begin(
      Testbed testbed, Scenario scenario, StackChoice stack, int repetition, EventSink sink)
      throws IOException {
    if (stack == StackChoice.SCTP) {
      return SctpRun.of(testbed, scenario, repetition);
    }
    Ends ends = Ends.open(testbed, scenario, stack, sink);
    try {
      Connections connections = new Connections(testbed, ends);
      long seed = scenario.seed() + repetition;
      WorkloadRun run =
          switch (scenario.workload()) {
            case Workload.Bulk bulk -> new BulkRun(connections, bulk, seed);
            case Workload.Frames frames -> new MessagesRun(connections, frames);
            case Workload.Requests requests -> new MessagesRun(connections, requests);
            case Workload.Http http -> new HttpRun(connections, http, seed);
            case Workload.Video video -> new HttpRun(connections, video, seed);
            case Workload.Iperf3 iperf3 -> {
              connections.close();
              yield new Iperf3Run(testbed, iperf3, stack, ends);
            }
          };
      return new WithEnds(run, ends);
    } catch (IOException | RuntimeException e) {
      ends.close();
      throw e;
    }
  }

  /** Closes the stacks after the workload. */
  private record WithEnds(WorkloadRun run, Ends ends) implements WorkloadRun {
    @Override
    public void start(long untilNs) throws IOException {
      run.start(untilNs);
    }

    @Override
    public boolean isDone() {
      return run.isDone();
    }

    @Override
    public void sample(long atNs, EventSink sink) {
      run.sample(atNs, sink);
    }

    @Override
    public void results(long atNs, String patience, EventSink sink) {
      run.results(atNs, patience, sink);
    }

    @Override
    public void close() {
      run.close();
      ends.close();
    }
  }
}
