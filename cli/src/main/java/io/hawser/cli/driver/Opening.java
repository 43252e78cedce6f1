package io.hawser.cli.driver;

import io.hawser.core.AddressInUseException;
import io.hawser.core.Listener;
import io.hawser.core.api.Connection;
import io.hawser.core.api.Connection.Phase;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.FastOpenUse;
import io.hawser.core.mptcp.MptcpConnection;
import io.hawser.core.tcp.FastOpenCache;
import io.hawser.core.tcp.TcpConnection;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** bind, listen, accept, connect and their end, as Linux has them. */
final class Opening {
  private static final int FIRST_EPHEMERAL = 32_768;
  private static final int EPHEMERAL_PORTS = 28_232;

  /** A segment of Ethernet's size less the options' room. */
  private static final int MOST_IN_SYN = 1420;

  private static final byte[] NOTHING = {};

  private final Engine engine;
  private final Descriptors descriptors;
  private final Supplier<ConnectionConfig> defaults;
  private final FastOpenRules fastOpen;

  Opening(
      Engine engine,
      Descriptors descriptors,
      Supplier<ConnectionConfig> defaults,
      FastOpenRules fastOpen) {
    this.engine = engine;
    this.descriptors = descriptors;
    this.defaults = defaults;
    this.fastOpen = fastOpen;
  }

  // ---- bind and listen ----

  void bind(Descriptor socket, Endpoint given) {
    if (socket.bound != null || socket.connection != null || socket.isListening()) {
      throw new SocketError("EINVAL", "already bound");
    }
    boolean any = given.address().isAny();
    Endpoint at = any ? given : socket.inward(given);
    if (given.address().v6() && !socket.v6) {
      throw new SocketError("EAFNOSUPPORT", "an IPv6 address on an IPv4 socket");
    }
    if (!any && !isLocal(at.address()) && !socket.options.isOn("ip FREEBIND")) {
      throw new SocketError("EADDRNOTAVAIL", at.address() + " is no address of this stack");
    }
    socket.bound = claim(socket, at);
  }

  private boolean isLocal(IpAddress address) {
    return engine.ask(now -> engine.stack().addresses().contains(address));
  }

  private Endpoint claim(Descriptor socket, Endpoint at) {
    synchronized (descriptors) {
      if (at.port() != 0) {
        if (descriptors.conflicts(socket, at)) {
          throw new SocketError("EADDRINUSE", at + " is taken");
        }
        return at;
      }
      for (int tries = 0; tries < EPHEMERAL_PORTS; tries++) {
        int port = FIRST_EPHEMERAL + ThreadLocalRandom.current().nextInt(EPHEMERAL_PORTS);
        Endpoint candidate = new Endpoint(at.address(), port);
        if (!descriptors.conflicts(socket, candidate)) {
          return candidate;
        }
      }
      throw new SocketError("EADDRINUSE", "no free port");
    }
  }

  private static Endpoint any(Descriptor socket) {
    return new Endpoint(socket.v6 ? IpAddress.ANY6 : IpAddress.ANY4, 0);
  }

  void listen(Descriptor socket, int backlog) {
    if (socket.isListening()) {
      return;
    }
    if (!socket.isDead() || socket.connecting) {
      throw new SocketError("EINVAL", "connected");
    }
    Endpoint at = socket.bound;
    if (at == null) {
      at = claim(socket, any(socket));
      socket.bound = at;
    }
    Endpoint local = at;
    ConnectionConfig config = config(socket).withFastOpen(fastOpen.listener(socket.options));
    byte[] key = socket.options.fastOpenKey();
    socket.forgetConnection();
    socket.listener =
        engine.ask(now -> {
          try {
            if (key != null) {
              engine.stack().config().fastOpenKey = key;
            }
            Listener made = engine.stack().listen(local, Math.max(0, backlog), config);
            made.attach(socket);
            return made;
          } catch (AddressInUseException e) {
            throw new SocketError("EADDRINUSE", String.valueOf(e.getMessage()));
          }
        });
  }

  private ConnectionConfig config(Descriptor socket) {
    return socket.options.config(defaults.get(), socket.multipath);
  }

  // ---- accept ----

  /** Takes a connection off the stack's queue if none waits here; on the stack's thread. */
  static void refill(Descriptor socket) {
    Listener listener = socket.listener;
    if (listener != null && socket.front == null && !socket.closed) {
      socket.front = listener.accept();
      socket.bell.ring();
    }
  }

