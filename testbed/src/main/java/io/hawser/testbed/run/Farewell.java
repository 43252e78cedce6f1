package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Passes events on and knows which connections still live: a stack that went while the last FINs
 * are under way would abort what had ended well.
 */
final class Farewell implements EventSink {
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);

  private final EventSink next;
  private final Set<Long> alive = new HashSet<>();

  Farewell(EventSink next) {
    this.next = next;
  }

  @Override
  public boolean wants(Class<? extends Event> kind) {
    return kind == Event.ConnectionEstablished.class
        || kind == Event.ConnectionClosed.class
        || next.wants(kind);
  }

  @Override
  public void accept(Event event) {
    if (next.wants(event.getClass())) {
      next.accept(event);
    }
    switch (event) {
      case Event.ConnectionEstablished it -> note(it.connection(), true);
      case Event.ConnectionClosed it -> note(it.connection(), false);
      default -> {}
    }
  }

  private synchronized void note(long connection, boolean lives) {
    if (lives) {
      alive.add(connection);
    } else {
      alive.remove(connection);
      notifyAll();
    }
  }

  /** Returns when every connection has told its end, or after two seconds. */
  synchronized void await() {
    long untilNs = System.nanoTime() + PATIENCE_NS;
    long leftNs = PATIENCE_NS;
    try {
      while (!alive.isEmpty() && leftNs > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, leftNs);
        leftNs = untilNs - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
