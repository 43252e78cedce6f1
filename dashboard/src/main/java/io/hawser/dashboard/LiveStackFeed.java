package io.hawser.dashboard;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Makes a feed of a live stack: asks for its figures several times a second. What the stack itself
 * tells (joins, losses) goes to the same sink directly.
 */
public final class LiveStackFeed implements AutoCloseable {
  private final Supplier<? extends List<? extends Event>> figures;
  private final EventSink sink;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("live-figures").factory());

  private LiveStackFeed(Supplier<? extends List<? extends Event>> figures, EventSink sink) {
    this.figures = figures;
    this.sink = sink;
  }

  /**
   * Starts.
   *
   * @param figures the samples of all connections and subflows now; called on a thread of the feed
   */
  public static LiveStackFeed start(
      Supplier<? extends List<? extends Event>> figures, long periodMs, EventSink sink) {
    LiveStackFeed feed = new LiveStackFeed(figures, sink);
    var _ = feed.timer.scheduleAtFixedRate(feed::ask, 0, periodMs, TimeUnit.MILLISECONDS);
    return feed;
  }

  private void ask() {
    try {
      for (Event event : figures.get()) {
        if (sink.wants(event.getClass())) {
          sink.accept(event);
        }
      }
    } catch (RuntimeException e) {
      sink.accept(new Event.Note(System.nanoTime(), "no figures: " + e.getMessage()));
      timer.shutdown();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
