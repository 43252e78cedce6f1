package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A netlink socket in one network namespace: requests with their answers, or news of groups that
 * were joined. Any thread may use it; one call at a time goes on.
 */
final class Netlink implements Closeable {
  static final int ROUTE = 0;
  static final int SOCK_DIAG = 4;
  static final int GENERIC = 16;

  private static final int AF_NETLINK = 16;
  private static final int SOCKADDR_BYTES = 12;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOL_NETLINK = 270;
  private static final int ADD_MEMBERSHIP = 1;
  private static final int CAP_ACK = 10;
  private static final int EXT_ACK = 11;
  private static final int NEWS_BUFFER_BYTES = 1 << 20;
  private static final int ANSWER_LIMIT_SECONDS = 5;
  private static final int DUMP_ATTEMPTS = 4;

  private static final int CONTROL = 16;
  private static final int GET_FAMILY = 3;
  private static final int FAMILY_ID = 1;
  private static final int FAMILY_NAME = 2;
  private static final int GROUPS = 7;
  private static final int GROUP_NAME = 1;
  private static final int GROUP_ID = 2;

  private final int fd;
  private final WakeSignal signal;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;
  private int sequence;

  private Netlink(int fd) {
    this.fd = fd;
    this.signal = new WakeSignal(fd);
  }

