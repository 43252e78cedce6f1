package io.hawser.insight.terminal;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The speeds of links and subflows that events tell, as the client sees them: RX is towards it. Who
 * reads it holds its lock.
 */
public final class Speeds implements EventSink {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int LOG_LINES = 200;

  /** A subflow that nobody tells of for so long is gone. */
  private static final long SILENCE_NS = 4 * SECOND_NS;

  /** So far back, the source of the events is another one. */
  private static final long ASTRAY_NS = 10 * SECOND_NS;

  /** A link. */
  static final class LinkSpeed {
    final String name;
    final RateSeries rx;
    final RateSeries tx;
    boolean usable = true;
    long rxLimit;
    long txLimit;

    LinkSpeed(String name, long keptNs) {
      this.name = name;
      rx = new RateSeries(keptNs);
      tx = new RateSeries(keptNs);
    }
  }

  /** What one host's kernel or stack tells of a subflow. */
  private static final class End {
    final RateSeries rx;
    final RateSeries tx;

    End(long keptNs) {
      rx = new RateSeries(keptNs);
      tx = new RateSeries(keptNs);
    }
  }

  /** A subflow, as one end or both tell of it. */
  static final class SubflowSpeed {
    final long connection;
    final Endpoint client;
    final Endpoint server;
    private final Map<String, End> ends = new HashMap<>();
    Event.SubflowSample last;
    Event.SubflowSample sender;

    SubflowSpeed(Event.SubflowSample first) {
      connection = first.connection();
      boolean atServer = first.host().equals("server");
      client = atServer ? first.remote() : first.local();
      server = atServer ? first.local() : first.remote();
      last = first;
      sender = first;
    }

    private void add(Event.SubflowSample sample, long keptNs) {
      End end = ends.computeIfAbsent(sample.host(), _ -> new End(keptNs));
      end.rx.add(sample.atNs(), sample.receivedBytes());
      end.tx.add(sample.atNs(), sample.sentBytes());
      last = sample;
      if (sample.host().equals(sender.host()) || sample.sentBytes() > sender.sentBytes()) {
        sender = sample;
      }
    }

    /** What the client receives; else what the server has acknowledged. */
    RateSeries rx() {
      End end = ends.get("client");
      return end != null ? end.rx : other("client").tx;
    }

    RateSeries tx() {
      End end = ends.get("server");
      return end != null ? end.rx : other("server").tx;
    }

    private End other(String than) {
      for (Map.Entry<String, End> one : ends.entrySet()) {
        if (!one.getKey().equals(than)) {
          return one.getValue();
        }
      }
      throw new IllegalStateException("no end but " + than);
    }
  }

  /** A line of the log. */
  record LogLine(long atNs, String text) {}

  private final long keptNs;
  private final Function<Event, String> words;
  private final Map<String, LinkSpeed> links = new LinkedHashMap<>();
  private final Map<String, SubflowSpeed> subflows = new LinkedHashMap<>();
  private final Map<Long, String> programs = new HashMap<>();
  private final Deque<LogLine> log = new ArrayDeque<>();
  private final Deque<LogLine> fresh = new ArrayDeque<>();
  private String run = "";
  private long firstNs = Long.MIN_VALUE;
  private long latestNs = Long.MIN_VALUE;

  /**
   * Nothing yet.
   *
   * @param keptNs how far back graphs will go
   * @param words an event that is no sample as a line of the log; empty for none
   */
  public Speeds(long keptNs, Function<Event, String> words) {
    this.keptNs = keptNs;
    this.words = words;
  }

  /** A link that there is, before any event of it; rates in bits per second, 0: unlimited. */
  public synchronized void link(String name, boolean usable, long forthLimit, long backLimit) {
    LinkSpeed link = linkOf(name);
    link.usable = usable;
    link.txLimit = forthLimit;
    link.rxLimit = backLimit;
  }

  private LinkSpeed linkOf(String name) {
    return links.computeIfAbsent(name, _ -> new LinkSpeed(name, keptNs));
  }

  @Override
  public boolean wants(Class<? extends Event> kind) {
    return kind != Event.CpuSample.class
        && kind != Event.TransferSample.class
        && kind != Event.MessageDelay.class;
  }

