package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Workload;
import io.hawser.testbed.Host;
import io.hawser.testbed.Testbed;
import io.hawser.workload.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Real iperf3 in the hosts, over the kernel's stacks; under mptcpize for MPTCP. Its progress is
 * that of its lines, ten a second.
 */
final class Iperf3Run implements WorkloadRun {
  private static final Pattern INTERVAL =
      Pattern.compile("^\\[(?:SUM|\\s*\\d+)].*?sec\\s+([0-9.]+) ([KMG]?)Bytes");
  private static final long START_NS = 10_000_000_000L;

  private final Testbed testbed;
  private final Workload.Iperf3 workload;
  private final StackChoice stack;
  private final Progress progress = new Progress();
  private final List<String> said = new ArrayList<>();
  private @Nullable Process server;
  private @Nullable Process client;
  private volatile boolean ended;
  private volatile long total;

  Iperf3Run(Testbed testbed, Workload.Iperf3 workload, StackChoice stack) throws IOException {
    if (stack.hawserClient() || stack.hawserServer()) {
      throw new IOException(
          "real iperf3 runs over the kernel's stacks; `hawser iperf3 --engine hawser` is iperf over"
              + " Hawser's");
    }
    if (workload.flow() == Workload.Flow.BOTH) {
      throw new IOException("iperf3 here takes flow: upload or download");
    }
    this.testbed = testbed;
    this.workload = workload;
    this.stack = stack;
  }

  private Process start(Host host, String... words) {
    List<String> command = new ArrayList<>();
    if (stack.isMultipath()) {
      command.addAll(List.of("mptcpize", "run"));
    }
    command.add("iperf3");
    command.addAll(List.of(words));
    return host.start(new ProcessBuilder(command).redirectErrorStream(true), Map.of());
  }

  @Override
  public void start(long untilNs) throws IOException {
    String address = Testbed.kernelService(false).toString();
    server = start(testbed.server(), "-s", "-1", "-B", address);
    awaitListener();
    List<String> words =
        new ArrayList<>(
            List.of(
                "-c",
                address,
                "-t",
                "" + Math.max(1, workload.durationNs() / 1_000_000_000L),
                "-P",
                "" + workload.parallel(),
                "-i",
                "0.1",
                "-f",
                "k",
                "--forceflush"));
    if (workload.flow() == Workload.Flow.DOWNLOAD) {
      words.add("-R");
    }
    Process running = start(testbed.client(), words.toArray(String[]::new));
    client = running;
    Thread.ofPlatform().daemon().name("iperf3-lines").start(() -> listen(running));
  }

  /** Port 5201 in state LISTEN, in the server's namespace. */
  private void awaitListener() throws IOException {
    long limitNs = System.nanoTime() + START_NS;
    while (!testbed
        .server()
        .ip()
        .command("cat", "/proc/net/tcp")
        .contains(":1451 00000000:0000 0A")) {
      if (System.nanoTime() - limitNs >= 0) {
        throw new IOException("iperf3 -s did not begin to listen");
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private void listen(Process running) {
    try (BufferedReader in = running.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        take(line);
      }
    } catch (IOException e) {
      synchronized (said) {
        said.add(String.valueOf(e.getMessage()));
      }
    } finally {
      ended = true;
    }
  }

  private void take(String line) {
    synchronized (said) {
      said.add(line);
    }
    Matcher matcher = INTERVAL.matcher(line);
    boolean summed = workload.parallel() == 1 || line.startsWith("[SUM]");
    if (!summed || !matcher.find()) {
      return;
    }
    // iperf3's K is 1024.
    int powers = matcher.group(2).isEmpty() ? 0 : "KMG".indexOf(matcher.group(2)) + 1;
    long bytes = (long) (Double.parseDouble(matcher.group(1)) * (1L << 10 * powers));
    if (line.endsWith("receiver")) {
      total = bytes;
    } else if (!line.endsWith("sender") && bytes > 0) {
      progress.received((int) Math.min(Integer.MAX_VALUE, bytes));
    }
  }

  private String name() {
    return workload.flow() == Workload.Flow.DOWNLOAD ? "download" : "upload";
  }

  @Override
  public boolean isDone() {
    return ended;
  }

  @Override
  public void sample(long atNs, EventSink sink) {
    sink.accept(new Event.TransferSample(atNs, name(), progress.bytes()));
  }

  @Override
  public void results(long atNs, String patience, EventSink sink) {
    String error = patience;
    if (error.isEmpty() && total == 0) {
      synchronized (said) {
        error = "iperf3: " + (said.isEmpty() ? "said nothing" : said.getLast());
      }
    }
    sink.accept(
        new Event.TransferEnded(
            atNs,
            name(),
            total,
            progress.firstNs(),
            progress.lastNs(),
            progress.longestStallNs(),
            false,
            error));
  }

  @Override
  public void close() {
    for (Process process : new Process[] {client, server}) {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
