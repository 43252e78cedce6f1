package io.hawser.core.mptcp;

import io.hawser.core.sched.SubflowView;
import java.util.List;

/**
 * How much a connection holds for sending: twice what its windows let be under way, so that data is
 * there when an acknowledgement opens them, and no path ever queues seconds of it. What loss keeps
 * outstanding counts like a window. It grows at once and shrinks by an eighth a round trip.
 */
final class SendAutotuning {
  private static final int FACTOR = 2;

  /** What a path sends in this time comes on top: an application's thread needs so long to wake. */
  private static final long WAKE_NS = 2_000_000;

  private static final long LEAST_ROUND_NS = 10_000_000;

  private final int firstBytes;
  private long roundStartNs = -1;

  /** Never less than so many bytes. */
  SendAutotuning(int firstBytes) {
    this.firstBytes = firstBytes;
  }

  /**
   * The capacity from now on.
   *
   * @param bytes the capacity so far
   * @param mostBytes no more than this
   * @param outstandingBytes sent and not acknowledged at data level
   */
  int tuned(
      int bytes,
      int mostBytes,
      List<? extends SubflowView> subflows,
      long outstandingBytes,
      long nowNs) {
    long windows = 0;
    long roundNs = LEAST_ROUND_NS;
    for (int i = 0; i < subflows.size(); i++) {
      SubflowView subflow = subflows.get(i);
      long rttNs = subflow.smoothedRttNs();
      if (rttNs > 0 && !subflow.stale()) {
        long cwnd = subflow.cwndBytes();
        windows += cwnd + cwnd * WAKE_NS / rttNs;
        roundNs = Math.max(roundNs, rttNs);
      }
    }
    long wanted = Math.max(firstBytes, FACTOR * Math.max(windows, outstandingBytes));
    if (wanted >= bytes) {
      roundStartNs = nowNs;
      return (int) Math.min(wanted, Math.max(mostBytes, 1));
    }
    if (nowNs - roundStartNs < roundNs) {
      return Math.min(bytes, mostBytes);
    }
    roundStartNs = nowNs;
    return (int) Math.min(mostBytes, Math.max(wanted, bytes - bytes / 8));
  }
}
