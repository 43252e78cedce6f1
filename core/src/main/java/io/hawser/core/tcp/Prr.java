package io.hawser.core.tcp;

/**
 * Proportional rate reduction (RFC 9937): how much may be sent in a recovery, acknowledgement by
 * acknowledgement.
 */
final class Prr {
  private long delivered;
  private long out;
  private int flightAtStart;
  private int budget;

  void start(int inFlightBytes) {
    delivered = 0;
    out = 0;
    flightAtStart = Math.max(1, inFlightBytes);
    budget = 0;
  }

  /** An acknowledgement in recovery that delivered bytes. */
  void onAck(int deliveredBytes, int inFlightBytes, int ssthresh, int mss, boolean safe) {
    delivered += deliveredBytes;
    long allowed;
    if (inFlightBytes > ssthresh) {
      allowed = (delivered * ssthresh + flightAtStart - 1) / flightAtStart - out;
    } else {
      long limit = Math.max(delivered - out, deliveredBytes);
      if (safe) {
        limit += mss;
      }
      allowed = Math.min(ssthresh - inFlightBytes, limit);
    }
    if (out == 0 && allowed < mss) {
      // The first retransmission goes out at once.
      allowed = mss;
    }
    budget = (int) Math.max(0, Math.min(allowed, Integer.MAX_VALUE / 2));
  }

  void sent(int bytes) {
    out += bytes;
    budget = Math.max(0, budget - bytes);
  }

  /** Bytes that may be sent now. */
  int budget() {
    return budget;
  }
}
