package io.hawser.core.time;

/**
 * Deadlines as data: one slot for each constant of an enum, and their minimum. Times are the
 * engine's clock.
 */
public final class TimerTable<T extends Enum<T>> {
  /** No deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  public TimerTable(Class<T> kinds) {
    throw new IllegalStateException("written by the policies helper");
  }

  public void set(T kind, long deadlineNs) {
    throw new IllegalStateException();
  }

  public void clear(T kind) {
    throw new IllegalStateException();
  }

  public void clearAll() {
    throw new IllegalStateException();
  }

  public boolean isSet(T kind) {
    throw new IllegalStateException();
  }

  public long deadlineNs(T kind) {
    throw new IllegalStateException();
  }

  /** The earliest deadline, or NEVER. */
  public long nextNs() {
    throw new IllegalStateException();
  }

  /** True once if the timer is due at {@code nowNs}; it is cleared then. */
  public boolean expire(T kind, long nowNs) {
    throw new IllegalStateException();
  }
}
