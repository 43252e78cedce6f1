package io.hawser.testbed.play;

/** Which virtual time is due: real time since the begin, times the speed. */
final class Pace {
  /** A simulation that is slower than that much behind is not hurried afterwards. */
  private static final long MOST_BEHIND_NS = 200_000_000L;

  private final double speed;
  private long realNs;
  private long virtualNs;

  Pace(double speed, long realNs, long virtualNs) {
    this.speed = speed;
    this.realNs = realNs;
    this.virtualNs = virtualNs;
  }

  /**
   * The virtual time that is due.
   *
   * @param nowNs real time
   * @param reachedNs the virtual time that the simulation has reached
   */
  long dueNs(long nowNs, long reachedNs) {
    long due = virtualNs + (long) ((nowNs - realNs) * speed);
    if (due - reachedNs > MOST_BEHIND_NS * Math.max(1, speed)) {
      realNs = nowNs;
      virtualNs = reachedNs;
      return reachedNs + 1;
    }
    return due;
  }
}
