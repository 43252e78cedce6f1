package io.hawser.dashboard;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at the controls while somebody watches, so that many pages cost as much as one. */
final class StateBoard implements AutoCloseable {
  private static final long PERIOD_MS = 500;

  private final Controls controls;
  private final EventHub hub;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("dashboard-state").factory());
  private volatile String latest = "";

  StateBoard(Controls controls, EventHub hub) {
    this.controls = controls;
    this.hub = hub;
  }

  void start() {
    var _ = timer.scheduleWithFixedDelay(this::look, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (hub.watcherCount() == 0) {
      latest = "";
      return;
    }
    String before = latest;
    try {
      if (!fresh().equals(before)) {
        hub.wakeAll();
      }
    } catch (RuntimeException e) {
      hub.sourceIsGone("the controls failed: " + e);
    }
  }

  /** The latest state that was seen. */
  String state() {
    String seen = latest;
    return seen.isEmpty() ? fresh() : seen;
  }

  /** The state now. */
  String fresh() {
    String now = StateJson.of(controls, hub);
    latest = now;
    return now;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
