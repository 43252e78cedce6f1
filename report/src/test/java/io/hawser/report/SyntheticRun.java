package io.hawser.report;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A made-up run that looks like a real one; the same seed gives the same events. */
final class SyntheticRun {
  static final long MS = 1_000_000;
  private static final long T0 = 5_000_000_000L;
  private static final int STEP_MS = 50;

  private final String stack;
  private final int repetition;
  private final Random random;
  private final int durationMs;
  private final List<Event> events = new ArrayList<>();
  private final List<Path> paths = new ArrayList<>();

  /** A change of a link to come. */
  private record Change(int atMs, String link, String text, boolean usable, double mbit) {}

  private static final class Path {
    final String name;
    final double startMbit;
    final double rttMs;
    double mbit;
    boolean usable = true;
    boolean used;
    long bytes;
    long acks;
    double cwnd = 14_480;
    long retransmitted;

    Path(String name, double mbit, double rttMs, boolean used) {
      this.name = name;
      this.startMbit = mbit;
      this.mbit = mbit;
      this.rttMs = rttMs;
      this.used = used;
    }
  }

  private SyntheticRun(String stack, int repetition, long seed, int durationMs) {
    this.stack = stack;
    this.repetition = repetition;
    this.random = new Random(seed * 31 + stack.hashCode() + repetition * 1_000_003L);
    this.durationMs = durationMs;
  }

  /** Wi-Fi is cut and comes back: single path stops, several paths go on. */
  static List<Event> linkCut(String stack, int repetition, long seed) {
    SyntheticRun run = new SyntheticRun(stack, repetition, seed, 15_000);
    boolean multipath = !stack.equals("tcp") && !stack.equals("hawser-tcp");
    run.paths.add(new Path("wifi", 20, 12, true));
    run.paths.add(new Path("lte", 10, 38, multipath));
    run.bulk(
        "link-cut",
        "Wi-Fi is cut for four seconds <during> a \"download\" & comes back",
        List.of(
            new Change(5_000, "wifi", "down", false, 20),
            new Change(9_000, "wifi", "up", true, 20)));
    return run.events;
  }

  /** Many links and many changes close together, with long names: hard to label. */
  static List<Event> crowded(long seed) {
    SyntheticRun run = new SyntheticRun("mptcp-kernel/hawser", 1, seed, 20_000);
    int links = 2 + run.random.nextInt(5);
    for (int i = 0; i < links; i++) {
      run.paths.add(
          new Path(
              "link-" + "abcde".substring(0, run.random.nextInt(5)) + i,
              1 + run.random.nextInt(400),
              5 + run.random.nextInt(200),
              true));
    }
    List<Change> changes = new ArrayList<>();
    int count = run.random.nextInt(28);
    int cluster = run.random.nextInt(20_000);
    for (int i = 0; i < count; i++) {
      Path path = run.paths.get(run.random.nextInt(links));
      int at =
          run.random.nextBoolean()
              ? run.random.nextInt(20_000)
              : Math.min(19_990, cluster + run.random.nextInt(600));
      String[] texts = {"down", "up", "rate=5mbit delay=80ms loss=1%", "blackhole", "rebind"};
      String text = texts[run.random.nextInt(texts.length)];
      changes.add(
          new Change(
              at, path.name, text, !text.equals("down") && !text.equals("blackhole"), path.mbit));
    }
    changes.sort((a, b) -> Integer.compare(a.atMs(), b.atMs()));
    run.bulk("crowded", "Many links, many changes", changes);
    return run.events;
  }

  /** A voice stream and a game during a hand-over. */
  static List<Event> voice(String stack, long seed) {
    SyntheticRun run = new SyntheticRun(stack, 1, seed, 20_000);
    run.paths.add(new Path("wifi", 20, 12, true));
    run.paths.add(new Path("lte", 10, 38, true));
    run.start("voip", "Voice while walking out of Wi-Fi");
    long late = 0;
    for (String name : List.of("voice", "game")) {
      int everyMs = name.equals("voice") ? 20 : 33;
      int count = 0;
      for (int ms = 100; ms < 20_000; ms += everyMs) {
        double delay = 14 + Math.abs(run.random.nextGaussian()) * (name.equals("voice") ? 4 : 9);
        if (ms > 8_000 && ms < 8_300) {
          delay += 8_300 - ms;
        }
        late += delay > 150 ? 1 : 0;
        count++;
        run.add(new Event.MessageDelay(at(ms + (int) delay), name, (long) (delay * MS)));
      }
      run.add(new Event.MessageTotals(at(20_000), name, count + 3, count, late));
      run.add(
          new Event.TransferEnded(
              at(20_000), name, count * 160L, at(120), at(19_999), 310 * MS, true, ""));
    }
    run.change(new Change(8_000, "wifi", "down", false, 20));
    for (int ms = 0; ms <= 20_000; ms += STEP_MS) {
      for (Path path : run.paths) {
        boolean wifi = path.name.equals("wifi");
        path.bytes += wifi == ms < 8_000 ? 64_000L * STEP_MS / 8_000 : 0;
        run.linkSample(ms, path);
      }
    }
    run.add(new Event.RunEnded(at(20_050), ""));
    run.events.sort((a, b) -> Long.compare(a.atNs(), b.atNs()));
    return run.events;
  }

