package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Workload;
import io.hawser.testbed.Testbed;
import io.hawser.workload.Progress;
import io.hawser.workload.iperf3.Iperf3Server;
import io.hawser.workload.iperf3.Iperf3Settings;
import io.hawser.workload.iperf3.Iperf3Settings.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An iperf3 test: the real program where an end has the kernel's stack, our own client or server
 * where it has Hawser's. Both speak one protocol, so that mixed choices have one of each.
 */
final class Iperf3Run implements WorkloadRun {
  private static final int PORT = 5201;
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int BLOCK_BYTES = 128 << 10;

  private record Flow(String name, boolean fromClient, Progress progress) {}

  private final Testbed testbed;
  private final Workload.Iperf3 workload;
  private final StackChoice stack;
  private final Ends ends;
  private final Threads threads = new Threads();
  private final List<Flow> flows = new ArrayList<>();
  private @Nullable Process program;
  private @Nullable Iperf3Server server;
  private @Nullable Iperf3Side client;

  Iperf3Run(Testbed testbed, Workload.Iperf3 workload, StackChoice stack, Ends ends) {
    this.testbed = testbed;
    this.workload = workload;
    this.stack = stack;
    this.ends = ends;
    if (workload.flow() != Workload.Flow.DOWNLOAD) {
      flows.add(new Flow("upload", true, new Progress()));
    }
    if (workload.flow() != Workload.Flow.UPLOAD) {
      flows.add(new Flow("download", false, new Progress()));
    }
  }

  @Override
  public void start(long untilNs) throws IOException {
    InetSocketAddress service = new InetSocketAddress(ends.service(), PORT);
    String address = ends.service().getHostAddress();
    if (stack.hawserServer()) {
      Iperf3Server own = new Iperf3Server(ends.server(), service, interval -> {});
      server = own;
      threads.start(false, "iperf3", own::serve);
    } else {
      program = Iperf3Program.serve(testbed, stack.isMultipath(), address);
    }
    int seconds = Math.toIntExact(Math.max(1, workload.durationNs() / SECOND_NS));
    client =
        stack.hawserClient()
            ? new Iperf3OverEngine(testbed, ends.client(), settings(seconds), service)
            : Iperf3Program.connect(
                testbed,
                stack.isMultipath(),
                words(address, seconds),
                workload.parallel() > 1,
                workload.flow() == Workload.Flow.DOWNLOAD);
  }

  private Iperf3Settings settings(int seconds) {
    Direction direction =
        switch (workload.flow()) {
          case UPLOAD -> Direction.FORWARD;
          case DOWNLOAD -> Direction.REVERSE;
          case BOTH -> Direction.BOTH;
        };
    return new Iperf3Settings(direction, workload.parallel(), seconds, 0, 0, BLOCK_BYTES, 0);
  }

  private List<String> words(String address, int seconds) {
    List<String> words =
        new ArrayList<>(List.of("-c", address, "-t", "" + seconds, "-P", "" + workload.parallel()));
    switch (workload.flow()) {
      case DOWNLOAD -> words.add("-R");
      case BOTH -> words.add("--bidir");
      case UPLOAD -> {}
    }
    return words;
  }

  @Override
  public boolean isDone() {
    Iperf3Side running = client;
    return running != null && running.isEnded();
  }

  @Override
  public void sample(long atNs, EventSink sink) {
    Iperf3Side running = client;
    if (running == null) {
      return;
    }
    for (Flow flow : flows) {
      long more = running.bytes(flow.fromClient) - flow.progress.bytes();
      if (more > 0) {
        flow.progress.received((int) Math.min(Integer.MAX_VALUE, more));
      }
      sink.accept(new Event.TransferSample(atNs, flow.name, flow.progress.bytes()));
    }
    running.sample(atNs, sink);
  }

  @Override
  public void results(long atNs, String patience, EventSink sink) {
    Iperf3Side running = client;
    String error = patience;
    if (error.isEmpty() && running != null) {
      error = running.problem();
    }
    for (Flow flow : flows) {
      sink.accept(
          new Event.TransferEnded(
              atNs,
              flow.name,
              running == null ? 0 : running.total(flow.fromClient),
              flow.progress.firstNs(),
              flow.progress.lastNs(),
              flow.progress.longestStallNs(),
              false,
              error));
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    if (program != null) {
      program.destroyForcibly();
    }
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        // Its stack is closed next, and the listener with it.
        return;
      }
    }
  }
}
