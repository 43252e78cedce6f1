package io.hawser.sim.trial;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.TraceHash;
import io.hawser.sim.scenario.LinkEvent;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Topology;
import io.hawser.sim.scenario.Workload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A scenario that has run in virtual time, and what was told of it. */
record Ran(List<Event> events, String packetHash, long steps) {
  static final long MS = 1_000_000L;
  static final long SECOND = 1_000_000_000L;

  static LinkSpec link(String name, String from, String to, String settings) {
    LinkConfig both = LinkConfig.parse(settings);
    return new LinkSpec(name, from, to, both, both, LinkSpec.Emulator.AUTO, false);
  }

  static LinkSpec link(String name, String settings) {
    return link(name, Topology.CLIENT, Topology.SERVER, settings);
  }

  static LinkEvent at(long ms, String link, String change) {
    return new LinkEvent(ms * MS, link, change);
  }

  static Workload download(long ms) {
    return new Workload.Bulk(Workload.Flow.DOWNLOAD, ms * MS);
  }

  static Scenario scenario(
      List<LinkSpec> links, Workload workload, long seed, LinkEvent... timeline) {
    return scenario("cubic", links, workload, seed, timeline);
  }

  static Scenario scenario(
      String congestion, List<LinkSpec> links, Workload workload, long seed, LinkEvent... events) {
    return new Scenario(
        "test",
        "A test",
        new Topology("links", "links of a test", links),
        List.of(StackChoice.HAWSER),
        workload,
        List.of(events),
        congestion,
        "",
        1,
        seed);
  }

  /** A sink that keeps all. */
  static EventSink sink(List<Event> events) {
    return EventSink.all(events::add);
  }

  /** Runs it to its end. */
  static Ran of(Scenario scenario, StackChoice stack) {
    return of(scenario, stack, false);
  }

  /** Runs it to its end, with a hash of all packets. */
  static Ran hashed(Scenario scenario) {
    return of(scenario, StackChoice.HAWSER, true);
  }

  private static Ran of(Scenario scenario, StackChoice stack, boolean hashes) {
    List<Event> events = new ArrayList<>();
    TraceHash hash = new TraceHash();
    try (ScenarioSimulation run = new ScenarioSimulation(scenario, stack, 1, sink(events))) {
      run.trace(hashes ? hash : null).run();
      return new Ran(events, hash.value(), run.steps());
    }
  }

  static Ran of(Scenario scenario) {
    return of(scenario, StackChoice.HAWSER);
  }

  /** SHA-256 of the text of all events. */
  String eventHash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Event event : events) {
        digest.update(event.toString().getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  <T extends Event> List<T> all(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The only one of its kind. */
  <T extends Event> T one(Class<T> kind) {
    List<T> all = all(kind);
    if (all.size() != 1) {
      throw new AssertionError(all.size() + " events " + kind.getSimpleName() + ": " + all);
    }
    return all.getFirst();
  }

  Event.TransferEnded ended() {
    return one(Event.TransferEnded.class);
  }

  /** When the workload began: the first sample. */
  long startNs() {
    return all(Event.LinkSample.class).getFirst().atNs();
  }

  /** Payload that arrived between two moments after the workload's start, bits per second. */
  double goodput(String transfer, long fromMs, long toMs) {
    return (bytes(transfer, toMs) - bytes(transfer, fromMs)) * 8e3 / (toMs - fromMs);
  }

  /** Payload that has arrived at a moment. */
  long bytes(String transfer, long atMs) {
    return all(Event.TransferSample.class).stream()
        .filter(sample -> sample.transfer().equals(transfer))
        .filter(sample -> sample.atNs() <= startNs() + atMs * MS)
        .mapToLong(Event.TransferSample::bytes)
        .max()
        .orElse(0);
  }

  /** Bytes that have come out of a link towards the client at a moment. */
  long carriedBack(String link, long atMs) {
    return all(Event.LinkSample.class).stream()
        .filter(sample -> sample.link().equals(link))
        .filter(sample -> sample.atNs() <= startNs() + atMs * MS)
        .mapToLong(Event.LinkSample::backBytes)
        .max()
        .orElse(0);
  }

  /** Bytes waiting at a link towards the client, the median of the samples after a moment. */
  long queuedBack(String link, long afterMs) {
    long[] sorted =
        all(Event.LinkSample.class).stream()
            .filter(sample -> sample.link().equals(link))
            .filter(sample -> sample.atNs() >= startNs() + afterMs * MS)
            .mapToLong(Event.LinkSample::backQueueBytes)
            .sorted()
            .toArray();
    return sorted[sorted.length / 2];
  }
}
