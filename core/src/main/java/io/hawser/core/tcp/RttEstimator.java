package io.hawser.core.tcp;

/** Smoothed RTT and retransmission timeout (RFC 6298). */
final class RttEstimator {
  private static final long MIN_RTT_WINDOW_NS = 300_000_000_000L;

  private final TcpConfig config;
  private long smoothedNs;
  private long varianceNs;
  private long minNs = Long.MAX_VALUE;
  private long minAtNs;
  private long rtoNs;
  private int backoff;

  RttEstimator(TcpConfig config) {
    this.config = config;
    rtoNs = config.initialRtoNs;
  }

  void sample(long rttNs, long nowNs) {
    long rtt = Math.max(1, rttNs);
    if (rtt <= minNs || nowNs - minAtNs > MIN_RTT_WINDOW_NS) {
      minNs = rtt;
      minAtNs = nowNs;
    }
    if (smoothedNs == 0) {
      // RFC 6298 section 2.2.
      smoothedNs = rtt;
      varianceNs = rtt / 2;
    } else {
      // Section 2.3: beta = 1/4, alpha = 1/8.
      varianceNs += (Math.abs(smoothedNs - rtt) - varianceNs) / 4;
      smoothedNs += (rtt - smoothedNs) / 8;
    }
    // As Linux does: the floor is under the variance term, so that the timeout stays above RTT +
    // 200 ms.
    rtoNs = Math.min(config.maxRtoNs, smoothedNs + Math.max(config.minRtoNs, 4 * varianceNs));
  }

  /** Section 5.5. */
  void backOff() {
    backoff++;
  }

  void progress() {
    backoff = 0;
  }

  /** RFC 6069: the path answers again, so the next time-out is no sign of congestion. */
  void pathAnswers() {
    backoff = Math.max(1, backoff - 1);
  }

  /** The timeout without its back-off. */
  long plainRtoNs() {
    return rtoNs;
  }

  int backoff() {
    return backoff;
  }

  long rtoNs() {
    long shifted = backoff > 20 ? config.maxRtoNs : rtoNs << backoff;
    return Math.min(config.maxRtoNs, shifted);
  }

  long smoothedNs() {
    return smoothedNs;
  }

  long varianceNs() {
    return varianceNs;
  }

  /** Least RTT, or 0 if none was measured. */
  long minNs() {
    return minNs == Long.MAX_VALUE ? 0 : minNs;
  }
}
