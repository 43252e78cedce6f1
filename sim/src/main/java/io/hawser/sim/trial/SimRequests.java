package io.hawser.sim.trial;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.Simulation;
import io.hawser.sim.scenario.Workload;

/** Requests at a rate, each answered at once; a delay counts from when a request was due. */
final class SimRequests implements SimWorkload {
  private final Simulation simulation;
  private final SimPair pair;
  private final Workload.Requests workload;
  private final EventSink events;
  private long startNs;
  private long asked;
  private long answered;
  private long heard;

  SimRequests(Simulation simulation, SimPair pair, Workload.Requests workload, EventSink events) {
    this.simulation = simulation;
    this.pair = pair;
    this.workload = workload;
    this.events = events;
  }

  @Override
  public void start(long nowNs) {
    startNs = nowNs;
    pair.server()
        .heard((total, atNs) -> {
          while (total >= (answered + 1) * workload.requestBytes()) {
            answered++;
            pair.server().send(workload.replyBytes(), atNs);
          }
        });
    pair.client()
        .heard((total, atNs) -> {
          while (total >= (heard + 1) * workload.replyBytes()) {
            long delayNs = atNs - dueNs(heard++);
            events.accept(new Event.MessageDelay(atNs, "requests", delayNs));
          }
        });
    next();
  }

  private long dueNs(long number) {
    return startNs + (long) (number * 1e9 / workload.perSecond());
  }

  private void next() {
    long dueNs = dueNs(asked);
    if (dueNs >= startNs + workload.durationNs()) {
      pair.client().end(simulation.nowNs());
      return;
    }
    simulation.at(
        dueNs,
        () -> {
          asked++;
          pair.client().send(workload.requestBytes(), simulation.nowNs());
          next();
        });
  }

  @Override
  public boolean isDone() {
    if (pair.server().inputEnded()) {
      pair.server().end(simulation.nowNs());
    }
    boolean failed = !pair.client().failure().isEmpty() || !pair.server().failure().isEmpty();
    return failed || pair.client().inputEnded();
  }

  @Override
  public void sample(long nowNs, EventSink sink) {
    sink.accept(new Event.TransferSample(nowNs, "requests", pair.client().receivedBytes()));
  }

  @Override
  public void results(long nowNs, String patience, EventSink sink) {
    sink.accept(new Event.MessageTotals(nowNs, "requests", asked, heard, 0));
    sink.accept(SimWorkload.ended(nowNs, "requests", pair.server(), pair.client(), patience));
  }
}
