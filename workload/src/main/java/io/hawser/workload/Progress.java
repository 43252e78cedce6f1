package io.hawser.workload;

import java.util.concurrent.atomic.AtomicLong;

/** How far a receiving application is; one thread writes, any may read. Times are nanoTime. */
public final class Progress {
  private final AtomicLong bytes = new AtomicLong();
  private volatile long firstNs;
  private volatile long lastNs;
  private volatile long longestStallNs;

  /** Bytes arrived. */
  public void received(int count) {
    long nowNs = System.nanoTime();
    if (bytes.get() == 0) {
      firstNs = nowNs;
    } else {
      longestStallNs = Math.max(longestStallNs, nowNs - lastNs);
    }
    lastNs = nowNs;
    bytes.addAndGet(count);
  }

  /** Bytes so far. */
  public long bytes() {
    return bytes.get();
  }

  /** When the first byte came; 0: none yet. */
  public long firstNs() {
    return firstNs;
  }

  /** When the last byte so far came. */
  public long lastNs() {
    return lastNs;
  }

  /** The longest time between two reads that brought something. */
  public long longestStallNs() {
    return longestStallNs;
  }
}
