package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Workload;
import io.hawser.workload.MessageReport;
import io.hawser.workload.MessageStream;
import io.hawser.workload.RequestResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Messages at a rate: frames one way or both, or requests and replies. */
final class MessagesRun implements WorkloadRun {
  private final Connections connections;
  private final Workload workload;
  private final Threads threads = new Threads();
  private final Map<String, MessageReport> reports = new LinkedHashMap<>();

  MessagesRun(Connections connections, Workload.Frames workload) {
    this.connections = connections;
    this.workload = workload;
  }

  MessagesRun(Connections connections, Workload.Requests workload) {
    this.connections = connections;
    this.workload = workload;
  }

  @Override
  public void start(long untilNs) throws IOException {
    Connections.Pair pair = connections.connect();
    switch (workload) {
      case Workload.Frames frames -> {
        if (frames.flow() != Workload.Flow.DOWNLOAD) {
          MessageStream up = stream(frames);
          reports.put(frames.name() + " up", up.report());
          threads.start(true, "frames-send", () -> up.send(pair.client(), untilNs));
          threads.start(false, "frames-receive", () -> up.receive(pair.server()));
        }
        if (frames.flow() != Workload.Flow.UPLOAD) {
          MessageStream down = stream(frames);
          reports.put(frames.name() + " down", down.report());
          threads.start(false, "frames-send", () -> down.send(pair.server(), untilNs));
          threads.start(true, "frames-receive", () -> down.receive(pair.client()));
        }
      }
      case Workload.Requests requests -> {
        RequestResponse exchange =
            new RequestResponse(
                requests.perSecond(), requests.requestBytes(), requests.replyBytes());
        reports.put("requests", exchange.report());
        threads.start(false, "answer", () -> exchange.answer(pair.server()));
        threads.start(true, "ask", () -> exchange.ask(pair.client(), untilNs));
        threads.start(true, "hear", () -> exchange.hear(pair.client()));
      }
      default -> throw new IllegalStateException("no messages: " + workload);
    }
  }

  private static MessageStream stream(Workload.Frames frames) {
    return new MessageStream(frames.perSecond(), frames.frameBytes(), frames.deadlineNs());
  }

  @Override
  public boolean isDone() {
    return threads.areDone();
  }

  @Override
  public void sample(long atNs, EventSink sink) {
    reports.forEach((name, report) -> {
      for (MessageReport.Arrival one = report.poll(); one != null; one = report.poll()) {
        sink.accept(new Event.MessageDelay(one.atNs(), name, one.delayNs()));
      }
      sink.accept(new Event.TransferSample(atNs, name, report.progress().bytes()));
    });
    connections.sample(atNs, sink);
  }

  @Override
  public void results(long atNs, String patience, EventSink sink) {
    String error = patience.isEmpty() ? threads.error() : patience;
    if (error.isEmpty()) {
      connections.endWell();
    }
    sample(atNs, sink);
    reports.forEach((name, report) -> {
      sink.accept(
          new Event.MessageTotals(
              atNs, name, report.sentCount(), report.arrivedCount(), report.lateCount()));
      sink.accept(
          new Event.TransferEnded(
              atNs,
              name,
              report.progress().bytes(),
              report.progress().firstNs(),
              report.progress().lastNs(),
              report.progress().longestStallNs(),
              report.wrongCount() == 0 && report.arrivedCount() == report.sentCount(),
              error));
    });
  }

  @Override
  public void close() {
    connections.close();
  }
}
