package io.hawser.sim.trial;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.Simulation;
import io.hawser.sim.scenario.Workload;
import java.util.ArrayList;
import java.util.List;

/** Frames at a constant rate, one way or both; a frame's delay counts from when it was due. */
final class SimFrames implements SimWorkload {
  /** One direction. */
  private static final class Stream {
    final String name;
    final SimPeer sender;
    final SimPeer receiver;
    long sent;
    long arrived;
    long late;

    Stream(String name, SimPeer sender, SimPeer receiver) {
      this.name = name;
      this.sender = sender;
      this.receiver = receiver;
    }
  }

  private final Simulation simulation;
  private final SimPair pair;
  private final Workload.Frames workload;
  private final EventSink events;
  private final List<Stream> streams = new ArrayList<>();
  private long startNs;

  SimFrames(Simulation simulation, SimPair pair, Workload.Frames workload, EventSink events) {
    this.simulation = simulation;
    this.pair = pair;
    this.workload = workload;
    this.events = events;
  }

  @Override
  public void start(long nowNs) {
    startNs = nowNs;
    if (workload.flow() == Workload.Flow.DOWNLOAD) {
      pair.client().end(nowNs);
    } else {
      begin(new Stream(workload.name() + " up", pair.client(), pair.server()));
    }
    if (workload.flow() == Workload.Flow.UPLOAD) {
      pair.server().end(nowNs);
    } else {
      begin(new Stream(workload.name() + " down", pair.server(), pair.client()));
    }
  }

  private void begin(Stream stream) {
    streams.add(stream);
    stream.receiver.heard((total, nowNs) -> {
      while (total >= (stream.arrived + 1) * workload.frameBytes()) {
        long delayNs = nowNs - dueNs(stream.arrived++);
        stream.late += delayNs > workload.deadlineNs() ? 1 : 0;
        events.accept(new Event.MessageDelay(nowNs, stream.name, delayNs));
      }
    });
    next(stream);
  }

  private long dueNs(long number) {
    return startNs + (long) (number * 1e9 / workload.perSecond());
  }

  private void next(Stream stream) {
    long dueNs = dueNs(stream.sent);
    if (dueNs >= startNs + workload.durationNs()) {
      stream.sender.end(simulation.nowNs());
      return;
    }
    simulation.at(
        dueNs,
        () -> {
          stream.sent++;
          stream.sender.send(workload.frameBytes(), simulation.nowNs());
          next(stream);
        });
  }

  @Override
  public boolean isDone() {
    boolean failed = !pair.client().failure().isEmpty() || !pair.server().failure().isEmpty();
    return failed || pair.client().inputEnded() && pair.server().inputEnded();
  }

  @Override
  public void sample(long nowNs, EventSink sink) {
    for (Stream one : streams) {
      sink.accept(new Event.TransferSample(nowNs, one.name, one.receiver.receivedBytes()));
    }
  }

  @Override
  public void results(long nowNs, String patience, EventSink sink) {
    for (Stream one : streams) {
      sink.accept(new Event.MessageTotals(nowNs, one.name, one.sent, one.arrived, one.late));
      sink.accept(SimWorkload.ended(nowNs, one.name, one.sender, one.receiver, patience));
    }
  }
}
