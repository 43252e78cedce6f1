package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.hawser.wire.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waiting on one descriptor, or on several, that any thread can cut short.
 *
 * <p>A wake-up costs a system call only if the owner sleeps, and an await costs none if a wake-up
 * is pending.
 */
final class WakeSignal implements AutoCloseable {
  private static final int AWAKE = 0;
  private static final int PENDING = 1;
  private static final int ASLEEP = 2;

  private static final int MOST_DESCRIPTORS = 64;
  private static final int POLLFD_BYTES = 8;
  private static final int EVENTS = 4;
  private static final int RETURNED = 6;
  private static final int TIMESPEC = MOST_DESCRIPTORS * POLLFD_BYTES;
  private static final int COUNTER = TIMESPEC + 16;
  private static final int BYTES = COUNTER + 8;
  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1L);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory = arena.allocate(BYTES, 8);
  private final MemorySegment errnoState = Libc.newState();
  private final AtomicInteger state = new AtomicInteger(AWAKE);
  private final Object closing = new Object();
  private final int eventfd;
  private volatile boolean closed;
  private long tunedThread = -1;

  private int descriptors;

  /** Waits for nothing but {@link #wakeup} until {@link #watch} says more. */
  WakeSignal() {
    eventfd = Libc.eventfd();
    if (eventfd < 0) {
      throw new DeviceException(
          "cannot make an eventfd: "
              + Errno.name(-eventfd)
              + "; if too many files are open, raise the limit with `ulimit -n`");
    }
    int _ = watch(eventfd);
  }

  /** Waits on this descriptor for input. */
  WakeSignal(int fd) {
    this();
    int _ = watch(fd);
  }

  /** Waits on one more descriptor for input; its place. */
  int watch(int fd) {
    if (descriptors == MOST_DESCRIPTORS) {
      throw new DeviceException("nobody waits on more than " + MOST_DESCRIPTORS + " descriptors");
    }
    int place = descriptors++;
    memory.set(JAVA_INT, (long) place * POLLFD_BYTES, fd);
    memory.set(JAVA_SHORT, (long) place * POLLFD_BYTES + EVENTS, Libc.POLLIN);
    return place;
  }

  /** Whether a wait ends too when this descriptor takes output. */
  void output(int place, boolean wanted) {
    int events = wanted ? Libc.POLLIN | Libc.POLLOUT : Libc.POLLIN;
    memory.set(JAVA_SHORT, (long) place * POLLFD_BYTES + EVENTS, (short) events);
  }

  /** Whether the last wait found something to do at this descriptor. */
  boolean ready(int place) {
    return memory.get(JAVA_SHORT, (long) place * POLLFD_BYTES + RETURNED) != 0;
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
    int ready = Libc.ppoll(memory.address(), descriptors, timespec, errnoState);
    state.set(AWAKE);
    if (ready > 0 && ready(0)) {
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
