package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stream socket of the kernel's own TCP or MPTCP, in the network namespace of the thread that
 * makes it; usable from any thread. Calls block platform threads, and never longer than the
 * socket's time limit.
 */
public final class KernelSocket implements Closeable {
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;
  private static final int SO_LINGER = 13;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int SO_PROTOCOL = 38;
  private static final int IPPROTO_TCP = 6;
  private static final int IPPROTO_MPTCP = 262;
  private static final int TCP_CONGESTION = 13;
  private static final int TCP_IS_MPTCP = 43;
  private static final int SOL_MPTCP = 284;
  private static final int MPTCP_INFO = 1;
  private static final int MPTCP_FULL_INFO = 4;
  private static final int SO_ERROR = 4;
  private static final int TCP_INFO = 11;
  private static final int CLOSED = 1 << 30;
  private static final int FREED = 1 << 29;
  private static final int LEAST_BUFFER_BYTES = 1 << 10;
  private static final int MOST_BUFFER_BYTES = 1 << 18;

  private final int fd;

  /** Calls under way, and the bit {@link #CLOSED}; the last call after closing frees the number. */
  private final AtomicInteger users = new AtomicInteger();

  private volatile long timeoutMillis;
  private MemorySegment inBuffer = MemorySegment.NULL;
  private MemorySegment outBuffer = MemorySegment.NULL;

  private KernelSocket(int fd) {
    this.fd = fd;
  }

  /** An unconnected socket. Limits on waiting are 30 s until {@link #timeout} says otherwise. */
  public static KernelSocket open(boolean v6, boolean mptcp) throws IOException {
    int family = v6 ? SocketCalls.AF_INET6 : SocketCalls.AF_INET;
    int protocol = mptcp ? IPPROTO_MPTCP : IPPROTO_TCP;
    int fd = check(SocketCalls.socket(family, SocketCalls.SOCK_STREAM, protocol), "socket");
    KernelSocket made = new KernelSocket(fd);
    made.timeout(30_000);
    return made;
  }

  private static int check(int result, String what) throws IOException {
    if (result == -Errno.EAGAIN || result == -Errno.EINPROGRESS) {
      throw new SocketTimeoutException(what + " timed out");
    }
    if (result < 0) {
      throw new IOException(what + ": " + Errno.name(-result));
    }
    return result;
  }

  /** A call on the descriptor; its result or {@code -errno}. */
  @FunctionalInterface
  private interface Call {
    long on(int fd);
  }

  /** Calls, again if a signal came; the descriptor stays ours for the time of the call. */
  private long call(Call call) {
    long result = -Errno.EBADF;
    if ((users.getAndIncrement() & CLOSED) == 0) {
      do {
        result = call.on(fd);
      } while (result == -Errno.EINTR);
      if ((users.get() & CLOSED) != 0 && result <= 0) {
        result = -Errno.EBADF;
      }
    }
    if (users.decrementAndGet() == CLOSED) {
      free();
    }
    return result;
  }

  private int checked(String what, Call call) throws IOException {
    return check((int) call(call), what);
  }

  private void free() {
    if (users.compareAndSet(CLOSED, CLOSED | FREED)) {
      Libc.close(fd);
    }
  }

  /** Longest that any call waits; 0: for ever. */
  public KernelSocket timeout(long millis) throws IOException {
    timeoutMillis = millis;
    try (Arena call = Arena.ofConfined()) {
      MemorySegment time = call.allocate(16, 8);
      time.set(JAVA_LONG, 0, millis / 1000);
      time.set(JAVA_LONG, 8, millis % 1000 * 1000);
      checked("SO_RCVTIMEO", n -> SocketCalls.setOption(n, SOL_SOCKET, SO_RCVTIMEO, time));
      checked("SO_SNDTIMEO", n -> SocketCalls.setOption(n, SOL_SOCKET, SO_SNDTIMEO, time));
    }
    return this;
  }

  /** Sets an integer option by Linux's numbers. */
  public KernelSocket option(int level, int name, int value) throws IOException {
    checked("setsockopt " + level + "/" + name, n -> SocketCalls.setOption(n, level, name, value));
    return this;
  }

