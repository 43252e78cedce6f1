package io.hawser.core.time;

import java.util.Arrays;

/**
 * Deadlines as data: one slot for each constant of an enum, and their minimum. Times are the
 * engine's clock.
 */
public final class TimerTable<T extends Enum<T>> {
  /** No deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  private final long[] deadlines;
  private long next = NEVER;
  private boolean stale;

  /** No timer is set. */
  public TimerTable(Class<T> kinds) {
    deadlines = new long[kinds.getEnumConstants().length];
    Arrays.fill(deadlines, NEVER);
  }

  /** Sets or moves a timer. */
  public void set(T kind, long deadlineNs) {
    int i = kind.ordinal();
    if (deadlines[i] == next && deadlineNs > next) {
      stale = true;
    }
    deadlines[i] = deadlineNs;
    if (!stale && deadlineNs < next) {
      next = deadlineNs;
    }
  }

  /** Takes a timer away. */
  public void clear(T kind) {
    set(kind, NEVER);
  }

  /** Takes all timers away. */
  public void clearAll() {
    Arrays.fill(deadlines, NEVER);
    next = NEVER;
    stale = false;
  }

  /** True if the timer has a deadline. */
  public boolean isSet(T kind) {
    return deadlines[kind.ordinal()] != NEVER;
  }

  /** The timer's deadline, or NEVER. */
  public long deadlineNs(T kind) {
    return deadlines[kind.ordinal()];
  }

  /** The earliest deadline, or NEVER. */
  public long nextNs() {
    if (stale) {
      long least = NEVER;
      for (long deadline : deadlines) {
        least = Math.min(least, deadline);
      }
      next = least;
      stale = false;
    }
    return next;
  }

  /** True once if the timer is due at {@code nowNs}; it is cleared then. */
  public boolean expire(T kind, long nowNs) {
    if (deadlines[kind.ordinal()] > nowNs) {
      return false;
    }
    clear(kind);
    return true;
  }
}
