package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Workload;
import io.hawser.workload.BulkReceiver;
import io.hawser.workload.BulkSender;
import io.hawser.workload.Progress;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** As many bytes as go through in a time, one way or both. */
final class BulkRun implements WorkloadRun {
  private record Flow(String name, BulkSender sender, BulkReceiver receiver) {}

  private final Connections connections;
  private final Workload.Bulk workload;
  private final long seed;
  private final Threads threads = new Threads();
  private final List<Flow> flows = new ArrayList<>();

  BulkRun(Connections connections, Workload.Bulk workload, long seed) {
    this.connections = connections;
    this.workload = workload;
    this.seed = seed;
  }

  @Override
  public void start(long untilNs) throws IOException {
    Connections.Pair pair = connections.connect();
    if (workload.flow() != Workload.Flow.DOWNLOAD) {
      flow("upload", true, pair.client(), pair.server(), untilNs);
    }
    if (workload.flow() != Workload.Flow.UPLOAD) {
      flow("download", false, pair.server(), pair.client(), untilNs);
    }
  }

  private void flow(String name, boolean fromClient, Socket from, Socket to, long untilNs) {
    Flow flow = new Flow(name, new BulkSender(seed + flows.size()), new BulkReceiver());
    flows.add(flow);
    threads.start(fromClient, name + "-send", () -> flow.sender.run(from, untilNs, Long.MAX_VALUE));
    threads.start(!fromClient, name + "-receive", () -> flow.receiver.run(to));
  }

  @Override
  public boolean isDone() {
    return threads.areDone();
  }

  @Override
  public void sample(long atNs, EventSink sink) {
    for (Flow flow : flows) {
      sink.accept(new Event.TransferSample(atNs, flow.name, flow.receiver.progress().bytes()));
    }
    connections.sample(atNs, sink);
  }

  @Override
  public void results(long atNs, String patience, EventSink sink) {
    String error = patience.isEmpty() ? threads.error() : patience;
    if (error.isEmpty()) {
      connections.endWell();
    }
    for (Flow flow : flows) {
      Progress progress = flow.receiver.progress();
      byte[] sent = flow.sender.sum();
      boolean verified = sent.length > 0 && Arrays.equals(sent, flow.receiver.sum());
      String problem = error;
      if (error.isEmpty() && !verified) {
        problem = "the bytes received are not those that were sent";
      }
      sink.accept(
          new Event.TransferEnded(
              atNs,
              flow.name,
              progress.bytes(),
              progress.firstNs(),
              progress.lastNs(),
              progress.longestStallNs(),
              verified,
              problem));
    }
  }

  @Override
  public void close() {
    connections.close();
  }
}
