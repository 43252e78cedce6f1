package io.hawser.core.tcp;

import io.hawser.core.cc.CongestionControl;
import io.hawser.core.time.TimerTable;

/**
 * Spreads a window over its round trip, in quanta of at least half a millisecond: what has left is
 * booked at the rate, and while the books are ahead of time by a quantum nothing leaves. Where a
 * quantum would be no shorter than the round trip, or the path is so fast that its queues bear a
 * super-segment, nothing is paced and no timer set.
 */
final class Pacer {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long SHORTEST_WAIT_NS = 500_000;
  private static final long SHORT_RTT_NS = 1_000_000;
  private static final long FAST_BYTES_PER_SECOND = 125_000_000;

  /** RFC 6928: the initial window may leave at once. */
  private static final int FIRST_SEGMENTS = 10;

  /** Credit for late wake-ups: an eighth of the round trip, within these bounds. */
  private static final long LEAST_CREDIT_NS = 1_000_000;

  private static final long MOST_CREDIT_NS = 5_000_000;

  private final TcpConfig config;
  private final TimerTable<TcpTimer> timers;
  private long bookedNs = Long.MIN_VALUE;
  private boolean holds;

  Pacer(TcpConfig config, TimerTable<TcpTimer> timers) {
    this.config = config;
    this.timers = timers;
  }

  /** True while the next segment waits for its time; {@link TcpTimer#PACING} ends it. */
  boolean holds() {
    return holds;
  }

  /** The timer, if it is due. */
  void onTimer(long nowNs) {
    if (holds && timers.expire(TcpTimer.PACING, nowNs)) {
      holds = false;
    }
  }

  /** What was booked counts no more: a timeout begins anew. */
  void reset() {
    holds = false;
    bookedNs = Long.MIN_VALUE;
    timers.clear(TcpTimer.PACING);
  }

  /**
   * Bytes left.
   *
   * @param segmentsSent data segments since the connection began, these included
   */
  void sent(
      int bytes, long segmentsSent, CongestionControl congestion, long smoothedRttNs, long nowNs) {
    if (!config.pacing || segmentsSent <= FIRST_SEGMENTS) {
      return;
    }
    long rate = bytesPerSecond(congestion, smoothedRttNs);
    if (rate <= 0) {
      return;
    }
    long credit = Math.clamp(smoothedRttNs / 8, LEAST_CREDIT_NS, MOST_CREDIT_NS);
    bookedNs = Math.max(bookedNs, nowNs - credit) + bytes * SECOND_NS / rate;
    if (bookedNs - nowNs >= SHORTEST_WAIT_NS) {
      holds = true;
      timers.set(TcpTimer.PACING, bookedNs);
    }
  }

  /** The rate to pace at, 0: none. */
  long bytesPerSecond(CongestionControl congestion, long smoothedRttNs) {
    long own = congestion.pacingBytesPerSecond();
    if (own > 0) {
      return own < FAST_BYTES_PER_SECOND ? own : 0;
    }
    if (smoothedRttNs < SHORT_RTT_NS) {
      return 0;
    }
    int cwnd = congestion.cwndBytes();
    boolean slowStart = cwnd < congestion.ssthreshBytes();
    int percent = slowStart ? config.pacingSlowStartPercent : config.pacingAvoidancePercent;
    long rate = cwnd * SECOND_NS / smoothedRttNs * percent / 100;
    return rate < FAST_BYTES_PER_SECOND ? Math.max(1, rate) : 0;
  }
}
