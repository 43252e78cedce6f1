package io.hawser.dashboard;

/**
 * Puts events of any clock on one axis that never runs backwards by much: seconds since 1970. A
 * clock that starts again (another run in virtual time) goes on where the last one stopped.
 */
final class PageClock {
  private static final double STEP_BACK_SECONDS = 1;
  private static final double GAP_SECONDS = 0.05;

  private boolean started;
  private double shiftSeconds;
  private double latestSeconds;
  private double originSeconds;

  /** The place of an event's time; {@code wallSeconds} is the time of day now. */
  double place(long atNs, double wallSeconds) {
    double at = atNs / 1e9;
    if (!started) {
      started = true;
      originSeconds = wallSeconds;
      shiftSeconds = wallSeconds - at;
      latestSeconds = wallSeconds;
      return wallSeconds;
    }
    double placed = at + shiftSeconds;
    if (placed < latestSeconds - STEP_BACK_SECONDS) {
      // Between two runs of a slow simulation the time of day may be ahead; it is the better axis.
      placed = Math.max(latestSeconds + GAP_SECONDS, wallSeconds);
      shiftSeconds = placed - at;
    }
    latestSeconds = Math.max(latestSeconds, placed);
    return placed;
  }

  /** The place of the first event. */
  double originSeconds() {
    return originSeconds;
  }
}
