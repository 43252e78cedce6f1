package io.hawser.socket;

import io.hawser.core.AddressInUseException;
import io.hawser.core.Listener;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is behind a {@link HawserServerSocket}. */
final class ListenEnd extends SocketEnd {
  /** Connections taken out of the stack ahead of accept, so that accept need not ask the loop. */
  private static final int MOST_AHEAD = 64;

  private final ReentrantLock acceptLock = new ReentrantLock();
  private final Parking accepter = new Parking();
  private final ConcurrentLinkedQueue<Connection> ahead = new ConcurrentLinkedQueue<>();
  private final AtomicInteger aheadCount = new AtomicInteger();
  private volatile @Nullable Listener listener;
  private volatile boolean moreMayWait;

  ListenEnd(Hawser hawser, ConnectionConfig settings) {
    super(hawser, settings);
    reuseAddress = true;
  }

  @Override
  protected void bind(InetAddress local, int localPort) throws IOException {
    ensureOpen();
    if (!hawser.owns(local)) {
      throw new BindException("Cannot assign requested address");
    }
    taken = hawser.ports().take(local, localPort, false);
    address = local;
    localport = LocalPorts.portOf(taken);
  }

  @Override
  protected void listen(int backlog) throws IOException {
    ensureOpen();
    // As the JDK's sockets do, the unspecified address takes both families.
    IpAddress at = address.isAnyLocalAddress() ? IpAddress.ANY6 : Addresses.of(address);
    try {
      listener =
          hawser
              .loop()
              .call((stack, nowNs) -> {
                Listener made = stack.listen(new Endpoint(at, localport), backlog, settings);
                made.attach(this);
                return made;
              });
    } catch (AddressInUseException e) {
      freePort();
      BindException busy = new BindException("Address already in use");
      busy.initCause(e);
      throw busy;
    }
    hawser.loop().watchEnd(this);
  }

  @Override
  protected void accept(SocketImpl into) throws IOException {
    StreamEnd end = (StreamEnd) into;
    long deadlineNs = deadlineNs(timeoutMillis);
    acceptLock.lock();
    try {
      Connection connection = next(deadlineNs);
      end.accepted(connection);
    } finally {
      acceptLock.unlock();
    }
  }

  private Connection next(long deadlineNs) throws IOException {
    try {
      while (true) {
        accepter.prepare();
        ensureOpen();
        Connection connection = ahead.poll();
        if (connection != null) {
          aheadCount.decrementAndGet();
          if (moreMayWait && aheadCount.get() < MOST_AHEAD / 2) {
            moreMayWait = false;
            hawser.loop().submit((stack, nowNs) -> fetch());
          }
          return connection;
        }
        long leftNs = NO_LIMIT;
        if (deadlineNs != 0) {
          leftNs = deadlineNs - System.nanoTime();
          if (leftNs <= 0) {
            throw new SocketTimeoutException("Accept timed out");
          }
        }
        accepter.park(leftNs);
      }
    } finally {
      accepter.done();
    }
  }

  /** On the loop's thread. */
  @Override
  public void news(int what) {
    fetch();
    accepter.wake();
  }

  private void fetch() {
    Listener from = listener;
    if (from == null || closed.get()) {
      return;
    }
    do {
      moreMayWait = false;
      while (aheadCount.get() < MOST_AHEAD) {
        Connection connection = from.accept();
        if (connection == null) {
          return;
        }
        connection.attach(new Forwarding());
        ahead.add(connection);
        aheadCount.incrementAndGet();
      }
      moreMayWait = true;
      // Whoever accepts may have taken all of them meanwhile, before it could see that more wait.
    } while (aheadCount.get() < MOST_AHEAD / 2);
  }

  /** Nobody has accepted the connection yet: who does looks at its state then. */
  private static final class Forwarding implements NewsListener {
    @Override
    public void news(int what) {}
  }

  @Override
  protected void close() throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    accepter.wake();
    hawser.loop().unwatchEnd(this);
    hawser.closed(this);
    Listener old = listener;
    if (old != null && hawser.loop().isRunning()) {
      try {
        Object _ =
            hawser
                .loop()
                .call((stack, nowNs) -> {
                  old.close(nowNs);
                  for (Connection c = ahead.poll(); c != null; c = ahead.poll()) {
                    c.abort(nowNs);
                    c.close(nowNs);
                  }
                  return true;
                });
      } catch (IOException e) {
        // The stack ended meanwhile, and the listener with it.
        listener = null;
      }
    }
    freePort();
  }

  @Override
  void abort() {
    try {
      close();
    } catch (IOException e) {
      listener = null;
    }
  }

  @Override
  void settingsChanged(SocketOption<?> option) {}

  @Override
  Object boundAddress() {
    return address;
  }

  // ---- what a listening socket cannot do ----

  private static SocketException listening() {
    return new SocketException("a server socket only accepts");
  }

  @Override
  protected void connect(String host, int remotePort) throws IOException {
    throw listening();
  }

  @Override
  protected void connect(InetAddress remote, int remotePort) throws IOException {
    throw listening();
  }

  @Override
  protected void connect(SocketAddress remote, int millis) throws IOException {
    throw listening();
  }

  @Override
  protected InputStream getInputStream() throws IOException {
    throw listening();
  }

  @Override
  protected OutputStream getOutputStream() throws IOException {
    throw listening();
  }

  @Override
  protected int available() throws IOException {
    throw listening();
  }
}
