package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.hawser.wire.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waiting on one descriptor that any thread can cut short.
 *
 * <p>A wake-up costs a system call only if the owner sleeps, and an await costs none if a wake-up
 * is pending.
 */
final class WakeSignal implements AutoCloseable {
  private static final int AWAKE = 0;
  private static final int PENDING = 1;
  private static final int ASLEEP = 2;

  private static final int POLLFDS = 0;
  private static final int EVENTFD_REVENTS = 14;
  private static final int TIMESPEC = 16;
  private static final int COUNTER = 32;
  private static final int BYTES = 40;
  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1L);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory = arena.allocate(BYTES, 8);
  private final MemorySegment errnoState = Libc.newState();
  private final AtomicInteger state = new AtomicInteger(AWAKE);
  private final Object closing = new Object();
  private final int eventfd;
  private volatile boolean closed;
  private long tunedThread = -1;

  /** Waits on this descriptor for input. */
  WakeSignal(int fd) {
    eventfd = Libc.eventfd();
    if (eventfd < 0) {
      throw new DeviceException(
          "cannot make an eventfd: "
              + Errno.name(-eventfd)
              + "; if too many files are open, raise the limit with `ulimit -n`");
    }
    memory.set(JAVA_INT, POLLFDS, fd);
    memory.set(JAVA_SHORT, POLLFDS + 4, Libc.POLLIN);
    memory.set(JAVA_INT, POLLFDS + 8, eventfd);
    memory.set(JAVA_SHORT, POLLFDS + 12, Libc.POLLIN);
  }

  /** The owner's wait; a negative time has no end. */
  void await(long timeoutNs) {
    if (timeoutNs == 0 || !state.compareAndSet(AWAKE, ASLEEP)) {
      state.set(AWAKE);
      return;
    }
    sharpenTimer();
    long timespec = 0;
    if (timeoutNs > 0) {
      memory.set(JAVA_LONG, TIMESPEC, timeoutNs / 1_000_000_000L);
      memory.set(JAVA_LONG, TIMESPEC + 8, timeoutNs % 1_000_000_000L);
      timespec = memory.address() + TIMESPEC;
    }
    int ready = Libc.ppoll(memory.address(), 2, timespec, errnoState);
    state.set(AWAKE);
    if (ready > 0 && memory.get(JAVA_SHORT, EVENTFD_REVENTS) != 0) {
      long _ = Libc.nonBlockingRead(eventfd, memory.address() + COUNTER, 8, errnoState);
    }
  }

  /** The kernel may end timed waits 50 us late to save power; pacing needs them on time. */
  private void sharpenTimer() {
    long thread = Thread.currentThread().threadId();
    if (thread != tunedThread) {
      tunedThread = thread;
      Libc.timerSlack(1);
    }
  }

  /** Ends a present or the next await; from any thread, also after {@link #close}. */
  void wakeup() {
    if (state.getAndSet(PENDING) == ASLEEP) {
      synchronized (closing) {
        if (!closed) {
          long _ = Libc.nonBlockingWrite(eventfd, ONE.address(), 8, Libc.state());
        }
      }
    }
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    synchronized (closing) {
      if (!closed) {
        closed = true;
        Libc.close(eventfd);
        arena.close();
      }
    }
  }
}
