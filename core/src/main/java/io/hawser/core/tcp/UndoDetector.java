package io.hawser.core.tcp;

/**
 * Tells whether the last reduction was for nothing: all that was sent again had arrived (D-SACK,
 * RFC 3708), or the acknowledgement is older than the retransmission (timestamps, RFC 3522).
 */
final class UndoDetector {
  private boolean possible;
  private int retransmissions;
  private int firstTimestamp;
  private boolean timestampSet;

  /** A reduction that may prove spurious. */
  void arm() {
    possible = true;
    retransmissions = 0;
    timestampSet = false;
  }

  /** The reduction was needed, or has been taken back. */
  void disarm() {
    possible = false;
  }

  boolean possible() {
    return possible;
  }

  void retransmitted(int timestamp) {
    retransmissions++;
    if (!timestampSet) {
      timestampSet = true;
      firstTimestamp = timestamp;
    }
  }

  /** A D-SACK came; true if there has been one for every retransmission. */
  boolean onDsack() {
    return possible && retransmissions > 0 && --retransmissions == 0;
  }

  /** An acknowledgement of new data echoes this; true if it is for the first transmission. */
  boolean onEcho(int echo) {
    return possible && timestampSet && echo - firstTimestamp < 0;
  }
}
