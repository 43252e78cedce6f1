package io.hawser.socket;

import io.hawser.core.api.ConnectionConfig;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What both kinds of sockets share behind the JDK's classes: options and the closed state. */
abstract class SocketEnd extends SocketImpl implements NewsListener {
  static final long NO_LIMIT = -1;

  final Hawser hawser;
  final AtomicBoolean closed = new AtomicBoolean();
  volatile ConnectionConfig settings;
  volatile int timeoutMillis;
  volatile int lingerSeconds = -1;
  volatile boolean keepAlive;
  volatile boolean reuseAddress;
  private volatile boolean urgentInline;
  private volatile int trafficClass;
  @Nullable Object taken;

  SocketEnd(Hawser hawser, ConnectionConfig settings) {
    this.hawser = hawser;
    this.settings = settings;
  }

  /** Ends at once: the stack is being closed. */
  abstract void abort();

  /** An option that a live connection has to hear of was changed. */
  abstract void settingsChanged(SocketOption<?> option);

  abstract Object boundAddress();

  @Override
  protected void create(boolean stream) throws IOException {
    if (!stream) {
      throw new IOException("datagram sockets are not offered");
    }
    if (!hawser.isOpen()) {
      throw new SocketException("the network stack was closed");
    }
    hawser.opened(this);
  }

  final void ensureOpen() throws SocketException {
    if (closed.get()) {
      throw new SocketException("Socket closed");
    }
    if (!hawser.loop().isRunning()) {
      throw stackEnded();
    }
  }

  final SocketException stackEnded() {
    SocketException e = new SocketException(hawser.loop().ended().getMessage());
    Throwable cause = hawser.loop().failure();
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }

  /** True if nobody should wait any longer. */
  final boolean isDead() {
    return closed.get() || !hawser.loop().isRunning();
  }

  static long deadlineNs(int timeoutMillis) {
    return timeoutMillis <= 0 ? 0 : Math.max(1, System.nanoTime() + timeoutMillis * 1_000_000L);
  }

  @Override
  protected boolean supportsUrgentData() {
    return false;
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    throw new SocketException("Urgent data not supported");
  }

  // ---- options ----

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    return Set.of(
        StandardSocketOptions.SO_SNDBUF,
        StandardSocketOptions.SO_RCVBUF,
        StandardSocketOptions.SO_KEEPALIVE,
        StandardSocketOptions.SO_REUSEADDR,
        StandardSocketOptions.SO_LINGER,
        StandardSocketOptions.TCP_NODELAY,
        StandardSocketOptions.IP_TOS);
  }

  @Override
  protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
    setOption(number(name), value);
  }

  @Override
  @SuppressWarnings("unchecked") // each option's value is of its type
  protected <T> T getOption(SocketOption<T> name) throws IOException {
    return (T) getOption(number(name));
  }

  private int number(SocketOption<?> name) {
    if (!supportedOptions().contains(name)) {
      throw new UnsupportedOperationException("'" + name + "' not supported");
    }
    return switch (name.name()) {
      case "SO_SNDBUF" -> SocketOptions.SO_SNDBUF;
      case "SO_RCVBUF" -> SocketOptions.SO_RCVBUF;
      case "SO_KEEPALIVE" -> SocketOptions.SO_KEEPALIVE;
      case "SO_REUSEADDR" -> SocketOptions.SO_REUSEADDR;
      case "SO_LINGER" -> SocketOptions.SO_LINGER;
      case "TCP_NODELAY" -> SocketOptions.TCP_NODELAY;
      default -> SocketOptions.IP_TOS;
    };
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    ensureOpen();
    switch (option) {
      case SocketOptions.SO_TIMEOUT -> timeoutMillis = (Integer) value;
      case SocketOptions.SO_LINGER -> lingerSeconds = value instanceof Integer i ? i : -1;
      case SocketOptions.SO_OOBINLINE -> urgentInline = (Boolean) value;
      case SocketOptions.SO_REUSEADDR, SocketOptions.SO_REUSEPORT -> reuseAddress = (Boolean) value;
      case SocketOptions.IP_TOS -> trafficClass = (Integer) value;
      case SocketOptions.SO_KEEPALIVE -> {
        keepAlive = (Boolean) value;
        settingsChanged(StandardSocketOptions.SO_KEEPALIVE);
      }
      case SocketOptions.TCP_NODELAY -> {
        settings = settings.withNoDelay((Boolean) value);
        settingsChanged(StandardSocketOptions.TCP_NODELAY);
      }
      case SocketOptions.SO_SNDBUF -> {
        settings = settings.withBuffers(settings.buffers().withSend((Integer) value));
        settingsChanged(StandardSocketOptions.SO_SNDBUF);
      }
      case SocketOptions.SO_RCVBUF -> {
        settings = settings.withBuffers(settings.buffers().withReceive((Integer) value));
        settingsChanged(StandardSocketOptions.SO_RCVBUF);
      }
      default -> throw new SocketException("socket option " + option + " is not known");
    }
  }

  @Override
  public Object getOption(int option) throws SocketException {
    ensureOpen();
    return switch (option) {
      case SocketOptions.SO_TIMEOUT -> timeoutMillis;
      case SocketOptions.SO_LINGER -> lingerSeconds;
      case SocketOptions.SO_OOBINLINE -> urgentInline;
      case SocketOptions.SO_REUSEADDR, SocketOptions.SO_REUSEPORT -> reuseAddress;
      case SocketOptions.IP_TOS -> trafficClass;
      case SocketOptions.SO_KEEPALIVE -> keepAlive;
      case SocketOptions.TCP_NODELAY -> settings.noDelay();
      case SocketOptions.SO_SNDBUF -> settings.sendBufferBytes();
      case SocketOptions.SO_RCVBUF -> settings.receiveBufferBytes();
      case SocketOptions.SO_BINDADDR -> boundAddress();
      default -> throw new SocketException("socket option " + option + " is not known");
    };
  }

  final void freePort() {
    hawser.ports().giveBack(taken);
    taken = null;
  }
}