  @Override
  public synchronized void accept(Event event) {
    if (!wants(event.getClass())) {
      return;
    }
    switch (event) {
      case Event.LinkSample s -> {
        at(s.atNs());
        LinkSpeed link = linkOf(s.link());
        link.tx.add(s.atNs(), s.forthBytes());
        link.rx.add(s.atNs(), s.backBytes());
      }
      case Event.SubflowSample s -> {
        at(s.atNs());
        SubflowSpeed subflow = subflows.computeIfAbsent(key(s), _ -> new SubflowSpeed(s));
        subflow.add(s, keptNs);
      }
      case Event.ConnectionSample s -> {
        if (!s.program().isEmpty()
            && (s.host().equals("client") || !programs.containsKey(s.connection()))) {
          programs.put(s.connection(), s.program());
        }
      }
      default -> fact(event);
    }
  }

  private static String key(Event.SubflowSample s) {
    String local = s.local().toString();
    String remote = s.remote().toString();
    return s.connection()
        + " "
        + (local.compareTo(remote) < 0 ? local + " " + remote : remote + " " + local);
  }

  private void at(long atNs) {
    if (latestNs != Long.MIN_VALUE && atNs < latestNs - ASTRAY_NS) {
      links.clear();
      subflows.clear();
      firstNs = atNs;
      latestNs = atNs;
    }
    firstNs = firstNs == Long.MIN_VALUE ? atNs : firstNs;
    latestNs = Math.max(latestNs, atNs);
  }

  private void fact(Event event) {
    switch (event) {
      case Event.RunStarted e -> {
        // A run numbers its connections from 1 again.
        subflows.clear();
        programs.clear();
        run = e.scenario() + " with " + e.stack();
        e.links()
            .forEach(
                one -> link(one.name(), true, one.forthBitsPerSecond(), one.backBitsPerSecond()));
      }
      case Event.RunEnded _ -> run = "";
      case Event.LinkChanged e ->
          link(e.link(), e.usable(), e.forthBitsPerSecond(), e.backBitsPerSecond());
      default -> {
        // The log's business alone.
      }
    }
    String text = words.apply(event);
    if (!text.isEmpty()) {
      // Engines have clocks of their own: a line is as old as the samples that came before it.
      LogLine line = new LogLine(latestNs, text);
      for (Deque<LogLine> all : List.of(log, fresh)) {
        all.addLast(line);
        if (all.size() > LOG_LINES) {
          all.removeFirst();
        }
      }
    }
  }

  /** The links in the order of their first mention. */
  List<LinkSpeed> links() {
    return List.copyOf(links.values());
  }

  /** Subflows that there are. */
  List<SubflowSpeed> subflows() {
    subflows.values().removeIf(one -> one.last.atNs() < latestNs - SILENCE_NS);
    List<SubflowSpeed> all = new ArrayList<>(subflows.values());
    all.sort((a, b) -> Long.compare(a.connection, b.connection));
    return all;
  }

  /** Whose a connection is; empty if it is a trial's. */
  String program(long connection) {
    return programs.getOrDefault(connection, "");
  }

  /** The latest lines of the log, the latest one last. */
  List<LogLine> log(int most) {
    return log.stream().skip(Math.max(0, log.size() - most)).toList();
  }

  /** Lines of the log since the last call. */
  List<String> news() {
    List<String> all = fresh.stream().map(LogLine::text).toList();
    fresh.clear();
    return all;
  }

  /** What runs, with which stack; empty if nothing does. */
  String run() {
    return run;
  }

  /** Whether there was a sample. */
  boolean isEmpty() {
    return latestNs == Long.MIN_VALUE;
  }

  /** When the latest sample was taken. */
  long latestNs() {
    return latestNs;
  }

  /** Seconds from the first sample to a moment. */
  double seconds(long atNs) {
    return atNs == Long.MIN_VALUE ? 0 : Math.max(0, atNs - firstNs) / 1e9;
  }

  /** Only what a link's limit is, if it has one. */
  static @Nullable String limit(long bitsPerSecond) {
    return bitsPerSecond == 0 ? null : Quantity.mark(bitsPerSecond);
  }
}
