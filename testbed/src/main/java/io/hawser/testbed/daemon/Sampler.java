package io.hawser.testbed.daemon;

import io.hawser.testbed.LinkStatus;
import io.hawser.testbed.Testbed;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tells the links' counters four times a second while anybody listens. */
final class Sampler implements AutoCloseable {
  private static final long PERIOD_MS = 250;

  private final Testbed testbed;
  private final Feed feed;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("testbed-sampler").factory());

  Sampler(Testbed testbed, Feed feed) {
    this.testbed = testbed;
    this.feed = feed;
  }

  void start() {
    var _ = timer.scheduleAtFixedRate(this::sample, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  private void sample() {
    if (!feed.isHeard()) {
      return;
    }
    try {
      for (LinkStatus link : testbed.links()) {
        feed.accept(testbed.sample(link.name(), System.nanoTime()));
      }
    } catch (IOException e) {
      System.err.println("testbed: cannot sample: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
