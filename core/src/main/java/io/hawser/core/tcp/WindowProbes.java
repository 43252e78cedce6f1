package io.hawser.core.tcp;

import io.hawser.core.time.TimerTable;

/** Probes of a window that is shut (RFC 9293 section 3.8.6.1). */
final class WindowProbes {
  private final TimerTable<TcpTimer> timers;
  private final TcpConfig config;
  private final RttEstimator rtt;
  private boolean due;
  private int unanswered;
  private int backoff;

  WindowProbes(TimerTable<TcpTimer> timers, TcpConfig config, RttEstimator rtt) {
    this.timers = timers;
    this.config = config;
    this.rtt = rtt;
  }

  boolean due() {
    return due;
  }

  /** Data waits and nothing else would make the peer tell its window, or not. */
  void arm(boolean stuck, long nowNs) {
    if (stuck && !timers.isSet(TcpTimer.PROBE) && !due) {
      timers.set(TcpTimer.PROBE, nowNs + intervalNs());
    } else if (!stuck) {
      timers.clear(TcpTimer.PROBE);
      due = false;
      unanswered = 0;
      backoff = 0;
    }
  }

  /** Probes go out at exponentially growing intervals. */
  private long intervalNs() {
    long shifted = backoff > 10 ? config.maxRtoNs : rtt.rtoNs() << backoff;
    return Math.min(config.maxRtoNs, shifted);
  }

  /** The timer, if it is time; false if the peer must be given up. */
  boolean onTimer(long nowNs) {
    if (timers.expire(TcpTimer.PROBE, nowNs)) {
      if (++unanswered > config.retries2) {
        return false;
      }
      backoff++;
      due = true;
    }
    return true;
  }

  void sent(long nowNs) {
    due = false;
    timers.set(TcpTimer.PROBE, nowNs + intervalNs());
  }

  /** A peer that answers its probes may keep its window shut for ever. */
  void answered() {
    unanswered = 0;
  }

  void clear() {
    due = false;
  }
}
