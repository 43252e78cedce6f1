package io.hawser.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Waits for moments of a run's own clock. */
final class Moment {
  private Moment() {}

  /**
   * Until System.nanoTime() says so.
   *
   * @throws IOException if interrupted
   */
  static void await(long timeNs) throws IOException {
    try {
      TimeUnit.NANOSECONDS.sleep(timeNs - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
