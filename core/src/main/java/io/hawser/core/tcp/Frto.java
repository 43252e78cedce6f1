package io.hawser.core.tcp;

/**
 * F-RTO with SACK (RFC 5682 section 3.1): after a timeout only the first segment goes again; then
 * new data is sent, and what is acknowledged next tells whether the timeout was spurious.
 */
final class Frto {
  private enum Step {
    OFF,
    /** The first segment has gone again; nothing came yet. */
    WAITING,
    /** It was acknowledged, others were not: new data goes out instead of retransmissions. */
    PROBING,
    /** New data has left. */
    JUDGING
  }

  private Step step = Step.OFF;
  private long recoverSsn;
  private int newBytes;
  private boolean originalSeen;

  /** The timer expired for the first time, with everything before {@code nextSsn} outstanding. */
  void start(long nextSsn) {
    step = Step.WAITING;
    recoverSsn = nextSsn;
    newBytes = 0;
  }

  void stop() {
    step = Step.OFF;
  }

  void beginAck() {
    originalSeen = false;
  }

  /** A range was delivered that was outstanding at the timeout and never sent again. */
  void delivered(TxRange range) {
    originalSeen |= range.transmissions == 1 && range.endSsn() <= recoverSsn;
  }

  /**
   * Ends one acknowledgement.
   *
   * @param certain false if what was delivered may have come with a retransmission's arrival
   * @return true if the timeout was spurious
   */
  boolean spurious(boolean advanced, boolean certain, long unackedSsn) {
    if (step == Step.OFF) {
      return false;
    }
    if (originalSeen && certain) {
      step = Step.OFF;
      return true;
    }
    boolean first = step == Step.WAITING && advanced && unackedSsn < recoverSsn;
    step = first ? Step.PROBING : Step.OFF;
    return false;
  }

  /** True while new data, not retransmissions, may be sent. */
  boolean holds() {
    return step == Step.PROBING || step == Step.JUDGING;
  }

  /** Bytes of new data that may be sent: two segments in all. */
  int roomBytes(int mss) {
    return Math.max(0, 2 * mss - newBytes);
  }

  void newData(int bytes) {
    if (step == Step.PROBING) {
      step = Step.JUDGING;
    }
    newBytes += bytes;
  }

  /** Nothing new could be sent, so there is nothing to learn: retransmissions go on. */
  void turnEnded() {
    if (step == Step.PROBING) {
      step = Step.OFF;
    }
  }
}