  static void play(List<Event> events, EventSink sink) {
    events.forEach(sink::accept);
  }

  private static long at(int ms) {
    return T0 + ms * MS;
  }

  private void add(Event event) {
    events.add(event);
  }

  private void start(String scenario, String title) {
    List<Event.LinkFacts> facts =
        paths.stream()
            .map(path ->
                new Event.LinkFacts(
                    path.name,
                    (long) (path.startMbit * 1e6),
                    (long) (path.startMbit * 1e6),
                    "rate=" + (long) path.startMbit + "mbit delay=" + path.rttMs / 2 + "ms"))
            .toList();
    add(
        new Event.RunStarted(
            at(0), scenario, title, stack, "real", repetition, 42, durationMs * MS, facts));
  }

  private void bulk(String scenario, String title, List<Change> changes) {
    start(scenario, title);
    Endpoint local = new Endpoint(IpAddress.v4(0x0a4d0101), 43210);
    Endpoint remote = new Endpoint(IpAddress.v4(0x0a4d0102), 5201);
    boolean multipath = paths.stream().filter(path -> path.used).count() > 1;
    add(new Event.ConnectionEstablished(at(30), 1, local, remote, multipath, true));
    int subflow = 1;
    for (Path path : paths) {
      if (path.used && subflow > 1) {
        add(new Event.SubflowEstablished(at(60), 1, subflow, local, remote, false));
      }
      subflow++;
    }
    int next = 0;
    double received = 0;
    int silentUntilMs = 0;
    int longestMs = STEP_MS;
    int lastMs = 0;
    for (int ms = 0; ms <= durationMs; ms += STEP_MS) {
      while (next < changes.size() && changes.get(next).atMs() <= ms) {
        Change change = changes.get(next++);
        change(change);
        if (!change.usable() && multipath) {
          silentUntilMs = change.atMs() + 60 + random.nextInt(stack.startsWith("h") ? 60 : 220);
        }
        if (change.usable() && !multipath) {
          silentUntilMs = change.atMs() + 600 + random.nextInt(1200);
        }
      }
      double got = 0;
      for (Path path : paths) {
        got += carry(path, ms);
        linkSample(ms, path);
      }
      received += ms < silentUntilMs ? 0 : got * 0.945;
      if (got > 0 && ms >= silentUntilMs) {
        longestMs = Math.max(longestMs, ms - lastMs);
        lastMs = ms;
      }
      add(new Event.TransferSample(at(ms), "download", (long) received));
      samples(ms, local, remote);
    }
    add(
        new Event.CpuSample(
            at(durationMs), "client", (long) (received * (0.9 + random.nextDouble()))));
    add(
        new Event.CpuSample(
            at(durationMs), "server", (long) (received * (1.1 + random.nextDouble()))));
    add(
        new Event.TransferEnded(
            at(durationMs + 20),
            "download",
            (long) received,
            at(50),
            at(lastMs),
            longestMs * MS,
            true,
            ""));
    add(new Event.RunEnded(at(durationMs + 40), ""));
  }

  private double carry(Path path, int ms) {
    if (!path.used || !path.usable || ms == 0) {
      path.cwnd = Math.max(2_896, path.cwnd * 0.8);
      return 0;
    }
    double ceiling = path.mbit * 1e6 / 8 * (path.rttMs + 40) / 1e3;
    path.cwnd = Math.min(ceiling, path.cwnd * 1.12);
    if (random.nextInt(50) == 0) {
      path.cwnd *= 0.7;
      path.retransmitted += 1 + random.nextInt(9);
    }
    double rate = Math.min(1, path.cwnd / ceiling * 1.2) * (0.93 + 0.06 * random.nextDouble());
    double bytes = path.mbit * 1e6 / 8 * STEP_MS / 1e3 * rate;
    path.bytes += (long) bytes;
    path.acks += (long) (bytes / 40);
    return bytes;
  }

  private void change(Change change) {
    for (Path path : paths) {
      if (path.name.equals(change.link())) {
        path.usable = change.usable();
        path.mbit = change.mbit();
      }
    }
    long bits = (long) (change.mbit() * 1e6);
    add(
        new Event.LinkChanged(
            at(change.atMs()), change.link(), change.text(), change.usable(), bits, bits));
  }

  private void linkSample(int ms, Path path) {
    add(
        new Event.LinkSample(
            at(ms),
            path.name,
            path.acks,
            path.bytes,
            path.acks / 52,
            path.bytes / 1500,
            0,
            path.retransmitted,
            0,
            20_000));
  }

  private void samples(int ms, Endpoint local, Endpoint remote) {
    int number = 1;
    for (Path path : paths) {
      if (path.used) {
        long rttNs = (long) ((path.rttMs + 20 + 15 * random.nextDouble()) * MS);
        add(
            new Event.SubflowSample(
                at(ms),
                1,
                "server",
                number,
                path.name,
                local,
                remote,
                path.usable ? "ESTABLISHED" : "LOST",
                false,
                path.bytes,
                0,
                rttNs,
                (long) path.cwnd,
                (long) (path.cwnd * 0.9),
                path.retransmitted));
      }
      number++;
    }
    add(new Event.ConnectionSample(at(ms), 1, "server", 0, 0, ms > 5_000 ? 86_000 : 0, 0));
  }
}
