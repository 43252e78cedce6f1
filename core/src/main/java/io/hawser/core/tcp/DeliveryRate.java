package io.hawser.core.tcp;

import org.jspecify.annotations.Nullable;

/** How much has been delivered, and how fast: one sample an acknowledgement, as BBR defines it. */
final class DeliveryRate {
  private static final long SECOND_NS = 1_000_000_000L;

  /** An idle connection pays nothing for it. */
  private static final long RHYTHM_FROM_BYTES = 256 << 10;

  private long deliveredBytes;
  private long deliveredNs;
  private long bytesPerSecond;
  private boolean sampled;
  private long newestDelivered;
  private long newestDeliveredNs;

  /** Sending has begun after idleness, and the first answer takes a round trip. */
  private boolean begun;

  private @Nullable AckRhythm rhythm;

  void onSent(TxRange range, boolean nothingInFlight, long nowNs) {
    if (nothingInFlight || deliveredNs == 0) {
      deliveredNs = nowNs;
      begun = true;
    }
    range.deliveredAtSend = deliveredBytes;
    range.deliveredTimeAtSend = deliveredNs;
  }

  void beginAck() {
    sampled = false;
  }

  void delivered(TxRange range) {
    if (!sampled || range.deliveredAtSend > newestDelivered) {
      sampled = true;
      newestDelivered = range.deliveredAtSend;
      newestDeliveredNs = range.deliveredTimeAtSend;
    }
  }

  /** One acknowledgement delivered so many bytes. */
  void add(int bytes, long rttNs, long nowNs) {
    deliveredBytes += bytes;
    if (bytes > 0) {
      if (rhythm == null && deliveredBytes > RHYTHM_FROM_BYTES) {
        rhythm = new AckRhythm();
      }
      if (rhythm != null) {
        rhythm.delivered(nowNs - deliveredNs, rttNs, nowNs);
      }
      begun = false;
      deliveredNs = nowNs;
    }
  }

  /** The rate by the newest range that this acknowledgement delivered. */
  long measure(long minRttNs, long nowNs) {
    long time = nowNs - newestDeliveredNs;
    if (sampled && time > 0 && time >= minRttNs) {
      bytesPerSecond = (deliveredBytes - newestDelivered) * SECOND_NS / time;
    }
    return bytesPerSecond;
  }

  long bytesPerSecond() {
    return bytesPerSecond;
  }

  long lastDeliveryNs() {
    return deliveredNs;
  }

  /**
   * The longest pause between deliveries lately; Long.MAX_VALUE if there were too few, or if none
   * has come since sending began.
   */
  long longestPauseNs() {
    return rhythm == null || begun ? Long.MAX_VALUE : rhythm.longestPauseNs();
  }
}
