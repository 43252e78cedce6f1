package io.hawser.proof;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.Consumer;

/** How large a proof is to be, and where it says what it measured. */
public final class Proof {
  private static final int COLLECTIONS = 3;

  private final double scale;
  private final Consumer<String> out;

  /** Scale 1 is the full size; {@code ./verify} uses a twentieth. */
  public Proof(double scale, Consumer<String> out) {
    this.scale = scale;
    this.out = out;
  }

  /** A count at this scale, at least 1. */
  public int scaled(int full) {
    return Math.max(1, (int) Math.round(full * scale));
  }

  /** Prints a figure beside its bound. */
  public void atMost(String what, double measured, double bound) {
    out.accept(String.format(Locale.ROOT, "  %s: %.3g, at most %.3g", what, measured, bound));
    if (!(measured <= bound)) {
      throw new ProofException(what + ": " + measured + " is more than " + bound);
    }
  }

  /** Prints a figure that has a goal and no bound. */
  public void goal(String what, double measured, double goal) {
    out.accept(String.format(Locale.ROOT, "  %s: %.4g (goal %.4g)", what, measured, goal));
  }

  /** Something that must be so. */
  public void holds(String what, boolean is) {
    if (!is) {
      throw new ProofException("not so: " + what);
    }
  }

  /** Bytes of live objects now. */
  public static long heapBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** What this thread has used of a processor: other processes do not count. */
  public static long cpuNs() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
