package io.hawser.core.tcp;

import java.util.ArrayDeque;

/**
 * Fast Open connections of one listener whose handshake is not over (RFC 7413 section 5.1,
 * PendingFastOpenRequests). Those that were reset count for a while longer: a reset comes from an
 * address that was forged, and should not make room for the next.
 */
public final class FastOpenQueue {
  private static final long REMEMBERED_NS = 60_000_000_000L;

  private final ArrayDeque<Long> resets = new ArrayDeque<>(0);
  private int pending;

  /** True if there are fewer than {@code most}. */
  public boolean hasRoom(int most, long nowNs) {
    while (!resets.isEmpty() && nowNs - resets.getFirst() >= REMEMBERED_NS) {
      resets.removeFirst();
    }
    return pending + resets.size() < most;
  }

  /** How many there are, those among them that were reset lately. */
  public int size() {
    return pending + resets.size();
  }

  void begun() {
    pending++;
  }

  void done() {
    pending--;
  }

  void reset(long nowNs) {
    pending--;
    resets.addLast(nowNs);
  }
}
