package io.hawser.socket;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A place where one thread at a time waits. Usage: {@link #prepare}, look at the condition, {@link
 * #park}, again; at last {@link #done}. A {@link #wake} after the condition came true is never
 * missed.
 */
final class Parking {
  private volatile @Nullable Thread thread;

  /** Of a platform thread; put back by {@link #done}. Owned by the waiting thread. */
  private boolean interrupted;

  void prepare() {
    thread = Thread.currentThread();
  }

  /**
   * Waits until woken, or the time is over, or for no reason. As in the JDK's own sockets, an
   * interrupt ends the wait of a virtual thread and is kept for later by a platform thread.
   *
   * @param timeoutNs negative: no limit
   * @throws InterruptedIOException if a virtual thread is interrupted
   */
  void park(long timeoutNs) throws InterruptedIOException {
    if (timeoutNs < 0) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, timeoutNs);
    }
    Thread current = Thread.currentThread();
    if (current.isVirtual()) {
      if (current.isInterrupted()) {
        throw new InterruptedIOException("interrupted while waiting");
      }
    } else {
      interrupted |= Thread.interrupted();
    }
  }

  void done() {
    thread = null;
    if (interrupted) {
      interrupted = false;
      Thread.currentThread().interrupt();
    }
  }

  /** From any thread. */
  void wake() {
    Thread waiting = thread;
    if (waiting != null) {
      thread = null;
      LockSupport.unpark(waiting);
    }
  }

  /** Waits until it is so, whatever interrupts come; they are put back. */
  void awaitUninterruptibly(BooleanSupplier condition) {
    boolean wasInterrupted = false;
    while (true) {
      prepare();
      if (condition.getAsBoolean()) {
        break;
      }
      LockSupport.park(this);
      wasInterrupted |= Thread.interrupted();
    }
    thread = null;
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
