package io.hawser.core.tcp;

/** How much has been delivered, and how fast: one sample an acknowledgement, as BBR defines it. */
final class DeliveryRate {
  private static final long SECOND_NS = 1_000_000_000L;

  private long deliveredBytes;
  private long deliveredNs;
  private long bytesPerSecond;
  private boolean sampled;
  private long newestDelivered;
  private long newestDeliveredNs;

  void onSent(TxRange range, boolean nothingInFlight, long nowNs) {
    if (nothingInFlight || deliveredNs == 0) {
      deliveredNs = nowNs;
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
  void add(int bytes, long nowNs) {
    deliveredBytes += bytes;
    if (bytes > 0) {
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
}
