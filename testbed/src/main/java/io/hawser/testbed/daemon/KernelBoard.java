package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.KernelConnection;
import io.hawser.linux.KernelPathEvent;
import io.hawser.linux.SocketOwners;
import io.hawser.sim.scenario.Topology;
import io.hawser.wire.Endpoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's MPTCP connections in the hosts, whoever owns them. Both ends tell of a connection;
 * here it has one number, and what both tell is told once, as the client sees it. Safe for several
 * threads.
 */
final class KernelBoard {
  /** Numbers below are those of trials. */
  static final long FIRST_NUMBER = 1001;

  /** A connection that is in no list so long after its birth is gone. */
  private static final long LIST_LAG_NS = 1_000_000_000L;

  /** Searches cost time, and some programs are not ours to look into. */
  private static final int MOST_SEARCHES = 4;

  /** Who cannot be found. */
  private static final SocketOwners.Owner STRANGER = new SocketOwners.Owner(0, "a program");

  /** One end of a connection. */
  private record End(String host, int token) {}

  private static final class LatestSubflows extends LinkedHashMap<SubflowEnds, Boolean> {
    private static final long serialVersionUID = 1;
    private static final int MOST = 4096;

    @Override
    protected boolean removeEldestEntry(Map.Entry<SubflowEnds, Boolean> eldest) {
      return size() > MOST;
    }
  }

  /** What is known of an end. */
  static final class Seen {
    final KernelEntry entry;
    final boolean server;
    private final long sinceNs;
    private boolean closed;
    private int searches;
    private SocketOwners.@Nullable Owner owner;

    private Seen(KernelEntry entry, boolean server, long sinceNs) {
      this.entry = entry;
      this.server = server;
      this.sinceNs = sinceNs;
    }

    /** The program that has the socket; null: not known yet. */
    SocketOwners.@Nullable Owner owner() {
      return owner;
    }
  }

  private final EventSink sink;
  private final Map<End, Seen> ends = new HashMap<>();
  private final Map<SubflowEnds, KernelEntry> entries = new HashMap<>();
  private final Map<String, Boolean> incomplete = new HashMap<>();

  /** Of connections that are gone too, the latest of them. */
  private final Set<SubflowEnds> everSubflow = Collections.newSetFromMap(new LatestSubflows());

  private long nextNumber = FIRST_NUMBER;

  KernelBoard(EventSink sink) {
    this.sink = sink;
  }

  /** A number for a connection that others look after. */
  synchronized long takeNumber() {
    return nextNumber++;
  }

  /** Whether MPTCP has or had a subflow between these, in the order of {@code sorted}. */
  synchronized boolean wasSubflow(SubflowEnds sorted) {
    return everSubflow.contains(sorted);
  }

  private int numbered(KernelEntry entry, SubflowEnds pair) {
    everSubflow.add(pair.sorted());
    return entry.subflow(pair);
  }

  /** Whether it is worth asking a host's kernel for its connections. */
  synchronized boolean isLive(String host) {
    return incomplete.getOrDefault(host, false)
        || ends.keySet().stream().anyMatch(end -> end.host.equals(host));
  }

  /** The end that a list shows; one that no event told of is new. */
  synchronized Seen seen(String host, KernelConnection listed, long nowNs) {
    boolean server = host.equals(Topology.SERVER);
    return seen(host, listed.token(), listed.local(), listed.remote(), server, nowNs);
  }

  /** The end that these figures are of; one that is not known is new. */
  synchronized Seen seen(
      String host, int token, Endpoint local, Endpoint remote, boolean server, long nowNs) {
    Seen before = ends.get(new End(host, token));
    if (before != null) {
      return before;
    }
    SubflowEnds pair = SubflowEnds.of(local, remote, server);
    everSubflow.add(pair.sorted());
    KernelEntry entry = entries.get(pair.sorted());
    if (entry == null) {
      entry = new KernelEntry(nextNumber++, pair);
      entries.put(pair.sorted(), entry);
      sink.accept(
          new Event.ConnectionEstablished(
              nowNs, entry.number(), pair.client(), pair.server(), true, true));
    }
    entry.hasOneMoreEnd();
    Seen seen = new Seen(entry, server, nowNs);
    ends.put(new End(host, token), seen);
    return seen;
  }

  /**
   * Notes whose socket it is.
   *
   * @param owner null: nobody was found; after some searches it is nobody's that we may know
   * @return whether it is known now, and was not before
   */
  synchronized boolean owner(Seen seen, SocketOwners.@Nullable Owner owner) {
    if (owner == null && ++seen.searches >= MOST_SEARCHES) {
      seen.owner = STRANGER;
    } else {
      seen.owner = owner;
    }
    return seen.owner != null;
  }

