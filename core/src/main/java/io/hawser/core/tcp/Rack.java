package io.hawser.core.tcp;

/**
 * RACK (RFC 8985 sections 6.1 and 6.2): loss found by time, with a reordering window that adapts.
 */
final class Rack {
  private static final int DUPLICATE_THRESHOLD = 3;
  private static final int RECOVERIES_TO_RESET = 16;

  private long sentNs = -1;
  private long endSsn;
  private long rttNs;
  private long fackSsn;
  private boolean reordering;
  private int windowSteps = 1;
  private int persist = RECOVERIES_TO_RESET;
  private long dsackRoundSsn;
  private boolean dsackRound;

  /**
   * RFC 8985 section 6.2 steps 1 to 3: a range was delivered, or its front up to a number. Returns
   * its RTT, or -1 if it is ambiguous.
   */
  long delivered(TxRange range, long deliveredEndSsn, long nowNs, long minRttNs) {
    long rtt = nowNs - range.sentNs;
    if (range.transmissions > 1 && rtt < minRttNs) {
      // An acknowledgement this early is for the first transmission.
      return -1;
    }
    if (range.sentNs > sentNs || (range.sentNs == sentNs && deliveredEndSsn > endSsn)) {
      sentNs = range.sentNs;
      endSsn = deliveredEndSsn;
      rttNs = rtt;
    }
    if (deliveredEndSsn > fackSsn) {
      fackSsn = deliveredEndSsn;
    } else if (deliveredEndSsn < fackSsn && range.transmissions == 1) {
      reordering = true;
    }
    return range.transmissions > 1 ? -1 : rtt;
  }

  boolean reorderingSeen() {
    return reordering;
  }

  /** Step 4: a D-SACK says that something was sent without need; once a round trip. */
  void onDsack(long nextSsn, long unackedSsn) {
    if (!dsackRound || unackedSsn >= dsackRoundSsn) {
      dsackRound = true;
      dsackRoundSsn = nextSsn;
      windowSteps++;
      persist = RECOVERIES_TO_RESET;
    }
  }

  /** A recovery ended: the window goes back to one step after sixteen without D-SACK. */
  void onRecoveryEnd() {
    if (--persist <= 0) {
      windowSteps = 1;
    }
  }

  private long reorderingWindowNs(
      RttEstimator rtt, boolean recovering, SackScoreboard board, int mss) {
    if (!reordering && (recovering || board.sackedBytes() >= DUPLICATE_THRESHOLD * (long) mss)) {
      return 0;
    }
    return Math.min(windowSteps * (rtt.minNs() / 4), rtt.smoothedNs());
  }

  /**
   * Step 5: marks what must be lost.
   *
   * @return how long until the next range may be found lost, or 0 if there is none to wait for
   */
  long detect(SackScoreboard board, RttEstimator rtt, boolean recovering, int mss, long nowNs) {
    if (sentNs < 0) {
      return 0;
    }
    long window = reorderingWindowNs(rtt, recovering, board, mss);
    long wait = 0;
    for (int i = 0; i < board.size(); i++) {
      TxRange range = board.at(i);
      if (range.sacked || range.lost) {
        continue;
      }
      boolean before = range.sentNs < sentNs || (range.sentNs == sentNs && range.endSsn() < endSsn);
      if (!before) {
        if (range.transmissions == 1 && range.sentNs > sentNs) {
          break;
        }
        continue;
      }
      long remaining = range.sentNs + rttNs + window - nowNs;
      if (remaining <= 0) {
        board.markLost(range);
      } else {
        wait = Math.max(wait, remaining);
      }
    }
    return wait;
  }
}
