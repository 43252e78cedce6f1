package io.hawser.core.mptcp;

import java.util.List;

/**
 * What becomes of subflows whose address the peer has withdrawn (RFC 8684 section 3.4.2): their
 * data goes elsewhere at once, but they are closed only when a probe has shown that the path is
 * dead, for anybody on the path can forge a REMOVE_ADDR. A peer that means it closes them itself.
 */
final class RemovedPaths {
  private static final long LEAST_WAIT_NS = 200_000_000;

  private final MptcpConnection c;

  RemovedPaths(MptcpConnection connection) {
    this.c = connection;
  }

  /** The peer withdrew an address. */
  void removed(int remoteId, long nowNs) {
    for (Subflow subflow : List.copyOf(c.subflows)) {
      boolean meant = subflow.remoteId == remoteId && subflow.established;
      if (subflow.isLive() && meant && subflow.doubt == Subflow.Doubt.NONE) {
        subflow.doubt = Subflow.Doubt.WITHDRAWN;
        // What comes until then may have been sent before.
        subflow.doubtUntilNs = nowNs + wait(subflow);
        if (c.watch.hasOther(subflow)) {
          c.out.reinjectAll(subflow);
          subflow.stale = true;
        }
        arm();
      }
    }
  }

  private static long wait(Subflow subflow) {
    return Math.max(LEAST_WAIT_NS, 2 * subflow.tcp().estimates().smoothedRttNs());
  }

  private void arm() {
    long next = Long.MAX_VALUE;
    for (Subflow subflow : c.subflows) {
      if (subflow.isLive() && subflow.doubt != Subflow.Doubt.NONE) {
        next = Math.min(next, subflow.doubtUntilNs);
      }
    }
    if (next == Long.MAX_VALUE) {
      c.timers.clear(MptcpTimer.REMOVED);
    } else {
      c.timers.set(MptcpTimer.REMOVED, next);
    }
  }

  /** A subflow was asked, or has had its time to answer. */
  void onTimer(long nowNs) {
    for (Subflow subflow : List.copyOf(c.subflows)) {
      if (!subflow.isLive()
          || subflow.doubt == Subflow.Doubt.NONE
          || subflow.doubtUntilNs > nowNs) {
        continue;
      }
      if (subflow.doubt == Subflow.Doubt.WITHDRAWN) {
        subflow.doubt = Subflow.Doubt.PROBED;
        subflow.doubtUntilNs = nowNs + wait(subflow);
        subflow.ask(nowNs);
      } else if (subflow.answers()) {
        subflow.doubt = Subflow.Doubt.NONE;
        subflow.stale = false;
      } else {
        subflow.options.resetWith(MptcpConnection.REASON_UNSPECIFIED, false);
        c.watch.closeNow(subflow, nowNs);
      }
    }
    arm();
  }
}
