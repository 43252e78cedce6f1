package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hawser.wire.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

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
  private static final int MPTCP_FULL_INFO = 4;

  /** One subflow as MPTCP_FULL_INFO tells. */
  public record SubflowInfo(
      Endpoint local, Endpoint remote, long rttMicros, int cwnd, long bytesAcked, long bytesIn) {}

  private final int fd;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment inBuffer = arena.allocate(1 << 18);
  private final MemorySegment outBuffer = arena.allocate(1 << 18);

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

  /** Longest that any call waits. */
  public KernelSocket timeout(long millis) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment time = call.allocate(16, 8);
      time.set(JAVA_LONG, 0, millis / 1000);
      time.set(JAVA_LONG, 8, millis % 1000 * 1000);
      check(SocketCalls.setOption(fd, SOL_SOCKET, SO_RCVTIMEO, time), "SO_RCVTIMEO");
      check(SocketCalls.setOption(fd, SOL_SOCKET, SO_SNDTIMEO, time), "SO_SNDTIMEO");
    }
    return this;
  }

  /** Sets an integer option by Linux's numbers. */
  public KernelSocket option(int level, int name, int value) throws IOException {
    check(SocketCalls.setOption(fd, level, name, value), "setsockopt " + level + "/" + name);
    return this;
  }

  /** Congestion control of this socket. */
  public KernelSocket congestion(String name) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment text = call.allocateFrom(name);
      int result = SocketCalls.setOption(fd, IPPROTO_TCP, TCP_CONGESTION, text);
      check(result, "TCP_CONGESTION " + name);
    }
    return this;
  }

  /** Binds; the address may be reused at once. */
  public KernelSocket bind(Endpoint local) throws IOException {
    option(SOL_SOCKET, SO_REUSEADDR, 1);
    check(SocketCalls.bind(fd, local), "bind to " + local);
    return this;
  }

  /** Listens. */
  public KernelSocket listen(int backlog) throws IOException {
    check(SocketCalls.listen(fd, backlog), "listen");
    return this;
  }

  /** Waits for a connection. */
  public KernelSocket accept() throws IOException {
    KernelSocket accepted = new KernelSocket(check(SocketCalls.accept(fd), "accept"));
    return accepted.timeout(30_000);
  }

  /** Connects. */
  public KernelSocket connect(Endpoint remote) throws IOException {
    check(SocketCalls.connect(fd, remote), "connect to " + remote);
    return this;
  }

  /** Reads up to {@code length} bytes; -1 at the end. One reader at a time. */
  public int read(byte[] into, int offset, int length) throws IOException {
    int most = (int) Math.min(length, inBuffer.byteSize());
    int got = check((int) SocketCalls.recv(fd, inBuffer, most, 0), "read");
    MemorySegment.copy(inBuffer, JAVA_BYTE, 0, into, offset, got);
    return got == 0 ? -1 : got;
  }

  /** Writes all bytes. One writer at a time. */
  public void write(byte[] from, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int part = (int) Math.min(length - done, outBuffer.byteSize());
      MemorySegment.copy(from, offset + done, outBuffer, JAVA_BYTE, 0, part);
      int sent = 0;
      while (sent < part) {
        MemorySegment rest = outBuffer.asSlice(sent);
        sent += check((int) SocketCalls.send(fd, rest, part - sent, 0), "write");
      }
      done += part;
    }
  }

  /** No more bytes from here. */
  public void shutdownOutput() throws IOException {
    check(SocketCalls.shutdown(fd, SocketCalls.SHUT_WR), "shutdown");
  }

  /** {@link #close} will reset the connection. */
  public void abortOnClose() throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment linger = call.allocate(8, 4);
      linger.set(JAVA_INT, 0, 1);
      check(SocketCalls.setOption(fd, SOL_SOCKET, SO_LINGER, linger), "SO_LINGER");
    }
  }

  /** The local end. */
  public Endpoint local() {
    return SocketCalls.name(fd, false);
  }

  /** The remote end. */
  public Endpoint remote() {
    return SocketCalls.name(fd, true);
  }

  /** True while MPTCP is in use; false for plain TCP and after a fall-back. */
  public boolean isMultipath() {
    return intOption(SOL_SOCKET, SO_PROTOCOL) == IPPROTO_MPTCP
        && intOption(IPPROTO_TCP, TCP_IS_MPTCP) == 1;
  }

  private int intOption(int level, int name) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocate(4, 4);
      int length = SocketCalls.option(fd, level, name, value);
      return length < 0 ? length : value.get(JAVA_INT, 0);
    }
  }

  /** The subflows there are now (MPTCP_FULL_INFO, Linux 6.5); empty for plain TCP. */
  public List<SubflowInfo> subflows() {
    int most = 16;
    int tcpBytes = 256;
    int infoBytes = 264;
    List<SubflowInfo> all = new ArrayList<>();
    try (Arena call = Arena.ofConfined()) {
      MemorySegment tcp = call.allocate((long) most * tcpBytes, 8);
      MemorySegment info = call.allocate((long) most * infoBytes, 8);
      MemorySegment full = call.allocate(256, 8);
      full.set(JAVA_INT, 4, tcpBytes);
      full.set(JAVA_INT, 12, infoBytes);
      full.set(JAVA_INT, 20, most);
      full.set(JAVA_LONG, 24, info.address());
      full.set(JAVA_LONG, 32, tcp.address());
      if (SocketCalls.option(fd, SOL_MPTCP, MPTCP_FULL_INFO, full.asSlice(0, 136)) < 0) {
        return all;
      }
      int count = Math.min(most, full.get(JAVA_INT, 16));
      for (int i = 0; i < count; i++) {
        long t = (long) i * tcpBytes;
        long s = (long) i * infoBytes;
        all.add(
            new SubflowInfo(
                SocketCalls.read(info, s + 8),
                SocketCalls.read(info, s + 136),
                Integer.toUnsignedLong(tcp.get(JAVA_INT, t + 68)),
                tcp.get(JAVA_INT, t + 80),
                tcp.get(JAVA_LONG, t + 120),
                tcp.get(JAVA_LONG, t + 128)));
      }
    }
    return all;
  }

  /** Wakes a thread that waits in this socket, and gives it back. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      SocketCalls.shutdown(fd, SocketCalls.SHUT_RD);
      Libc.close(fd);
    }
  }
}
