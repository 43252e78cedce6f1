package io.hawser.sim;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import java.util.TreeMap;

/** How often each kind of event happened: whether worlds meet what they were made for. */
final class EventCounts implements EventSink {
  private final TreeMap<String, Integer> counts = new TreeMap<>();

  @Override
  public boolean wants(Class<? extends Event> kind) {
    return true;
  }

  @Override
  public void accept(Event event) {
    String name = event.getClass().getSimpleName();
    counts.merge(name, 1, Integer::sum);
    if (event instanceof Event.SubflowEstablished subflow && subflow.subflow() > 0) {
      counts.merge("SubflowJoined", 1, Integer::sum);
    }
  }

  void happened(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  int of(String what) {
    return counts.getOrDefault(what, 0);
  }

  /** In how many worlds each thing happened. */
  static void addTo(TreeMap<String, Integer> worlds, EventCounts one) {
    one.counts.forEach((name, count) -> worlds.merge(name, 1, Integer::sum));
  }
}
