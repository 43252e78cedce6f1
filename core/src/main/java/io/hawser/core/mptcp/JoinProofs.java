package io.hawser.core.mptcp;

import java.util.List;

/**
 * The third ACKs of joins that we asked for. They carry the proof and nothing else would repeat
 * them, so they go again until they are answered, which may be by a lost ACK (RFC 8684 section
 * 3.2). What it keeps is with the subflows, for connections are many and joins few.
 */
final class JoinProofs {
  private static final int MOST_REPEATS = 6;

  private final MptcpConnection c;

  JoinProofs(MptcpConnection connection) {
    this.c = connection;
  }

  /** The SYN/ACK has come, so the third ACK leaves now. */
  void begin(Subflow subflow, long nowNs) {
    subflow.proofRepeats = 0;
    subflow.proofDueNs = nowNs + subflow.tcp().estimates().rtoNs();
    arm();
  }

  private static boolean waits(Subflow subflow) {
    return subflow.proofDueNs >= 0 && subflow.isLive() && !subflow.established;
  }

  private void arm() {
    long next = Long.MAX_VALUE;
    for (Subflow subflow : c.subflows) {
      if (waits(subflow)) {
        next = Math.min(next, subflow.proofDueNs);
      }
    }
    if (next == Long.MAX_VALUE) {
      c.timers.clear(MptcpTimer.JOIN_PROOF);
    } else {
      c.timers.set(MptcpTimer.JOIN_PROOF, next);
    }
  }

  /** A round trip and more is over without an answer. */
  void onTimer(long nowNs) {
    for (Subflow subflow : List.copyOf(c.subflows)) {
      if (!waits(subflow) || subflow.proofDueNs > nowNs) {
        continue;
      }
      if (subflow.proofRepeats == MOST_REPEATS) {
        c.watch.closeNow(subflow, nowNs);
      } else {
        subflow.proofRepeats++;
        subflow.proofDueNs = nowNs + (subflow.tcp().estimates().rtoNs() << subflow.proofRepeats);
        subflow.tcp().ackNow();
      }
    }
    arm();
  }
}
