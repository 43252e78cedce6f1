package io.hawser.sim.trial;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.Simulation;
import io.hawser.sim.scenario.Workload;
import java.util.List;

/** As many bytes as go through in a time, over one connection or several. */
final class SimBulk implements SimWorkload {
  private final Simulation simulation;
  private final List<SimPair> pairs;
  private final Workload.Flow flow;
  private final long durationNs;

  SimBulk(Simulation simulation, List<SimPair> pairs, Workload.Flow flow, long durationNs) {
    this.simulation = simulation;
    this.pairs = pairs;
    this.flow = flow;
    this.durationNs = durationNs;
  }

  @Override
  public void start(long nowNs) {
    for (SimPair pair : pairs) {
      begin(pair.client(), flow != Workload.Flow.DOWNLOAD, nowNs);
      begin(pair.server(), flow != Workload.Flow.UPLOAD, nowNs);
    }
  }

  private void begin(SimPeer peer, boolean sends, long nowNs) {
    if (sends) {
      peer.sendAll(nowNs);
      simulation.after(durationNs, () -> peer.end(simulation.nowNs()));
    } else {
      peer.end(nowNs);
    }
  }

  @Override
  public boolean isDone() {
    for (SimPair pair : pairs) {
      boolean done = pair.client().inputEnded() && pair.server().inputEnded();
      if (!done && pair.client().failure().isEmpty() && pair.server().failure().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void sample(long nowNs, EventSink sink) {
    for (int n = 0; n < pairs.size(); n++) {
      if (flow != Workload.Flow.DOWNLOAD) {
        long bytes = pairs.get(n).server().receivedBytes();
        sink.accept(new Event.TransferSample(nowNs, name("upload", n), bytes));
      }
      if (flow != Workload.Flow.UPLOAD) {
        long bytes = pairs.get(n).client().receivedBytes();
        sink.accept(new Event.TransferSample(nowNs, name("download", n), bytes));
      }
    }
  }

  private String name(String word, int n) {
    return pairs.size() == 1 ? word : word + " " + (n + 1);
  }

  @Override
  public void results(long nowNs, String patience, EventSink sink) {
    for (int n = 0; n < pairs.size(); n++) {
      SimPair pair = pairs.get(n);
      if (flow != Workload.Flow.DOWNLOAD) {
        sink.accept(
            SimWorkload.ended(nowNs, name("upload", n), pair.client(), pair.server(), patience));
      }
      if (flow != Workload.Flow.UPLOAD) {
        sink.accept(
            SimWorkload.ended(nowNs, name("download", n), pair.server(), pair.client(), patience));
      }
    }
  }
}
