package io.hawser.cli.driver;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Something to wait at until a condition holds; whoever may have changed it rings. */
final class Bell {
  /** No end of waiting. */
  static final long NEVER = Long.MAX_VALUE;

  private final CopyOnWriteArrayList<Semaphore> waiting = new CopyOnWriteArrayList<>();

  /** Lets everybody look again; from any thread, never blocks. */
  void ring() {
    for (Semaphore one : waiting) {
      one.release();
    }
  }

  void join(Semaphore one) {
    waiting.add(one);
  }

  void leave(Semaphore one) {
    waiting.remove(one);
  }

  /** Waits until the condition holds (true) or the time is reached (false). */
  boolean await(BooleanSupplier condition, long deadlineNs) {
    if (condition.getAsBoolean()) {
      return true;
    }
    Semaphore turn = new Semaphore(0);
    join(turn);
    try {
      while (!condition.getAsBoolean()) {
        if (!sleep(turn, deadlineNs)) {
          return condition.getAsBoolean();
        }
      }
      return true;
    } finally {
      leave(turn);
    }
  }

  /** Sleeps until rung for (true) or the time is reached (false). */
  static boolean sleep(Semaphore turn, long deadlineNs) {
    try {
      if (deadlineNs == NEVER) {
        turn.acquire();
      } else {
        long leftNs = deadlineNs - System.nanoTime();
        if (leftNs <= 0 || !turn.tryAcquire(leftNs, TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      turn.drainPermits();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketError("EINTR");
    }
  }

  /** When a wait of this many microseconds is over; 0 means never. */
  static long deadlineAfterMicros(long micros) {
    return micros <= 0 ? NEVER : System.nanoTime() + micros * 1000;
  }
}