  /** After a complete list of a host: ends that are missing there are gone. */
  synchronized void listed(String host, Set<Integer> tokens, long nowNs) {
    incomplete.remove(host);
    List<End> gone = new ArrayList<>();
    ends.forEach((end, seen) -> {
      if (end.host.equals(host)
          && !tokens.contains(end.token)
          && (seen.closed || nowNs - seen.sinceNs > LIST_LAG_NS)) {
        gone.add(end);
      }
    });
    gone.forEach(end -> forget(end, nowNs));
  }

  private void forget(End end, long nowNs) {
    Seen seen = ends.remove(end);
    if (seen != null && seen.entry.hasOneEndLess()) {
      entries.remove(seen.entry.initial().sorted());
      closed(seen.entry, nowNs);
    }
  }

  private void closed(KernelEntry entry, long nowNs) {
    if (entry.closes()) {
      sink.accept(new Event.ConnectionClosed(nowNs, entry.number(), ""));
    }
  }

  /**
   * An event of a host's kernel.
   *
   * @param isHeard whether lists are asked for; else an end that closed is forgotten at once
   */
  synchronized void take(String host, KernelPathEvent event, boolean isHeard, long nowNs) {
    switch (event) {
      case KernelPathEvent.Created e -> {
        var _ = seen(host, e.token(), e.local(), e.remote(), e.server(), nowNs);
      }
      case KernelPathEvent.Established e -> {
        var _ = seen(host, e.token(), e.local(), e.remote(), e.server(), nowNs);
      }
      case KernelPathEvent.ListenerCreated e ->
          note(nowNs, host + ": a program listens for MPTCP at " + e.local());
      case KernelPathEvent.ListenerClosed e ->
          note(nowNs, host + ": no program listens for MPTCP at " + e.local() + " any more");
      case KernelPathEvent.Missed _ -> {
        incomplete.put(host, true);
        note(nowNs, host + ": some of the kernel's MPTCP events were lost");
      }
      default -> {
        End end = new End(host, event.token());
        Seen seen = ends.get(end);
        if (seen == null) {
          incomplete.put(host, true);
        } else {
          take(seen, event, nowNs);
          if (seen.closed && !isHeard) {
            forget(end, nowNs);
          }
        }
      }
    }
  }

  private void take(Seen seen, KernelPathEvent event, long nowNs) {
    KernelEntry entry = seen.entry;
    switch (event) {
      case KernelPathEvent.Closed _ -> {
        seen.closed = true;
        closed(entry, nowNs);
      }
      case KernelPathEvent.Announced e ->
          sink.accept(
              new Event.AddressAnnounced(
                  nowNs,
                  entry.number(),
                  e.remoteId(),
                  e.address().address().unmapped(),
                  e.address().port()));
      case KernelPathEvent.Removed e ->
          sink.accept(new Event.AddressRemoved(nowNs, entry.number(), e.remoteId()));
      case KernelPathEvent.SubflowEstablished e -> {
        SubflowEnds pair = SubflowEnds.of(e.path().local(), e.path().remote(), seen.server);
        int number = numbered(entry, pair);
        if (entry.opens(number)) {
          sink.accept(
              new Event.SubflowEstablished(
                  nowNs, entry.number(), number, pair.client(), pair.server(), e.path().backup()));
        }
      }
      case KernelPathEvent.SubflowClosed e -> {
        int number =
            numbered(entry, SubflowEnds.of(e.path().local(), e.path().remote(), seen.server));
        if (entry.closes(number)) {
          sink.accept(
              new Event.SubflowClosed(nowNs, entry.number(), number, KernelEntry.reason(e)));
        }
      }
      case KernelPathEvent.SubflowPriority e -> {
        int number =
            numbered(entry, SubflowEnds.of(e.path().local(), e.path().remote(), seen.server));
        // The kernel tells what its peer asked for, not what it asked for itself.
        sink.accept(
            new Event.PriorityChanged(nowNs, entry.number(), number, e.path().backup(), true));
      }
      default -> {
        // An event of a newer kernel.
        return;
      }
    }
  }

  /** A list shows a connection without MPTCP's options. */
  synchronized void fellBack(Seen seen, long nowNs) {
    if (seen.entry.fallsBack()) {
      sink.accept(new Event.FellBack(nowNs, seen.entry.number(), ""));
    }
  }

  /** The number of a subflow within its connection. */
  synchronized int subflow(Seen seen, Endpoint local, Endpoint remote) {
    return numbered(seen.entry, SubflowEnds.of(local, remote, seen.server));
  }

  private void note(long nowNs, String text) {
    sink.accept(new Event.Note(nowNs, text));
  }
}
