package io.hawser.core.tcp;

import io.hawser.core.cc.AckSample;
import org.jspecify.annotations.Nullable;

/** How much has been delivered, and how fast: one sample an acknowledgement, as BBR defines it. */
final class DeliveryRate {
  private static final long SECOND_NS = 1_000_000_000L;

  /** An idle connection pays nothing for it. */
  private static final long RHYTHM_FROM_BYTES = 256 << 10;

  private long deliveredBytes;
  private long deliveredNs;
  private long bytesPerSecond;
  private long firstSentNs;

  /** Until so much is delivered, samples are of a sender that had too little to send. */
  private long appLimitedUntilBytes;

  private boolean sampled;
  private long newestDelivered;
  private long newestDeliveredNs;
  private int newestSendTimeUs;
  private int newestInFlight;
  private int newestLost;
  private boolean newestAppLimited;

  /** Sending has begun after idleness, and the first answer takes a round trip. */
  private boolean begun;

  private @Nullable AckRhythm rhythm;

  /** A range leaves, with so much in flight before it and so much found lost. */
  void onSent(TxRange range, int inFlightBytes, long lostBytes, long nowNs) {
    if (inFlightBytes == 0 || deliveredNs == 0) {
      deliveredNs = nowNs;
      firstSentNs = nowNs;
      begun = true;
    }
    range.deliveredAtSend = deliveredBytes;
    range.deliveredTimeAtSend = deliveredNs;
    range.sendTimeUs = (int) Math.min((nowNs - firstSentNs) / 1000, Integer.MAX_VALUE);
    range.inFlightAtSend = inFlightBytes + range.length;
    range.lostAtSend = (int) lostBytes;
    range.appLimited = appLimitedUntilBytes > deliveredBytes;
  }

  /** There is nothing more to send although the path would take it. */
  void onAppLimited(int inFlightBytes) {
    appLimitedUntilBytes = deliveredBytes + Math.max(1, inFlightBytes);
  }

  void beginAck() {
    sampled = false;
  }

  void delivered(TxRange range) {
    if (!sampled || range.deliveredAtSend > newestDelivered) {
      sampled = true;
      newestDelivered = range.deliveredAtSend;
      newestDeliveredNs = range.deliveredTimeAtSend;
      newestSendTimeUs = range.sendTimeUs;
      newestInFlight = range.inFlightAtSend;
      newestLost = range.lostAtSend;
      newestAppLimited = range.appLimited;
      firstSentNs = range.sentNs;
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

  /** The rate by the newest range that this acknowledgement delivered, and what goes with it. */
  void measure(AckSample into, long minRttNs, long lostBytes, long nowNs) {
    // What was sent together cannot have been delivered faster than it left.
    long time = Math.max(nowNs - newestDeliveredNs, newestSendTimeUs * 1000L);
    boolean fresh = sampled && time > 0 && time >= minRttNs;
    if (fresh) {
      bytesPerSecond = (deliveredBytes - newestDelivered) * SECOND_NS / time;
    }
    into.rateFresh = fresh;
    into.deliveryBytesPerSecond = bytesPerSecond;
    into.deliveredTotalBytes = deliveredBytes;
    into.deliveredBeforeBytes = newestDelivered;
    into.appLimited = newestAppLimited;
    into.inFlightAtSendBytes = newestInFlight;
    into.lostTotalBytes = lostBytes;
    into.lostSinceSentBytes = (int) lostBytes - newestLost;
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
