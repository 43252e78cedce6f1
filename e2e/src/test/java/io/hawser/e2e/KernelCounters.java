package io.hawser.e2e;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What the kernel counts at the interfaces of a namespace: a shell there prints /proc/net/dev when
 * it is asked, twenty times a second. Nothing of Hawser is between.
 */
final class KernelCounters implements AutoCloseable {
  private static final long PERIOD_MS = 50;
  private static final long WINDOW_NS = 500_000_000L;
  private static final long KEPT_NS = 2_000_000_000L;
  private static final String END = "end";

  private record Reading(long atNs, Map<String, Long> rxBytes) {}

  private final Process shell;
  private final BufferedReader out;
  private final BufferedWriter in;
  private final Deque<Reading> readings = new ArrayDeque<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("kernel-counters").factory());

  private KernelCounters(Process shell) {
    this.shell = shell;
    out = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    in =
        new BufferedWriter(new OutputStreamWriter(shell.getOutputStream(), StandardCharsets.UTF_8));
    var _ = timer.scheduleWithFixedDelay(this::read, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  /** Those of the namespace behind a path. */
  static KernelCounters of(String namespace) throws IOException {
    String program = "while read -r _; do cat /proc/self/net/dev; echo " + END + "; done";
    return new KernelCounters(
        new ProcessBuilder("nsenter", "--net=" + namespace, "--", "sh", "-c", program)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  private void read() {
    try {
      in.write("more\n");
      in.flush();
      Map<String, Long> bytes = new HashMap<>();
      for (String line = out.readLine(); !END.equals(line); line = out.readLine()) {
        if (line == null) {
          timer.shutdown();
          return;
        }
        int colon = line.indexOf(':');
        if (colon > 0) {
          String first = line.substring(colon + 1).strip().split("\\s+", 2)[0];
          bytes.put(line.substring(0, colon).strip(), Long.parseLong(first));
        }
      }
      keep(new Reading(System.nanoTime(), bytes));
    } catch (IOException e) {
      // The shell is gone.
      timer.shutdown();
    }
  }

  private synchronized void keep(Reading reading) {
    readings.addLast(reading);
    while (reading.atNs() - readings.getFirst().atNs() > KEPT_NS) {
      readings.removeFirst();
    }
  }

  /** What an interface received over the last half second, in Mbit/s. */
  synchronized double rxMbit(String device) {
    Reading last = readings.peekLast();
    if (last == null) {
      return Double.NaN;
    }
    Reading first = readings.getFirst();
    for (Reading one : readings) {
      if (last.atNs() - one.atNs() >= WINDOW_NS) {
        first = one;
      }
    }
    long bytes = last.rxBytes().getOrDefault(device, 0L) - first.rxBytes().getOrDefault(device, 0L);
    return bytes * 8e3 / (last.atNs() - first.atNs());
  }

  @Override
  public void close() {
    timer.shutdown();
    shell.destroy();
    try {
      if (!timer.awaitTermination(2, TimeUnit.SECONDS)) {
        timer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