  /** Congestion control of this socket. */
  public KernelSocket congestion(String name) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment text = call.allocateFrom(name);
      checked(
          "TCP_CONGESTION " + name,
          n -> SocketCalls.setOption(n, IPPROTO_TCP, TCP_CONGESTION, text));
    }
    return this;
  }

  /** Binds; the address may be reused at once. */
  public KernelSocket bind(Endpoint local) throws IOException {
    option(SOL_SOCKET, SO_REUSEADDR, 1);
    checked("bind to " + local, n -> SocketCalls.bind(n, local));
    return this;
  }

  /** Listens. */
  public KernelSocket listen(int backlog) throws IOException {
    checked("listen", n -> SocketCalls.listen(n, backlog));
    return this;
  }

  /** Waits for a connection. */
  public KernelSocket accept() throws IOException {
    // An MPTCP listener does not know SO_RCVTIMEO: its first subflow waits.
    long waitNs = timeoutMillis > 0 ? timeoutMillis * 1_000_000 : -1;
    if (checked("accept", n -> Libc.pollOne(n, Libc.POLLIN, waitNs)) == 0) {
      throw new SocketTimeoutException("accept timed out");
    }
    KernelSocket accepted = new KernelSocket(checked("accept", SocketCalls::accept));
    return accepted.timeout(30_000);
  }

  /** Connects. */
  public KernelSocket connect(Endpoint remote) throws IOException {
    checked("connect to " + remote, n -> connect(n, remote));
    return this;
  }

  private static int connect(int fd, Endpoint remote) {
    int result = SocketCalls.connect(fd, remote);
    if (result != -Errno.EINTR) {
      return result;
    }
    // A signal does not end the attempt: it goes on, and another call would say EALREADY.
    int ready;
    do {
      ready = Libc.pollOne(fd, Libc.POLLOUT, 30_000_000_000L);
    } while (ready == -Errno.EINTR);
    return ready == 0 ? -Errno.EINPROGRESS : -intOption(fd, SOL_SOCKET, SO_ERROR);
  }

  /** Reads up to {@code length} bytes; -1 at the end. One reader at a time. */
  public int read(byte[] into, int offset, int length) throws IOException {
    int most = Math.min(length, MOST_BUFFER_BYTES);
    MemorySegment buffer = inBuffer = atLeast(most, inBuffer);
    int got = checked("read", n -> SocketCalls.recv(n, buffer, most, 0));
    MemorySegment.copy(buffer, JAVA_BYTE, 0, into, offset, got);
    return got == 0 ? -1 : got;
  }

  /** Writes all bytes. One writer at a time. */
  public void write(byte[] from, int offset, int length) throws IOException {
    MemorySegment buffer = outBuffer = atLeast(Math.min(length, MOST_BUFFER_BYTES), outBuffer);
    int done = 0;
    while (done < length) {
      int part = (int) Math.min(length - done, buffer.byteSize());
      MemorySegment.copy(from, offset + done, buffer, JAVA_BYTE, 0, part);
      int sent = 0;
      while (sent < part) {
        MemorySegment rest = buffer.asSlice(sent, part - sent);
        sent += checked("write", n -> SocketCalls.send(n, rest, rest.byteSize(), 0));
      }
      done += part;
    }
  }

  /** The buffer, or a larger one: many connections move a few bytes only. */
  private static MemorySegment atLeast(int bytes, MemorySegment present) {
    if (present.byteSize() >= bytes) {
      return present;
    }
    int larger = Math.max(LEAST_BUFFER_BYTES, Integer.highestOneBit(bytes - 1) << 1);
    return Arena.ofAuto().allocate(larger);
  }

  /** No more bytes from here. */
  public void shutdownOutput() throws IOException {
    checked("shutdown", n -> SocketCalls.shutdown(n, SocketCalls.SHUT_WR));
  }

  /** {@link #close} will reset the connection. */
  public void abortOnClose() throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment linger = call.allocate(8, 4);
      linger.set(JAVA_INT, 0, 1);
      checked("SO_LINGER", n -> SocketCalls.setOption(n, SOL_SOCKET, SO_LINGER, linger));
    }
  }

  /** The local end; 0.0.0.0:0 if there is none. */
  public Endpoint local() {
    return end(false);
  }

  /** The remote end; 0.0.0.0:0 if there is none. */
  public Endpoint remote() {
    return end(true);
  }

  private Endpoint end(boolean peer) {
    Endpoint[] found = {new Endpoint(IpAddress.ANY4, 0)};
    call(n -> {
      found[0] = SocketCalls.name(n, peer);
      return 1;
    });
    return found[0];
  }

  /** True while MPTCP is in use; false for plain TCP and after a fall-back. */
  public boolean isMultipath() {
    return intOption(SOL_SOCKET, SO_PROTOCOL) == IPPROTO_MPTCP
        && intOption(IPPROTO_TCP, TCP_IS_MPTCP) == 1;
  }

  private int intOption(int level, int name) {
    return (int) call(n -> intOption(n, level, name));
  }

  private static int intOption(int fd, int level, int name) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocate(4, 4);
      int length = SocketCalls.option(fd, level, name, value);
      return length < 0 ? length : value.get(JAVA_INT, 0);
    }
  }

  /**
   * The MPTCP connection's facts.
   *
   * @throws IOException EOPNOTSUPP on a plain TCP socket
   */
  public MptcpInfo mptcpInfo() throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocate(MptcpInfo.BYTES, 8);
      checked("MPTCP_INFO", n -> SocketCalls.option(n, SOL_MPTCP, MPTCP_INFO, value));
      return MptcpInfo.read(value);
    }
  }

  /** The TCP connection's facts, of the first subflow if it is MPTCP. */
  public TcpInfo tcpInfo() throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocate(TcpInfo.BYTES, 8);
      checked("TCP_INFO", n -> SocketCalls.option(n, IPPROTO_TCP, TCP_INFO, value));
      return TcpInfo.read(value);
    }
  }

  /** Fills a struct mptcp_full_info. */
  void fullInfo(MemorySegment full) throws IOException {
    checked("MPTCP_FULL_INFO", n -> SocketCalls.option(n, SOL_MPTCP, MPTCP_FULL_INFO, full));
  }

  /** The subflows there are now (MPTCP_FULL_INFO, Linux 6.5); empty for plain TCP. */
  public List<KernelMptcpSocket.Subflow> subflows() {
    try {
      return KernelMptcpSocket.subflows(this);
    } catch (IOException _) {
      // Plain TCP, a fall-back, an older kernel, or closed: there are none to tell of.
      return List.of();
    }
  }

  /** Ends calls under way in other threads, and gives the socket back. Idempotent. */
  @Override
  public void close() {
    int before = users.getAndUpdate(n -> (n & CLOSED) != 0 ? n : (n | CLOSED) + 1);
    if ((before & CLOSED) != 0) {
      return;
    }
    if (before > 0) {
      // Only a shutdown wakes them; the last one out frees the descriptor.
      SocketCalls.shutdown(fd, SocketCalls.SHUT_RDWR);
    }
    if (users.decrementAndGet() == CLOSED) {
      free();
    }
  }
}
