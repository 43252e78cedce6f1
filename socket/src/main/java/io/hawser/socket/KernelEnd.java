package io.hawser.socket;

import io.hawser.linux.KernelSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A socket of the kernel's TCP or MPTCP, with the JDK's face. */
final class KernelEnd extends SocketImpl {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_KEEPALIVE = 9;

  private final @Nullable NetworkNamespace namespace;
  private final boolean mptcp;
  private final String congestion;
  private volatile @Nullable KernelSocket socket;
  private volatile boolean closed;
  private volatile boolean noDelay;
  private volatile int timeoutMillis;
  private volatile int receiveBuffer;
  private volatile int sendBuffer;

  /** In this namespace, or in the program's own; {@code congestion} empty: the kernel's choice. */
  KernelEnd(@Nullable NetworkNamespace namespace, boolean mptcp, String congestion) {
    this.namespace = namespace;
    this.mptcp = mptcp;
    this.congestion = congestion;
  }

  /** What is behind it; an exception if nothing is yet. */
  KernelSocket kernel() throws SocketException {
    KernelSocket open = socket;
    if (closed || open == null) {
      throw new SocketException(closed ? "Socket is closed" : "Socket is not connected");
    }
    return open;
  }

  @Override
  protected void create(boolean stream) {}

  private KernelSocket open(boolean v6) throws IOException {
    KernelSocket already = socket;
    if (already != null) {
      return already;
    }
    NetworkNamespace where = namespace;
    KernelSocket made;
    try {
      made = where == null ? make(v6) : where.run(() -> make(v6));
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
    socket = made;
    return made;
  }

  private KernelSocket make(boolean v6) throws IOException {
    KernelSocket made = KernelSocket.open(v6, mptcp);
    try {
      if (!congestion.isEmpty()) {
        made.congestion(congestion);
      }
      apply(made);
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  private void apply(KernelSocket made) throws IOException {
    made.timeout(timeoutMillis);
    if (noDelay) {
      made.option(IPPROTO_TCP, TCP_NODELAY, 1);
    }
    if (receiveBuffer > 0) {
      made.option(SOL_SOCKET, SO_RCVBUF, receiveBuffer);
    }
    if (sendBuffer > 0) {
      made.option(SOL_SOCKET, SO_SNDBUF, sendBuffer);
    }
  }

  @Override
  protected void connect(String host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(InetAddress address, int port) throws IOException {
    connect(new InetSocketAddress(address, port), 0);
  }

  @Override
  protected void connect(SocketAddress remote, int timeout) throws IOException {
    if (!(remote instanceof InetSocketAddress to)) {
      throw new IllegalArgumentException("not an internet address: " + remote);
    }
    if (to.isUnresolved()) {
      throw new UnknownHostException(to.getHostString());
    }
    Endpoint end = endpoint(to.getAddress(), to.getPort());
    KernelSocket made = open(end.address().v6());
    made.timeout(timeout);
    try {
      made.connect(end);
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      throw String.valueOf(e.getMessage()).endsWith("ECONNREFUSED")
          ? (ConnectException) new ConnectException(e.getMessage()).initCause(e)
          : e;
    }
    made.timeout(timeoutMillis);
    address = to.getAddress();
    port = to.getPort();
    localport = made.local().port();
  }

  private static Endpoint endpoint(InetAddress address, int port) {
    return new Endpoint(Addresses.of(address), port);
  }

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    Endpoint wanted = endpoint(host, port);
    if (host.isAnyLocalAddress() && wanted.address().v6()) {
      wanted = new Endpoint(IpAddress.ANY6, port);
    }
    KernelSocket made = open(wanted.address().v6());
    made.bind(wanted);
    localport = made.local().port();
  }

  @Override
  protected void listen(int backlog) throws IOException {
    kernel().listen(backlog <= 0 ? 50 : backlog);
  }

  @Override
  protected void accept(SocketImpl into) throws IOException {
    KernelSocket accepted = kernel().accept();
    KernelEnd end = (KernelEnd) into;
    end.apply(accepted);
    end.socket = accepted;
    Endpoint remote = accepted.remote();
    end.address = Addresses.of(remote.address());
    end.port = remote.port();
    end.localport = accepted.local().port();
  }

  @Override
  protected InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return length == 0 ? 0 : kernel().read(into, offset, length);
      }

      @Override
      public void close() throws IOException {
        KernelEnd.this.close();
      }
    };
  }

  @Override
  protected OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        kernel().write(from, offset, length);
      }

      @Override
      public void close() throws IOException {
        KernelEnd.this.close();
      }
    };
  }

  @Override
  protected int available() {
    return 0;
  }

  @Override
  protected void close() throws IOException {
    closed = true;
    KernelSocket open = socket;
    if (open != null) {
      open.close();
    }
  }

  @Override
  protected void shutdownOutput() throws IOException {
    kernel().shutdownOutput();
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    throw new SocketException("MPTCP has no urgent data");
  }

  @Override
  public void setOption(int id, Object value) throws SocketException {
    switch (id) {
      case SocketOptions.SO_TIMEOUT -> timeoutMillis = (Integer) value;
      case SocketOptions.TCP_NODELAY -> noDelay = (Boolean) value;
      case SocketOptions.SO_RCVBUF -> receiveBuffer = (Integer) value;
      case SocketOptions.SO_SNDBUF -> sendBuffer = (Integer) value;
      case SocketOptions.SO_LINGER -> {
        linger(value);
        return;
      }
      case SocketOptions.SO_KEEPALIVE -> {
        option(SOL_SOCKET, SO_KEEPALIVE, Boolean.TRUE.equals(value) ? 1 : 0);
        return;
      }
      case SocketOptions.SO_REUSEADDR -> {
        return;
      }
      default -> throw new SocketException("option " + id + " is not supported here");
    }
    KernelSocket open = socket;
    if (open != null) {
      try {
        apply(open);
      } catch (IOException e) {
        throw wrapped(e);
      }
    }
  }

  /** Only a reset on close has an effect; the kernel's default is to close in the background. */
  private void linger(Object value) throws SocketException {
    KernelSocket open = socket;
    if (open != null && value.equals(0)) {
      try {
        open.abortOnClose();
      } catch (IOException e) {
        throw wrapped(e);
      }
    }
  }

  private void option(int level, int name, int value) throws SocketException {
    KernelSocket open = socket;
    if (open != null) {
      try {
        open.option(level, name, value);
      } catch (IOException e) {
        throw wrapped(e);
      }
    }
  }

  private static SocketException wrapped(IOException e) {
    SocketException wrapped = new SocketException(e.getMessage());
    wrapped.initCause(e);
    return wrapped;
  }

  @Override
  public Object getOption(int id) throws SocketException {
    return switch (id) {
      case SocketOptions.SO_TIMEOUT -> timeoutMillis;
      case SocketOptions.TCP_NODELAY -> noDelay;
      case SocketOptions.SO_RCVBUF -> receiveBuffer;
      case SocketOptions.SO_SNDBUF -> sendBuffer;
      case SocketOptions.SO_LINGER -> -1;
      case SocketOptions.SO_KEEPALIVE -> false;
      case SocketOptions.SO_REUSEADDR -> true;
      case SocketOptions.SO_BINDADDR -> localAddress();
      default -> throw new SocketException("option " + id + " is not supported here");
    };
  }

  private InetAddress localAddress() throws SocketException {
    return Addresses.of(kernel().local().address());
  }
}
