package io.hawser.core.sched;

/** One super-segment each in turn, among the subflows that have room. */
public final class RoundRobin implements Scheduler {
  private int lastId = -1;

  @Override
  public String name() {
    return "round-robin";
  }

  @Override
  public int choose(SubflowView[] subflows, int count, long waitingBytes, long nowNs) {
    int rank = Ranks.best(subflows, count);
    int after = -1;
    int first = -1;
    for (int i = 0; i < count; i++) {
      SubflowView s = subflows[i];
      if (Ranks.of(s) != rank || s.sendRoomBytes() <= 0) {
        continue;
      }
      if (first < 0 || s.id() < subflows[first].id()) {
        first = i;
      }
      if (s.id() > lastId && (after < 0 || s.id() < subflows[after].id())) {
        after = i;
      }
    }
    int chosen = after >= 0 ? after : first;
    if (chosen >= 0) {
      lastId = subflows[chosen].id();
    }
    return chosen;
  }
}
