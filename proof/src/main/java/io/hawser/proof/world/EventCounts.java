package io.hawser.proof.world;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import java.util.TreeMap;
import java.util.TreeSet;

/** How often each kind of event happened: whether worlds meet what they were made for. */
public final class EventCounts implements EventSink {
  private final TreeMap<String, Integer> counts = new TreeMap<>();
  private final TreeSet<Long> joined = new TreeSet<>();
  private final TreeSet<Long> lost = new TreeSet<>();

  @Override
  public boolean wants(Class<? extends Event> kind) {
    return true;
  }

  @Override
  public void accept(Event event) {
    String name = event.getClass().getSimpleName();
    counts.merge(name, 1, Integer::sum);
    switch (event) {
      case Event.SubflowEstablished subflow when subflow.subflow() > 0 -> {
        happened("SubflowJoined");
        joined.add(subflow.connection() << 16 | subflow.subflow());
        if (lost.contains(subflow.connection())) {
          happened("re-join");
        }
      }
      case Event.SubflowClosed subflow when subflow.subflow() > 0 -> {
        lost.add(subflow.connection());
        if (!joined.contains(subflow.connection() << 16 | subflow.subflow())) {
          happened("join failure");
        }
      }
      default -> {
        // Counted by its name alone.
      }
    }
  }

  void happened(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  int of(String what) {
    return counts.getOrDefault(what, 0);
  }

  /** In how many worlds each thing happened. */
  public static void addTo(TreeMap<String, Integer> worlds, EventCounts one) {
    one.counts.forEach((name, count) -> worlds.merge(name, 1, Integer::sum));
  }
}
