package io.hawser.core.tcp;

import io.hawser.core.cc.AckSample;
import org.jspecify.annotations.Nullable;

/** How much has been delivered, and how fast: one sample an acknowledgement, as BBR defines it. */
final class DeliveryRate {
  private static final long SECOND_NS = 1_000_000_000L;

  /** An idle connection pays nothing for it. */
  private static final long RHYTHM_FROM_BYTES = 256 << 10;

  /** What the newest range that was acknowledged knew of its time. */
  private final AckSample sample;

  private long deliveredNs;
  private long firstSentNs;

  /** Until so much is delivered, samples are of a sender that had too little to send. */
  private long appLimitedUntilBytes;

  private boolean sampled;
  private long newestDeliveredNs;
  private int newestSendTimeUs;
  private int newestLost;

  /** Sending has begun after idleness, and the first answer takes a round trip. */
  private boolean begun;

  private @Nullable AckRhythm rhythm;

  /** What is found goes into the sample. */
  DeliveryRate(AckSample sample) {
    this.sample = sample;
  }

  void onSent(TxRange range, boolean nothingInFlight, long nowNs) {
    if (nothingInFlight || deliveredNs == 0) {
      deliveredNs = nowNs;
      firstSentNs = nowNs;
      begun = true;
    }
    range.deliveredAtSend = sample.deliveredTotalBytes;
    range.deliveredTimeAtSend = deliveredNs;
  }

  /** What only those want that go by rates: so much is in flight before it, so much was lost. */
  void note(TxRange range, int inFlightBytes, long lostBytes, long nowNs) {
    range.sendTimeUs = (int) Math.min((nowNs - firstSentNs) / 1000, Integer.MAX_VALUE);
    range.inFlightAtSend = inFlightBytes + range.length;
    range.lostAtSend = (int) lostBytes;
    range.appLimited = appLimitedUntilBytes > sample.deliveredTotalBytes;
  }

  /** There is nothing more to send although the path would take it. */
  void onAppLimited(int inFlightBytes) {
    appLimitedUntilBytes = sample.deliveredTotalBytes + Math.max(1, inFlightBytes);
  }

  void beginAck() {
    sampled = false;
  }

  void delivered(TxRange range) {
    if (!sampled || range.deliveredAtSend > sample.deliveredBeforeBytes) {
      sampled = true;
      sample.deliveredBeforeBytes = range.deliveredAtSend;
      sample.inFlightAtSendBytes = range.inFlightAtSend;
      sample.appLimited = range.appLimited;
      newestDeliveredNs = range.deliveredTimeAtSend;
      newestSendTimeUs = range.sendTimeUs;
      newestLost = range.lostAtSend;
      firstSentNs = range.sentNs;
    }
  }

  /** One acknowledgement delivered so many bytes. */
  void add(int bytes, long rttNs, long nowNs) {
    sample.deliveredTotalBytes += bytes;
    if (bytes > 0) {
      if (rhythm == null && sample.deliveredTotalBytes > RHYTHM_FROM_BYTES) {
        rhythm = new AckRhythm();
      }
      if (rhythm != null) {
        rhythm.delivered(nowNs - deliveredNs, rttNs, nowNs);
      }
      begun = false;
      deliveredNs = nowNs;
    }
  }

  /** The rate by the newest range that this acknowledgement delivered, and what was lost since. */
  void measure(long minRttNs, long lostBytes, long nowNs) {
    // What was sent together cannot have been delivered faster than it left.
    long time = Math.max(nowNs - newestDeliveredNs, newestSendTimeUs * 1000L);
    sample.rateFresh = sampled && time > 0 && time >= minRttNs;
    if (sample.rateFresh) {
      long bytes = sample.deliveredTotalBytes - sample.deliveredBeforeBytes;
      sample.deliveryBytesPerSecond = bytes * SECOND_NS / time;
    }
    sample.lostTotalBytes = lostBytes;
    sample.lostSinceSentBytes = (int) lostBytes - newestLost;
  }

  long bytesPerSecond() {
    return sample.deliveryBytesPerSecond;
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
