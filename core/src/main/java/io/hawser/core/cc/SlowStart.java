package io.hawser.core.cc;

/**
 * Slow start with HyStart++ (RFC 9406): leaves exponential growth when the RTT of a round rises, by
 * way of conservative slow start that goes back if the rise was a blip.
 */
final class SlowStart {
  private static final long MIN_RTT_THRESH_NS = 4_000_000;
  private static final long MAX_RTT_THRESH_NS = 16_000_000;
  private static final int MIN_RTT_DIVISOR = 8;
  private static final int RTT_SAMPLES = 8;
  private static final int CSS_GROWTH_DIVISOR = 4;
  private static final int CSS_ROUNDS = 5;

  private long lastRoundMinNs = Long.MAX_VALUE;
  private long roundMinNs = Long.MAX_VALUE;
  private int samples;
  private long cssBaselineNs = Long.MAX_VALUE;
  private int cssRounds;
  private boolean css;

  void reset() {
    lastRoundMinNs = Long.MAX_VALUE;
    roundMinNs = Long.MAX_VALUE;
    samples = 0;
    css = false;
    cssRounds = 0;
    cssBaselineNs = Long.MAX_VALUE;
  }

  /**
   * Bytes to grow by. There is no bound for one acknowledgement (RFC 9406 section 4.3: none is
   * needed for a paced sender): a receiver with large offload sends one for many segments.
   */
  int growth(AckSample sample) {
    return css ? sample.ackedBytes / CSS_GROWTH_DIVISOR : sample.ackedBytes;
  }

  /**
   * Feeds one sample; true if slow start is over. Only the initial slow start ends by delay (RFC
   * 9406 section 4.3): later ones know their threshold.
   */
  boolean over(AckSample sample, boolean initial) {
    if (!initial) {
      return false;
    }
    if (sample.roundStart) {
      lastRoundMinNs = roundMinNs;
      roundMinNs = Long.MAX_VALUE;
      samples = 0;
      if (css && ++cssRounds >= CSS_ROUNDS) {
        return true;
      }
    }
    if (sample.rttNs > 0) {
      roundMinNs = Math.min(roundMinNs, sample.rttNs);
      samples++;
    }
    if (samples >= RTT_SAMPLES && roundMinNs != Long.MAX_VALUE) {
      if (!css && lastRoundMinNs != Long.MAX_VALUE) {
        long eighth = lastRoundMinNs / MIN_RTT_DIVISOR;
        long threshold = Math.max(MIN_RTT_THRESH_NS, Math.min(eighth, MAX_RTT_THRESH_NS));
        if (roundMinNs >= lastRoundMinNs + threshold) {
          cssBaselineNs = roundMinNs;
          css = true;
          cssRounds = 0;
        }
      } else if (css && roundMinNs < cssBaselineNs) {
        // RFC 9406 section 4.2: the rise was not lasting; resume slow start.
        css = false;
        cssBaselineNs = Long.MAX_VALUE;
      }
    }
    return false;
  }
}
