package io.hawser.core.tcp;

/**
 * The pauses between acknowledgements that delivered something while data was on its way. A path
 * that is used to its rate answers at short intervals, and that it has stopped shows in a few of
 * them, long before a round-trip time is over; one that answers in bursts tells nothing that soon.
 */
final class AckRhythm {
  private static final long SHORTEST_WINDOW_NS = 200_000_000;
  private static final int ENOUGH = 32;

  private long windowStartNs;
  private long longestNs;
  private long longestBeforeNs;
  private int count;
  private boolean known;

  /** Something was delivered, so long after the delivery before or after sending began. */
  void delivered(long pauseNs, long rttNs, long nowNs) {
    if (nowNs - windowStartNs > Math.max(SHORTEST_WINDOW_NS, 4 * rttNs)) {
      known = count >= ENOUGH;
      longestBeforeNs = longestNs;
      windowStartNs = nowNs;
      longestNs = 0;
      count = 0;
    }
    longestNs = Math.max(longestNs, pauseNs);
    count++;
  }

  /** The longest pause of this window and the one before; Long.MAX_VALUE if that was too quiet. */
  long longestPauseNs() {
    return known ? Math.max(longestNs, longestBeforeNs) : Long.MAX_VALUE;
  }
}