  /** Waits for a connection; the new socket has the listener's options. */
  Descriptor accept(Descriptor socket) {
    long deadlineNs = Bell.deadlineAfterMicros(socket.options.number("socket RCVTIMEO"));
    while (true) {
      socket.requireOpen();
      if (!socket.isListening() || socket.readShut) {
        throw new SocketError("EINVAL", "not listening");
      }
      Connection taken = engine.ask(now -> take(socket));
      if (taken != null) {
        return adopt(socket, taken);
      }
      if (socket.nonblocking
          || !socket.await(
              () -> socket.front != null || socket.readShut || !socket.isListening(), deadlineNs)) {
        throw new SocketError("EAGAIN");
      }
    }
  }

  private static @Nullable Connection take(Descriptor socket) {
    refill(socket);
    Connection taken = socket.front;
    socket.front = null;
    refill(socket);
    return taken;
  }

  private Descriptor adopt(Descriptor listener, Connection taken) {
    Descriptor made =
        new Descriptor(listener.v6, listener.multipath, new SocketOptions(listener.options));
    made.connection = taken;
    taken.attach(made);
    engine.tell(now -> OptionEffects.applyAll(made, taken));
    return made;
  }

  // ---- connect ----

  void connect(Descriptor socket, Endpoint given) {
    if (socket.isListening()) {
      throw new SocketError("EISCONN", "listening");
    }
    Connection before = socket.connection;
    if (before != null && !socket.connecting) {
      throw new SocketError("EISCONN");
    }
    if (socket.deferred != null) {
      throw new SocketError("EISCONN", "waiting for the first bytes");
    }
    boolean started = before == null;
    if (started && socket.options.isOn("tcp FASTOPEN_CONNECT") && mayCarry(socket, given)) {
      socket.deferred = given;
      return;
    }
    Connection now = before == null ? start(socket, given) : before;
    boolean failedHere = now.failure() == Connection.Failure.ADDRESS_UNAVAILABLE;
    if (started && socket.nonblocking && !failedHere) {
      // Linux looks no further, however fast the peer answers.
      throw new SocketError("EINPROGRESS");
    }
    boolean waits = !socket.nonblocking;
    if (now.phase() == Phase.CONNECTING && waits) {
      long deadlineNs = Bell.deadlineAfterMicros(socket.options.number("socket SNDTIMEO"));
      waits = socket.await(() -> now.phase() != Phase.CONNECTING, deadlineNs);
    }
    if (now.phase() == Phase.CONNECTING) {
      throw new SocketError(started ? "EINPROGRESS" : "EALREADY");
    }
    finish(socket, now);
  }

  private static void finish(Descriptor socket, Connection now) {
    if (now.phase() == Phase.CLOSED && now.failure() != Connection.Failure.NONE) {
      String failure = socket.takeFailure();
      socket.forgetConnection();
      throw new SocketError(failure == null ? "ECONNABORTED" : failure);
    }
    socket.connecting = false;
  }

  /** True if data could ride in a SYN to there: cookies are not needed, or one is known. */
  private boolean mayCarry(Descriptor socket, Endpoint given) {
    Endpoint remote = socket.inward(given);
    return switch (fastOpen.client(socket.options)) {
      case OFF -> false;
      case WITHOUT_COOKIE -> true;
      case WITH_COOKIE ->
          engine.ask(now -> {
            FastOpenCache cookies = engine.stack().fastOpenCookies();
            return engine.stack().addresses().stream()
                .anyMatch(local -> cookies.cookie(local, remote.address()) != null);
          });
    };
  }

  /**
   * Connects with first bytes (MSG_FASTOPEN, or the write that a deferred connect waited for).
   *
   * @return how many of them went along; one that does not wait takes no more than ride in a SYN
   */
  int startWith(Descriptor socket, Endpoint given, byte[] bytes, int length, boolean waits) {
    FastOpenUse use = fastOpen.client(socket.options);
    if (use == FastOpenUse.OFF) {
      throw new SocketError("EOPNOTSUPP", "net.ipv4.tcp_fastopen does not let clients");
    }
    boolean carries = mayCarry(socket, given);
    int count = waits ? length : carries ? Math.min(length, MOST_IN_SYN) : 0;
    Connection made = start(socket, given, use, bytes, count);
    if (waits) {
      connect(socket, given);
    } else if (made.failure() != Connection.Failure.NONE) {
      finish(socket, made);
    } else if (count == 0) {
      throw new SocketError("EINPROGRESS");
    }
    return (int) socket.writtenBytes;
  }

