package io.hawser.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The C library's calls for files, polling, device control and namespaces.
 *
 * <p>Every method returns what the call returned, or {@code -errno} if it failed. Methods named
 * {@code nonBlocking...} hold off the garbage collector's safepoints and may only be used where the
 * call cannot block.
 */
final class Libc {
  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int F_GETFL = 3;
  static final int F_SETFL = 4;
  static final short POLLIN = 1;
  static final short POLLOUT = 4;
  static final int CLONE_NEWNET = 0x4000_0000;
  static final int EFD_NONBLOCK_CLOEXEC = O_NONBLOCK | O_CLOEXEC;
  private static final int PR_SET_TIMERSLACK = 29;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout()
          .varHandle(MemoryLayout.PathElement.groupElement("errno"))
          .withInvokeExactBehavior();
  private static final ThreadLocal<MemorySegment> STATE = ThreadLocal.withInitial(Libc::newState);

  private static final MethodHandle OPEN =
      find("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CLOSE =
      find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final FunctionDescriptor INT_LONG_LONG =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor WRITEV_TYPE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle READ_NOW = findNonBlocking("read", INT_LONG_LONG);
  private static final MethodHandle WRITE_NOW = findNonBlocking("write", INT_LONG_LONG);
  private static final MethodHandle WRITEV_NOW = findNonBlocking("writev", WRITEV_TYPE);
  private static final MethodHandle IOCTL =
      find("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle FCNTL =
      find("fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle PPOLL =
      find("ppoll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle EVENTFD =
      find("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SETNS =
      find("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle UNSHARE =
      find("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle PRCTL =
      find("prctl", 1, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

  private Libc() {}

  /** Memory for the error number of calls; one thread at a time may use it. */
  static MemorySegment newState() {
    return Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
  }

  /** This thread's memory for error numbers. */
  static MemorySegment state() {
    return STATE.get();
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  static MethodHandle find(String name, FunctionDescriptor type) {
    return find(name, -1, type);
  }

  /** A call that may block; {@code firstVariadic} is -1 if the function is not variadic. */
  static MethodHandle find(String name, int firstVariadic, FunctionDescriptor type) {
    List<Linker.Option> options = new ArrayList<>();
    options.add(Linker.Option.captureCallState("errno"));
    if (firstVariadic >= 0) {
      options.add(Linker.Option.firstVariadicArg(firstVariadic));
    }
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), type, options.toArray(Linker.Option[]::new));
  }

  private static MethodHandle findNonBlocking(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        type,
        Linker.Option.captureCallState("errno"),
        Linker.Option.critical(false));
  }

  static AssertionError unexpected(Throwable thrown) {
    return new AssertionError("native call", thrown);
  }

  static int result(int value, MemorySegment state) {
    return value >= 0 ? value : -errno(state);
  }

  static long result(long value, MemorySegment state) {
    return value >= 0 ? value : -errno(state);
  }

  static int open(String path, int flags) {
    MemorySegment state = state();
    try (Arena arena = Arena.ofConfined()) {
      return result((int) OPEN.invokeExact(state, arena.allocateFrom(path), flags), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int close(int fd) {
    MemorySegment state = state();
    try {
      return result((int) CLOSE.invokeExact(state, fd), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long nonBlockingRead(int fd, long address, long count, MemorySegment state) {
    try {
      return result((long) READ_NOW.invokeExact(state, fd, address, count), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long nonBlockingWrite(int fd, long address, long count, MemorySegment state) {
    try {
      return result((long) WRITE_NOW.invokeExact(state, fd, address, count), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long nonBlockingWritev(int fd, long iovecs, int count, MemorySegment state) {
    try {
      return result((long) WRITEV_NOW.invokeExact(state, fd, iovecs, count), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int ioctl(int fd, long request, long argument) {
    MemorySegment state = state();
    try {
      return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int fcntl(int fd, int command, int argument) {
    MemorySegment state = state();
    try {
      return result((int) FCNTL.invokeExact(state, fd, command, argument), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Waits on {@code count} pollfd structures; {@code timespec} 0 means without end. */
  static int ppoll(long pollfds, int count, long timespec, MemorySegment state) {
    try {
      return result((int) PPOLL.invokeExact(state, pollfds, (long) count, timespec, 0L), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Waits for events on one descriptor; 0 if the time was over first. */
  static int pollOne(int fd, short events, long timeoutNs) {
    MemorySegment state = state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(24, 8);
      memory.set(JAVA_INT, 0, fd);
      memory.set(JAVA_SHORT, 4, events);
      memory.set(JAVA_LONG, 8, timeoutNs / 1_000_000_000L);
      memory.set(JAVA_LONG, 16, timeoutNs % 1_000_000_000L);
      long timespec = timeoutNs < 0 ? 0 : memory.address() + 8;
      return ppoll(memory.address(), 1, timespec, state);
    }
  }

  static int eventfd() {
    MemorySegment state = state();
    try {
      return result((int) EVENTFD.invokeExact(state, 0, EFD_NONBLOCK_CLOEXEC), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Moves the calling thread, and no other, into a namespace. */
  static int setns(int fd, int type) {
    MemorySegment state = state();
    try {
      return result((int) SETNS.invokeExact(state, fd, type), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int unshare(int flags) {
    MemorySegment state = state();
    try {
      return result((int) UNSHARE.invokeExact(state, flags), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Lets the calling thread's timed waits end at most this late (the default is 50 us). */
  static int timerSlack(long slackNs) {
    MemorySegment state = state();
    try {
      return result((int) PRCTL.invokeExact(state, PR_SET_TIMERSLACK, slackNs), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }
}
