package io.hawser.cli.driver;

import io.hawser.core.Listener;
import io.hawser.core.api.Connection;
import io.hawser.core.api.Connection.Failure;
import io.hawser.core.api.Connection.Phase;
import io.hawser.socket.NewsListener;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One socket as a program sees it, and what it is now: unconnected, listening, connecting or
 * connected. Sessions change it; the stack's thread rings its bell.
 */
final class Descriptor implements NewsListener {
  final boolean v6;
  final boolean multipath;
  final SocketOptions options;

  /** Rung whenever something about this socket may have changed. */
  final Bell bell = new Bell();

  /** Held for the moment of a read or peek, never while waiting. */
  final ReentrantLock reading = new ReentrantLock();

  /** Held for the moment of a write, never while waiting. */
  final ReentrantLock writing = new ReentrantLock();

  volatile boolean nonblocking;

  /** Closed by a program: every call that waits for it ends. */
  volatile boolean closed;

  /** What bind was called with, its port filled in. */
  volatile @Nullable Endpoint bound;

  volatile @Nullable Listener listener;

  /** The connection that the next accept takes. */
  volatile @Nullable Connection front;

  volatile @Nullable Connection connection;

  /** Where connect was told to go by a socket that waits for its first bytes (FASTOPEN_CONNECT). */
  volatile @Nullable Endpoint deferred;

  /** connect was called and its result was not told yet. */
  volatile boolean connecting;

  volatile boolean readShut;
  volatile boolean writeShut;

  /** The connection's failure was told once; after that there is only the end of the stream. */
  volatile boolean failureTold;

  /** The last write said that more comes, so a partial segment waits. */
  volatile boolean moreComes;

  /** Bytes that writes took. */
  volatile long writtenBytes;

  Descriptor(boolean v6, boolean multipath, SocketOptions options) {
    this.v6 = v6;
    this.multipath = multipath;
    this.options = options;
  }

  @Override
  public void news(int what) {
    if ((what & ACCEPTABLE) != 0) {
      Opening.refill(this);
    }
    bell.ring();
  }

  /** Forgets the connection: the socket may connect again. */
  void forgetConnection() {
    connection = null;
    connecting = false;
    deferred = null;
    readShut = false;
    writeShut = false;
    failureTold = false;
    writtenBytes = 0;
  }

  /** Waits; a close by another session ends it. */
  boolean await(BooleanSupplier condition, long deadlineNs) {
    boolean held = bell.await(() -> closed || condition.getAsBoolean(), deadlineNs);
    requireOpen();
    return held;
  }

  void requireOpen() {
    if (closed) {
      throw new SocketError("EBADF", "closed by another session");
    }
  }

  boolean isListening() {
    return listener != null;
  }

  /** Neither listening nor with a living connection. */
  boolean isDead() {
    Connection c = connection;
    return listener == null && (c == null || c.phase() == Phase.CLOSED);
  }

  // ---- failures ----

  /** The failure that was not told yet, or null. */
  @Nullable String pendingFailure() {
    Connection c = connection;
    return c == null || failureTold ? null : name(c.failure(), bound);
  }

  /** The same; it is told now. */
  @Nullable String takeFailure() {
    String failure = pendingFailure();
    if (failure != null) {
      failureTold = true;
    }
    return failure;
  }

  private static @Nullable String name(Failure failure, @Nullable Endpoint bound) {
    return switch (failure) {
      case NONE, ABORTED -> null;
      case REFUSED -> "ECONNREFUSED";
      case RESET -> "ECONNRESET";
      case TIMED_OUT -> "ETIMEDOUT";
      case UNREACHABLE -> "EHOSTUNREACH";
      case ADDRESS_UNAVAILABLE -> bound == null ? "ENETUNREACH" : "EADDRNOTAVAIL";
    };
  }

  // ---- addresses ----

  /** An address as the stack has it; an IPv6 socket takes v4-mapped ones. */
  Endpoint inward(Endpoint given) {
    IpAddress address = given.address();
    if (address.v6() && !v6) {
      throw new SocketError("EAFNOSUPPORT", "an IPv6 address on an IPv4 socket");
    }
    if (address.isV4Mapped() && options.isOn("ipv6 V6ONLY")) {
      throw new SocketError("ENETUNREACH", "IPv4 on an IPv6-only socket");
    }
    return new Endpoint(address.unmapped(), given.port());
  }

  /** An address as a program sees it: {@code ADDR PORT}. */
  String outward(Endpoint of) {
    IpAddress address = of.address();
    if (v6) {
      address = address.equals(IpAddress.ANY4) ? IpAddress.ANY6 : address.mapped();
    }
    return address + " " + of.port();
  }

  /** What getsockname says. */
  String name() {
    Connection c = connection;
    Listener l = listener;
    Endpoint at = c != null ? c.local() : l != null ? l.local() : bound;
    return outward(at == null ? new Endpoint(IpAddress.ANY4, 0) : at);
  }
}
