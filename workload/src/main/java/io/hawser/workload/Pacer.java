package io.hawser.workload;

import java.util.concurrent.locks.LockSupport;

/** Waits for moments at a constant rate; what was missed is not caught up in a burst of waits. */
final class Pacer {
  private final double perSecond;
  private final long startNs = System.nanoTime();
  private long turns;

  Pacer(double perSecond) {
    this.perSecond = perSecond;
  }

  /** Waits for the next turn; its planned time. */
  long next() {
    long dueNs = startNs + (long) (turns++ * 1e9 / perSecond);
    for (long left = dueNs - System.nanoTime(); left > 0; left = dueNs - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return dueNs;
  }
}