  private Connection start(Descriptor socket, Endpoint given) {
    boolean asks = socket.options.isOn("tcp FASTOPEN_CONNECT");
    FastOpenUse use = asks ? fastOpen.client(socket.options) : FastOpenUse.OFF;
    return start(socket, given, use, NOTHING, 0);
  }

  /** Sends the SYN. */
  private Connection start(
      Descriptor socket, Endpoint given, FastOpenUse use, byte[] first, int count) {
    Endpoint remote = socket.inward(given);
    Endpoint bound = socket.bound;
    Endpoint local = bound == null ? new Endpoint(anyOf(remote), 0) : bound;
    if (local.address().isAny()) {
      local = new Endpoint(anyOf(remote), local.port());
    } else if (local.address().v6() != remote.address().v6()) {
      throw new SocketError("ENETUNREACH", "bound to the other address family");
    }
    Endpoint from = local;
    ConnectionConfig config = config(socket).withFastOpen(use);
    return engine.ask(now -> {
      Connection made = engine.stack().connect(from, remote, config, now);
      socket.forgetConnection();
      socket.connection = made;
      socket.connecting = true;
      made.attach(socket);
      OptionEffects.applyAll(socket, made);
      socket.writtenBytes = Math.max(0, made.write(MemorySegment.ofArray(first), 0, count));
      made.wrote(now);
      return made;
    });
  }

  private static IpAddress anyOf(Endpoint remote) {
    return remote.address().v6() ? IpAddress.ANY6 : IpAddress.ANY4;
  }

  /** connect(AF_UNSPEC). */
  void disconnect(Descriptor socket) {
    stopListening(socket);
    socket.deferred = null;
    Connection c = socket.connection;
    if (c != null) {
      engine.ask(now -> {
        c.abort(now);
        c.close(now);
        return c;
      });
      socket.forgetConnection();
      socket.bell.ring();
    }
  }

  private void stopListening(Descriptor socket) {
    Listener listener = socket.listener;
    if (listener == null) {
      return;
    }
    engine.ask(now -> {
      socket.listener = null;
      listener.close(now);
      Connection waiting = socket.front;
      socket.front = null;
      if (waiting != null) {
        waiting.abort(now);
        waiting.close(now);
      }
      return listener;
    });
    socket.bell.ring();
  }

  // ---- shutdown and close ----

  void shutdown(Descriptor socket, String how) {
    boolean read = how.equals("rd") || how.equals("rdwr");
    boolean write = how.equals("wr") || how.equals("rdwr");
    if (!read && !write) {
      throw new SocketError("EINVAL", "rd, wr or rdwr");
    }
    if (socket.isListening()) {
      if (read) {
        stopListening(socket);
      }
      return;
    }
    Connection c = socket.connection;
    if (c == null || c.phase() == Phase.CLOSED) {
      throw new SocketError("ENOTCONN");
    }
    if (c.phase() == Phase.CONNECTING) {
      disconnect(socket);
      return;
    }
    socket.readShut |= read;
    socket.writeShut |= write;
    if (write) {
      engine.ask(now -> {
        c.shutdownOutput(now);
        return c;
      });
    }
    socket.bell.ring();
  }

  void close(Descriptor socket) {
    socket.closed = true;
    socket.bell.ring();
    stopListening(socket);
    Connection c = socket.connection;
    if (c == null) {
      return;
    }
    boolean reset = socket.options.closeResets();
    socket.reading.lock();
    try {
      engine.ask(now -> {
        if (reset) {
          c.abort(now);
        }
        c.close(now);
        return c;
      });
    } finally {
      socket.reading.unlock();
    }
    int seconds = socket.options.closeWaitSeconds();
    if (seconds > 0 && !socket.nonblocking) {
      linger(socket, c, System.nanoTime() + seconds * 1_000_000_000L);
    }
  }

  /** Waits until the peer has acknowledged everything, or the time is over. */
  private void linger(Descriptor socket, Connection c, long deadlineNs) {
    boolean done = false;
    while (!done && System.nanoTime() < deadlineNs) {
      done = engine.ask(now -> c.phase() == Phase.CLOSED || isAcknowledged(c));
      if (!done) {
        long lookAgainNs = Math.min(deadlineNs, System.nanoTime() + 20_000_000);
        socket.bell.await(() -> c.phase() == Phase.CLOSED, lookAgainNs);
      }
    }
  }

  private static boolean isAcknowledged(Connection c) {
    TcpConnection tcp = c instanceof MptcpConnection m ? m.firstTcp() : null;
    return tcp == null || tcp.finAcked();
  }
}