  /** Opens a socket in a namespace; null is the program's own. */
  static Netlink open(int protocol, @Nullable NetworkNamespace namespace) throws IOException {
    NetworkNamespace where = namespace == null ? NetworkNamespace.ofThisProcess() : namespace;
    int fd = where.run(() -> SocketCalls.socket(AF_NETLINK, SocketCalls.SOCK_RAW, protocol));
    check(fd, "cannot open a netlink socket");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(SOCKADDR_BYTES, 4);
      address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
      check(SocketCalls.bind(fd, address), "cannot bind a netlink socket");
      MemorySegment limit = arena.allocate(16, 8);
      limit.set(JAVA_LONG, 0, ANSWER_LIMIT_SECONDS);
      check(SocketCalls.setOption(fd, SOL_SOCKET, SO_RCVTIMEO, limit), "SO_RCVTIMEO");
      // Kernels before 4.12 answer without words; nothing else depends on these.
      int _ = SocketCalls.setOption(fd, SOL_NETLINK, CAP_ACK, 1);
      int _ = SocketCalls.setOption(fd, SOL_NETLINK, EXT_ACK, 1);
      return new Netlink(fd);
    } catch (IOException e) {
      Libc.close(fd);
      throw e;
    }
  }

  private static int check(int result, String what) throws NetlinkException {
    if (result < 0) {
      throw new NetlinkException(what, -result, "");
    }
    return result;
  }

  /** A family of generic netlink: its number, and those of its groups. */
  record Family(int id, NetlinkAttributes attributes) {
    int group(String name) throws IOException {
      for (ByteBuffer value : attributes.nested(GROUPS).values()) {
        NetlinkAttributes group = NetlinkAttributes.read(value, 0);
        if (group.text(GROUP_NAME).equals(name)) {
          return group.i32(GROUP_ID);
        }
      }
      throw new NetlinkException("the group " + name, Errno.ENOENT, "this kernel has none");
    }
  }

  Family family(String name, String remedy) throws IOException {
    NetlinkRequest request =
        NetlinkRequest.generic(CONTROL, NetlinkRequest.ACK, GET_FAMILY)
            .attribute(FAMILY_NAME, name);
    try {
      NetlinkAttributes found = request("ask for " + name, request).getFirst().attributes(4);
      return new Family(found.u16(FAMILY_ID), found);
    } catch (NetlinkException e) {
      throw e.errno() == Errno.ENOENT
          ? new NetlinkException("the kernel has no " + name, e.errno(), remedy)
          : e;
    }
  }

  /** Subscribes to a group's news; with a large buffer, as news wait while nobody reads. */
  void join(int group, String what) throws IOException {
    int _ = SocketCalls.setOption(fd, SOL_SOCKET, SO_RCVBUF, NEWS_BUFFER_BYTES);
    int result = SocketCalls.setOption(fd, SOL_NETLINK, ADD_MEMBERSHIP, group);
    if (result < 0) {
      throw refused("cannot subscribe to " + what, -result, "");
    }
  }

  /**
   * Sends a request and waits for the end of its answer, for 5 s at most.
   *
   * @throws NetlinkException if the kernel refuses
   */
  List<NetlinkReply> request(String what, NetlinkRequest request) throws IOException {
    lock.lock();
    try {
      for (int attempt = 1; ; attempt++) {
        List<NetlinkReply> answer = attempt(what, request);
        // A list that changed while it was read is read again, but not for ever.
        boolean torn =
            answer.stream().anyMatch(one -> (one.flags() & NetlinkReply.INTERRUPTED) != 0);
        if (!torn || !request.isDump() || attempt == DUMP_ATTEMPTS) {
          return answer;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private List<NetlinkReply> attempt(String what, NetlinkRequest request) throws IOException {
    if (closed) {
      throw new NetlinkException(what, Errno.EBADF, "closed");
    }
    int number = ++sequence;
    MemorySegment bytes = MemorySegment.ofBuffer(request.finish(number));
    long sent = SocketCalls.send(fd, bytes, bytes.byteSize(), 0);
    if (sent < 0) {
      throw refused(what, (int) -sent, "");
    }
    List<NetlinkReply> answer = new ArrayList<>();
    while (true) {
      for (NetlinkReply reply : receive(what, 0)) {
        if (reply.sequence() != number) {
          continue;
        }
        if (reply.type() != NetlinkReply.ERROR && reply.type() != NetlinkReply.DONE) {
          answer.add(reply);
          continue;
        }
        if (reply.errno() > 0) {
          throw refused(what, reply.errno(), reply.reason());
        }
        return answer;
      }
    }
  }

  private static NetlinkException refused(String what, int errno, String reason) {
    String why =
        errno == Errno.EPERM || errno == Errno.EACCES
            ? "it takes CAP_NET_ADMIN in that network namespace: use sudo or `unshare -Urn`"
            : reason;
    return new NetlinkException(what, errno, why);
  }

  private List<NetlinkReply> receive(String what, int flags) throws IOException {
    MemorySegment into = MemorySegment.ofBuffer(buffer.clear());
    long got;
    do {
      got = SocketCalls.recv(fd, into, into.byteSize(), flags | SocketCalls.MSG_TRUNC);
    } while (got == -Errno.EINTR);
    if (got < 0) {
      throw new NetlinkException(what, (int) -got, got == -Errno.EAGAIN ? "no answer" : "");
    }
    if (got > buffer.capacity()) {
      throw new NetlinkException(what, Errno.EIO, "an answer of " + got + " bytes was cut off");
    }
    return NetlinkReply.split(buffer.limit((int) got));
  }

  /**
   * Waits for news of the joined groups.
   *
   * @return empty if the time was over or the socket was closed
   * @throws NetlinkException ENOBUFS if news were lost because nobody read them in time
   */
  List<NetlinkReply> news(long timeoutNs) throws IOException {
    lock.lock();
    try {
      long end = System.nanoTime() + timeoutNs;
      while (!closed) {
        try {
          return receive("news", SocketCalls.MSG_DONTWAIT);
        } catch (NetlinkException e) {
          if (e.errno() != Errno.EAGAIN) {
            throw e;
          }
        }
        long rest = end - System.nanoTime();
        if (rest <= 0) {
          break;
        }
        signal.await(rest);
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** For waiting on it beside other descriptors. */
  int descriptor() {
    return fd;
  }

  /** Whether news wait, or an error; asks the kernel without waiting. */
  boolean hasNews() {
    MemorySegment one = MemorySegment.ofBuffer(buffer);
    return SocketCalls.recv(fd, one, 1, SocketCalls.MSG_PEEK | SocketCalls.MSG_DONTWAIT)
        != -Errno.EAGAIN;
  }

  boolean isClosed() {
    return closed;
  }

  /** Ends a wait for news in another thread. Idempotent. */
  @Override
  public void close() {
    closed = true;
    signal.wakeup();
    lock.lock();
    try {
      if (!signal.isClosed()) {
        signal.close();
        Libc.close(fd);
      }
    } finally {
      lock.unlock();
    }
  }
}
