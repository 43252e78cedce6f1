package io.hawser.cli.demo;

import io.hawser.linux.Leftovers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The three runs and what they came to. */
public final class Demo {
  private static final int PACKET_BYTES = 1500;

  private final PrintStream out;
  private final DemoLinks links;
  private final double cutSeconds;
  private final long seconds;
  private final @Nullable Path captures;
  private final boolean inProcess;

  /**
   * Links as in {@code 40,20}; the cut comes after {@code cutSeconds}; captures to a folder, or
   * null.
   */
  public Demo(
      PrintStream out,
      String links,
      double cutSeconds,
      long seconds,
      @Nullable Path captures,
      boolean inProcess) {
    this.out = out;
    this.links = DemoLinks.parse(links);
    this.cutSeconds = cutSeconds;
    this.seconds = seconds;
    this.captures = captures;
    this.inProcess = inProcess;
    if (!(cutSeconds > 0 && cutSeconds < seconds)) {
      throw new IllegalArgumentException(
          "--cut must be more than 0 and less than --seconds (" + seconds + ")");
    }
  }

  /** Runs it; true if every byte arrived intact. */
  public boolean run() throws IOException {
    if (!inProcess) {
      for (String found : Leftovers.sweep()) {
        out.println("removed what an earlier run left: " + found);
      }
    }
    if (captures != null) {
      Files.createDirectories(captures);
    }
    out.println("Two hosts, " + links.count() + " emulated links:");
    for (int i = 0; i < links.count(); i++) {
      out.println("  " + links.describe(i) + " one way");
    }
    out.println(
        inProcess
            ? "Client and server: Hawser, in this process."
            : "Client: Hawser. Server: the Linux kernel's MPTCP, in a network namespace.");
    List<DemoRun.Result> results = new ArrayList<>();
    results.add(one("1. plain TCP over " + links.name(0), "tcp", false, 0));
    results.add(one("2. MPTCP over all links", "mptcp", true, 0));
    results.add(one("3. MPTCP, " + links.name(0) + " cut and restored", "cut", true, cutSeconds));
    return report(results);
  }

  private DemoRun.Result one(String title, String file, boolean multipath, double cutAt)
      throws IOException {
    out.println();
    out.println(title);
    Path folder = captures;
    try (DemoHosts hosts = new DemoHosts(links, inProcess, multipath);
        DemoCapture capture =
            folder == null ? null : new DemoCapture(folder.resolve(file + ".pcapng"))) {
      if (capture != null) {
        hosts.capture(capture);
      }
      LiveLine live = new LiveLine(out, links, System.console() != null);
      DemoRun.Result result = new DemoRun(hosts, links, live, seconds, cutAt).run(title, multipath);
      if (capture != null && capture.failure() != null) {
        out.println("  the capture stopped: " + capture.failure());
      }
      return result;
    }
  }

  private boolean report(List<DemoRun.Result> results) {
    out.println();
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-36s %9s", "", "goodput"));
    head.append(String.format("%10s", "of limit"));
    for (int i = 0; i < links.count(); i++) {
      head.append(String.format("%10s", links.name(i)));
    }
    out.println(head.append(String.format("%15s  %s", "longest stall", "SHA-256")));
    boolean good = true;
    for (int r = 0; r < results.size(); r++) {
      DemoRun.Result result = results.get(r);
      boolean multipath = r > 0;
      out.println(row(result, multipath));
      good &= result.verified() && result.multipath() == multipath;
      if (result.multipath() != multipath) {
        out.println("  this run was not what it should be: multipath=" + result.multipath());
      }
    }
    out.println(
        good ? "Every byte of every run arrived intact." : "NOT every run was right: see above.");
    return good;
  }

  private String row(DemoRun.Result result, boolean multipath) {
    long limit = 0;
    long carried = 0;
    for (int i = 0; i < links.count(); i++) {
      carried += result.linkBytes()[i];
      limit += multipath || i == 0 ? links.bitsPerSecond(i) : 0;
    }
    double payloadShare = (PACKET_BYTES - result.headerBytes()) / (double) PACKET_BYTES;
    double fraction = result.megabitsPerSecond() * 1e6 / (limit * payloadShare);
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%-36s %4.1f Mb/s %8.1f%%",
            result.name(),
            result.megabitsPerSecond(),
            100 * fraction));
    for (long bytes : result.linkBytes()) {
      line.append(String.format(Locale.ROOT, "%9.1f%%", 100.0 * bytes / Math.max(1, carried)));
    }
    line.append(
        String.format(
            Locale.ROOT,
            "%12.0f ms  %s",
            result.longestStallNs() / 1e6,
            result.verified() ? "equal" : "DIFFERENT"));
    return line.toString();
  }
}
