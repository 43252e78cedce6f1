package io.hawser.testbed.run;

import io.hawser.event.EventSink;
import io.hawser.testbed.Host;
import io.hawser.testbed.Testbed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The real iperf3 in a host, over the kernel's stack; under mptcpize for MPTCP. What it counts is
 * read from its lines, ten a second.
 */
final class Iperf3Program implements Iperf3Side {
  private static final Pattern LINE =
      Pattern.compile("^\\[(SUM|\\s*\\d+)](?:\\[([TR]X)-C])?.*?sec\\s+([0-9.]+) ([KMG]?)Bytes");
  private static final long START_NS = 10_000_000_000L;

  private final Process process;
  private final boolean summed;
  private final boolean reverse;
  private final AtomicLongArray counted = new AtomicLongArray(2);
  private final AtomicLongArray totals = new AtomicLongArray(2);
  private final List<String> said = new ArrayList<>();
  private volatile boolean ended;

  private Iperf3Program(Process process, boolean summed, boolean reverse) {
    this.process = process;
    this.summed = summed;
    this.reverse = reverse;
  }

  /** A server for one test, once it listens. */
  static Process serve(Testbed testbed, boolean mptcp, String address) throws IOException {
    Process server = start(testbed.server(), mptcp, List.of("-s", "-1", "-B", address));
    long limitNs = System.nanoTime() + START_NS;
    // Port 5201 in state LISTEN, in the server's namespace.
    while (!testbed
        .server()
        .ip()
        .command("cat", "/proc/net/tcp")
        .contains(":1451 00000000:0000 0A")) {
      if (System.nanoTime() - limitNs >= 0) {
        server.destroyForcibly();
        throw new IOException("iperf3 -s did not begin to listen");
      }
      LockSupport.parkNanos(20_000_000);
    }
    return server;
  }

  /** A client that begins at once. */
  static Iperf3Program connect(
      Testbed testbed, boolean mptcp, List<String> words, boolean summed, boolean reverse) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("-i", "0.1", "-f", "k", "--forceflush"));
    Iperf3Program program = new Iperf3Program(start(testbed.client(), mptcp, all), summed, reverse);
    Thread.ofPlatform().daemon().name("iperf3-lines").start(program::listen);
    return program;
  }

  private static Process start(Host host, boolean mptcp, List<String> words) {
    List<String> command = new ArrayList<>();
    if (mptcp) {
      command.addAll(List.of("mptcpize", "run"));
    }
    command.add("iperf3");
    command.addAll(words);
    return host.start(new ProcessBuilder(command).redirectErrorStream(true), Map.of());
  }

  private void listen() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
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
    Matcher matcher = LINE.matcher(line);
    if (!matcher.find() || summed != matcher.group(1).equals("SUM")) {
      return;
    }
    String role = matcher.group(2);
    boolean fromClient = role == null ? !reverse : role.equals("TX");
    // iperf3's K is 1024.
    int powers = matcher.group(4).isEmpty() ? 0 : "KMG".indexOf(matcher.group(4)) + 1;
    long bytes = (long) (Double.parseDouble(matcher.group(3)) * (1L << 10 * powers));
    if (line.endsWith("receiver")) {
      totals.set(fromClient ? 0 : 1, bytes);
    } else if (!line.endsWith("sender")) {
      counted.addAndGet(fromClient ? 0 : 1, bytes);
    }
  }

  @Override
  public boolean isEnded() {
    return ended;
  }

  @Override
  public long bytes(boolean fromClient) {
    return counted.get(fromClient ? 0 : 1);
  }

  @Override
  public long total(boolean fromClient) {
    return totals.get(fromClient ? 0 : 1);
  }

  @Override
  public String problem() {
    synchronized (said) {
      return totals.get(0) + totals.get(1) > 0
          ? ""
          : "iperf3: " + (said.isEmpty() ? "said nothing" : said.getLast());
    }
  }

  @Override
  public void sample(long atNs, EventSink sink) {
    // Its sockets are its own.
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
