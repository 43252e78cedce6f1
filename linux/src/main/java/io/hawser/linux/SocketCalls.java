package io.hawser.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.hawser.wire.Bytes;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The C library's socket calls; results are values or {@code -errno}, as in {@link Libc}. */
final class SocketCalls {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOCK_RAW = 3;
  static final int MSG_PEEK = 2;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_TRUNC = 0x20;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int SHUT_RD = 0;
  static final int SHUT_WR = 1;
  static final int SHUT_RDWR = 2;

  /** Bytes of a sockaddr_storage. */
  static final int STORAGE_BYTES = 128;

  private static final int SOCKADDR_IN_BYTES = 16;
  private static final int SOCKADDR_IN6_BYTES = 28;

  private static final FunctionDescriptor NAME_TYPE =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final FunctionDescriptor ADDRESS_TYPE =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final FunctionDescriptor TRANSFER_TYPE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final FunctionDescriptor INT_INT =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

  // Each is linked when it is called first: linking takes longer than most programs make calls.

  private static final class Socket {
    static final MethodHandle CALL =
        Libc.find("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  }

  private static final class Bind {
    static final MethodHandle CALL = Libc.find("bind", ADDRESS_TYPE);
  }

  private static final class Connect {
    static final MethodHandle CALL = Libc.find("connect", ADDRESS_TYPE);
  }

  private static final class Listen {
    static final MethodHandle CALL = Libc.find("listen", INT_INT);
  }

  private static final class Accept4 {
    static final MethodHandle CALL =
        Libc.find("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  }

  private static final class Shutdown {
    static final MethodHandle CALL = Libc.find("shutdown", INT_INT);
  }

  private static final class Recv {
    static final MethodHandle CALL = Libc.find("recv", TRANSFER_TYPE);
  }

  private static final class Send {
    static final MethodHandle CALL = Libc.find("send", TRANSFER_TYPE);
  }

  private static final class Getsockname {
    static final MethodHandle CALL = Libc.find("getsockname", NAME_TYPE);
  }

  private static final class Getpeername {
    static final MethodHandle CALL = Libc.find("getpeername", NAME_TYPE);
  }

  private static final class Setsockopt {
    static final MethodHandle CALL =
        Libc.find(
            "setsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  }

  private static final class Getsockopt {
    static final MethodHandle CALL =
        Libc.find(
            "getsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  }

  private SocketCalls() {}

  static int socket(int family, int type, int protocol) {
    MemorySegment state = Libc.state();
    try {
      return Libc.result(
          (int) Socket.CALL.invokeExact(state, family, type | SOCK_CLOEXEC, protocol), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int bind(int fd, Endpoint local) {
    return withAddress(Bind.CALL, fd, local);
  }

  /** Binds to an address of another family, given as its structure. */
  static int bind(int fd, MemorySegment address) {
    MemorySegment state = Libc.state();
    try {
      return Libc.result(
          (int) Bind.CALL.invokeExact(state, fd, address, (int) address.byteSize()), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int connect(int fd, Endpoint remote) {
    return withAddress(Connect.CALL, fd, remote);
  }

  private static int withAddress(MethodHandle call, int fd, Endpoint endpoint) {
    MemorySegment state = Libc.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = write(arena, endpoint);
      int length = (int) address.byteSize();
      return Libc.result((int) call.invokeExact(state, fd, address, length), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int listen(int fd, int backlog) {
    MemorySegment state = Libc.state();
    try {
      return Libc.result((int) Listen.CALL.invokeExact(state, fd, backlog), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int accept(int fd) {
    MemorySegment state = Libc.state();
    try {
      return Libc.result(
          (int)
              Accept4.CALL.invokeExact(
                  state, fd, MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC),
          state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int shutdown(int fd, int how) {
    MemorySegment state = Libc.state();
    try {
      return Libc.result((int) Shutdown.CALL.invokeExact(state, fd, how), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static long recv(int fd, MemorySegment into, long count, int flags) {
    MemorySegment state = Libc.state();
    try {
      return Libc.result((long) Recv.CALL.invokeExact(state, fd, into, count, flags), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** Sends without SIGPIPE. */
  static long send(int fd, MemorySegment from, long count, int flags) {
    MemorySegment state = Libc.state();
    try {
      return Libc.result(
          (long) Send.CALL.invokeExact(state, fd, from, count, flags | MSG_NOSIGNAL), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int setOption(int fd, int level, int name, MemorySegment value) {
    MemorySegment state = Libc.state();
    try {
      return Libc.result(
          (int) Setsockopt.CALL.invokeExact(state, fd, level, name, value, (int) value.byteSize()),
          state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int setOption(int fd, int level, int name, int value) {
    try (Arena arena = Arena.ofConfined()) {
      return setOption(fd, level, name, arena.allocateFrom(JAVA_INT, value));
    }
  }

  /** Fills {@code value}; the number of bytes the kernel had, or {@code -errno}. */
  static int option(int fd, int level, int name, MemorySegment value) {
    MemorySegment state = Libc.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
      int result = (int) Getsockopt.CALL.invokeExact(state, fd, level, name, value, length);
      return result < 0 ? -Libc.errno(state) : length.get(JAVA_INT, 0);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** The local endpoint, or the peer's; port -1 is never returned: 0.0.0.0:0 if there is none. */
  static Endpoint name(int fd, boolean peer) {
    MemorySegment state = Libc.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(STORAGE_BYTES, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, STORAGE_BYTES);
      int result =
          peer
              ? (int) Getpeername.CALL.invokeExact(state, fd, address, length)
              : (int) Getsockname.CALL.invokeExact(state, fd, address, length);
      return result < 0 ? new Endpoint(IpAddress.ANY4, 0) : read(address, 0);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** A sockaddr_in or sockaddr_in6. */
  static MemorySegment write(Arena arena, Endpoint endpoint) {
    boolean v6 = endpoint.address().v6();
    MemorySegment out = arena.allocate(v6 ? SOCKADDR_IN6_BYTES : SOCKADDR_IN_BYTES, 8);
    out.set(JAVA_SHORT, 0, (short) (v6 ? AF_INET6 : AF_INET));
    Bytes.put16(out, 2, endpoint.port());
    byte[] address = endpoint.address().bytes();
    MemorySegment.copy(address, 0, out, JAVA_BYTE, v6 ? 8 : 4, address.length);
    return out;
  }

  /** Reads a socket address; an unknown family gives 0.0.0.0:0. */
  static Endpoint read(MemorySegment from, long offset) {
    int family = from.get(JAVA_SHORT, offset);
    if (family != AF_INET && family != AF_INET6) {
      return new Endpoint(IpAddress.ANY4, 0);
    }
    boolean v6 = family == AF_INET6;
    byte[] address = new byte[v6 ? 16 : 4];
    MemorySegment.copy(from, JAVA_BYTE, offset + (v6 ? 8 : 4), address, 0, address.length);
    return new Endpoint(IpAddress.of(address), Bytes.u16(from, offset + 2));
  }
}
