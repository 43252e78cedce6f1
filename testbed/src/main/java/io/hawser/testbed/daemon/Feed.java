package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands events to whoever listens; one who is too slow loses the oldest, and delays nobody. */
final class Feed implements EventSink {
  private static final int QUEUED = 8192;

  /** One listener's queue. */
  static final class Listener {
    private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUED);

    /** The next event; waits for it. */
    Event take() throws InterruptedException {
      return queue.take();
    }

    private void put(Event event) {
      while (!queue.offer(event)) {
        queue.poll();
      }
    }
  }

  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  Listener listen() {
    Listener listener = new Listener();
    listeners.add(listener);
    return listener;
  }

  void leave(Listener listener) {
    listeners.remove(listener);
  }

  /** Whether anybody listens. */
  boolean isHeard() {
    return !listeners.isEmpty();
  }

  @Override
  public boolean wants(Class<? extends Event> kind) {
    return true;
  }

  @Override
  public void accept(Event event) {
    for (Listener listener : listeners) {
      listener.put(event);
    }
  }
}
