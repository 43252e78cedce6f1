package io.hawser.report;

import io.hawser.event.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run's events, sorted by what they are about. */
public final class Recording {
  /** More lines than this of protocol events make no page better. */
  static final int LOG_LINES = 2_000;

  /** No run is sampled less often than this. */
  private static final long ASTRAY_NS = 60_000_000_000L;

  /** A subflow as one end tells of it. */
  public record SubflowKey(long connection, String host, int subflow) {}

  /** A connection as one end tells of it. */
  public record ConnectionKey(long connection, String host) {}

  /** Something that happened, and when on the run's clock. */
  record LogLine(long atNs, Event event) {}

  /** A transfer. */
  static final class Transfer {
    final String name;
    final List<Event.TransferSample> samples = new ArrayList<>();
    final List<Event.MessageDelay> delays = new ArrayList<>();
    final List<Event.PlaybackStall> stalls = new ArrayList<>();
    Event.@Nullable MessageTotals totals;
    Event.@Nullable TransferEnded ended;

    Transfer(String name) {
      this.name = name;
    }

    /** Whether it sends at a pace of its own rather than as fast as it can. */
    boolean isPaced() {
      return !delays.isEmpty() || totals != null || isPlayback();
    }

    /** Whether it is a film that is played while it is fetched. */
    boolean isPlayback() {
      return !stalls.isEmpty() || name.equals("video");
    }
  }

  final Map<String, List<Event.LinkSample>> links = new LinkedHashMap<>();
  final List<Event.LinkChanged> changes = new ArrayList<>();
  final Map<String, Transfer> transfers = new LinkedHashMap<>();
  final Map<SubflowKey, List<Event.SubflowSample>> subflows = new LinkedHashMap<>();
  final Map<ConnectionKey, List<Event.ConnectionSample>> connections = new LinkedHashMap<>();
  final Map<String, List<Event.CpuSample>> cpu = new LinkedHashMap<>();

  /** Notes and what the protocol did; the first {@link #LOG_LINES}. */
  final List<LogLine> log = new ArrayList<>();

  Event.@Nullable RunStarted started;
  Event.@Nullable RunEnded ended;
  long logSkipped;
  long reinjectedBytes;
  boolean sawMultipath;
  boolean sawIpv6;
  String damage = "";
  private long firstNs = Long.MAX_VALUE;
  private long lastNs = Long.MIN_VALUE;

  /** The run that these events tell of; of several runs the last. */
  public static Recording of(Iterable<? extends Event> events) {
    Taker taker = new Taker();
    events.forEach(taker::take);
    return taker.recording;
  }

  /** The run whose raw samples are in a folder. */
  public static Recording read(Path folder) throws IOException {
    Path file = folder.resolve(EventLog.FILE);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(
          folder + " is not the folder of a run: it has no " + EventLog.FILE);
    }
    Taker taker = new Taker();
    EventLog.Reading reading = EventLog.read(file, taker::take);
    taker.recording.damage = reading.damage();
    return taker.recording;
  }

  private static final class Taker {
    Recording recording = new Recording();

    void take(Event event) {
      if (event instanceof Event.RunStarted && recording.started != null) {
        recording = new Recording();
      }
      recording.add(event);
    }
  }

  /** When the run began, on the events' clock. */
  public long beginNs() {
    if (started != null) {
      return started.atNs();
    }
    return firstNs == Long.MAX_VALUE ? 0 : firstNs;
  }

  /** When it ended, or when the last event came. */
  public long endNs() {
    if (ended != null) {
      return Math.max(ended.atNs(), beginNs());
    }
    return Math.max(lastNs, beginNs());
  }

  /** The links in the order of the scenario. */
  List<Event.LinkFacts> linkFacts() {
    List<Event.LinkFacts> facts =
        new ArrayList<>(started == null ? List.<Event.LinkFacts>of() : started.links());
    for (String link : links.keySet()) {
      if (facts.stream().noneMatch(known -> known.name().equals(link))) {
        facts.add(new Event.LinkFacts(link, 0, 0, ""));
      }
    }
    return facts;
  }

  /** Seconds since the run began. */
  double seconds(long atNs) {
    return (atNs - beginNs()) / 1e9;
  }

  /**
   * An engine may count from a zero of its own. An event so far from its neighbours is taken to
   * have happened when the one before it did: events come in the order of time.
   */
  private long placed(Event event) {
    boolean far = firstNs != Long.MAX_VALUE && Math.abs(event.atNs() - lastNs) > ASTRAY_NS;
    return far ? lastNs : event.atNs();
  }

  private void add(Event event) {
    boolean sample = isSample(event);
    long atNs = sample ? event.atNs() : placed(event);
    firstNs = Math.min(firstNs, atNs);
    lastNs = Math.max(lastNs, atNs);
    switch (event) {
      case Event.RunStarted it -> started = it;
      case Event.RunEnded it -> ended = it;
      case Event.LinkChanged it -> changes.add(it);
      case Event.LinkSample it -> list(links, it.link()).add(it);
      case Event.ConnectionSample it ->
          list(connections, new ConnectionKey(it.connection(), it.host())).add(it);
      case Event.SubflowSample it -> {
        sawIpv6 |= it.local().address().v6();
        list(subflows, new SubflowKey(it.connection(), it.host(), it.subflow())).add(it);
      }
      case Event.TransferSample it -> transfer(it.transfer()).samples.add(it);
      case Event.TransferEnded it -> transfer(it.transfer()).ended = it;
      case Event.MessageDelay it -> transfer(it.transfer()).delays.add(it);
      case Event.MessageTotals it -> transfer(it.transfer()).totals = it;
      case Event.PlaybackStall it -> transfer(it.transfer()).stalls.add(it);
      case Event.CpuSample it -> list(cpu, it.host()).add(it);
      default -> {
        if (event instanceof Event.ConnectionEstablished it) {
          sawMultipath |= it.multipath();
          sawIpv6 |= it.local().address().v6();
        } else if (event instanceof Event.Reinjected it) {
          reinjectedBytes += it.bytes();
        }
        if (log.size() < LOG_LINES) {
          log.add(new LogLine(atNs, event));
        } else {
          logSkipped++;
        }
      }
    }
  }

  /** Whether the trial itself tells of it, by the run's clock. */
  private static boolean isSample(Event event) {
    return switch (event) {
      case Event.RunStarted it -> true;
      case Event.RunEnded it -> true;
      case Event.LinkChanged it -> true;
      case Event.LinkSample it -> true;
      case Event.ConnectionSample it -> true;
      case Event.SubflowSample it -> true;
      case Event.TransferSample it -> true;
      case Event.TransferEnded it -> true;
      case Event.MessageDelay it -> true;
      case Event.MessageTotals it -> true;
      case Event.PlaybackStall it -> true;
      case Event.CpuSample it -> true;
      case Event.Note it -> true;
      default -> false;
    };
  }

  private Transfer transfer(String name) {
    return transfers.computeIfAbsent(name, Transfer::new);
  }

  private static <K, E> List<E> list(Map<K, List<E>> map, K key) {
    return map.computeIfAbsent(key, unused -> new ArrayList<>());
  }
}
