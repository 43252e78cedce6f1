package io.hawser.dashboard;

import io.hawser.event.Event;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what is sent again on another subflow. A path that dies brings thousands of such events,
 * which would push all others out of the log: the first one is told at once, then one a second.
 */
final class Reinjections {
  private static final long SPAN_NS = 1_000_000_000L;

  private record Way(long connection, int from, int to) {}

  private static final class Held {
    private final long sinceNs;
    private long bytes;

    private Held(long sinceNs) {
      this.sinceNs = sinceNs;
    }

    private boolean isOver(long nowNs) {
      return nowNs - sinceNs >= SPAN_NS || nowNs < sinceNs;
    }
  }

  private final Map<Way, Held> open = new LinkedHashMap<>();

  /** Takes one; what is to be told now, if anything is. */
  @Nullable Event take(Event.Reinjected event) {
    Way way = new Way(event.connection(), event.fromSubflow(), event.toSubflow());
    Held held = open.get(way);
    if (held != null) {
      held.bytes += event.bytes();
      return null;
    }
    open.put(way, new Held(event.atNs()));
    return event;
  }

  /** What was added up and is to be told, as time is now so far, or as a run has ended. */
  List<Event> due(Event event) {
    if (open.isEmpty()) {
      return List.of();
    }
    List<Event> told = new ArrayList<>();
    Map<Way, Held> next = new LinkedHashMap<>();
    Iterator<Map.Entry<Way, Held>> all = open.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Way, Held> one = all.next();
      Way way = one.getKey();
      Held held = one.getValue();
      if (held.isOver(event.atNs()) || event instanceof Event.RunEnded) {
        all.remove();
        if (held.bytes > 0) {
          int bytes = (int) Math.min(held.bytes, Integer.MAX_VALUE);
          told.add(
              new Event.Reinjected(event.atNs(), way.connection(), way.from(), way.to(), bytes));
          next.put(way, new Held(event.atNs()));
        }
      }
    }
    open.putAll(next);
    return told;
  }
}
