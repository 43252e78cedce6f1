package io.hawser.core.sched;

/** The fastest subflow that has room; backups and stale ones only if nothing else is there. */
public final class LowestRtt implements Scheduler {
  @Override
  public String name() {
    return "lowest-rtt";
  }

  @Override
  public int choose(SubflowView[] subflows, int count, long waitingBytes, long nowNs) {
    int rank = Ranks.best(subflows, count);
    int chosen = -1;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      SubflowView s = subflows[i];
      if (Ranks.of(s) == rank && s.sendRoomBytes() > 0 && s.smoothedRttNs() < least) {
        least = s.smoothedRttNs();
        chosen = i;
      }
    }
    return chosen;
  }
}
