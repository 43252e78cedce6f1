package io.hawser.socket;

import io.hawser.core.Stack;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is behind a {@link HawserSocket}. The JDK's {@link java.net.Socket} keeps the order of calls
 * and words the errors of misuse; this moves the bytes.
 */
final class StreamEnd extends SocketEnd {
  /** Most bytes copied before the loop hears of them, so that both work at the same time. */
  private static final int WRITE_BYTES = 128 << 10;

  private final ReentrantLock readLock = new ReentrantLock();
  private final ReentrantLock writeLock = new ReentrantLock();
  private final Parking reader = new Parking();
  private final Parking writer = new Parking();
  private volatile @Nullable Connection connection;
  private volatile @Nullable ConnectionSignal signal;
  private volatile boolean inputShut;
  private volatile boolean outputShut;
  private byte[] firstBytes = {};
  private int firstWritten;

  StreamEnd(Hawser hawser, ConnectionConfig settings) {
    super(hawser, settings);
  }

  @Nullable Connection connectionOrNull() {
    return connection;
  }

  // ---- opening ----

  @Override
  protected void bind(InetAddress local, int localPort) throws IOException {
    ensureOpen();
    if (!hawser.owns(local)) {
      throw new BindException("Cannot assign requested address");
    }
    taken = hawser.ports().take(local, localPort, reuseAddress);
    address = local;
    localport = LocalPorts.portOf(taken);
  }

  @Override
  protected void connect(String host, int remotePort) throws IOException {
    connect(InetAddress.getByName(host), remotePort);
  }

  @Override
  protected void connect(InetAddress remote, int remotePort) throws IOException {
    connect(new InetSocketAddress(remote, remotePort), 0);
  }

  @Override
  protected void connect(SocketAddress remote, int millis) throws IOException {
    if (!(remote instanceof InetSocketAddress to)) {
      throw new IllegalArgumentException("Unsupported address type");
    }
    if (to.isUnresolved()) {
      throw new UnknownHostException(to.getHostName());
    }
    long deadlineNs = deadlineNs(millis);
    writeLock.lock();
    try {
      ensureOpen();
      Connection made = awaitOpen(begin(to), deadlineNs);
      address = to.getAddress();
      port = to.getPort();
      localport = made.local().port();
    } catch (IOException e) {
      // A socket whose connect failed is of no use: the JDK closes it as well.
      close();
      boolean byInterrupt =
          e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException);
      throw byInterrupt ? new SocketException("Closed by interrupt") : e;
    } finally {
      writeLock.unlock();
    }
  }

  /** The loop makes the connection; its thread wakes ours only when the outcome is known. */
  private Attempt begin(InetSocketAddress to) throws IOException {
    Endpoint remote = new Endpoint(Addresses.of(to.getAddress()), to.getPort());
    boolean bound = localport != 0 && address != null && !address.isAnyLocalAddress();
    IpAddress any = remote.address().v6() ? IpAddress.ANY6 : IpAddress.ANY4;
    Endpoint local = new Endpoint(bound ? Addresses.of(address) : any, localport);
    Attempt attempt = new Attempt(local, remote);
    hawser.loop().submit(attempt);
    return attempt;
  }

  /** To connect, on the loop's thread. */
  private final class Attempt implements StackLoop.Command {
    private final Endpoint local;
    private final Endpoint remote;
    volatile @Nullable RuntimeException refused;

    Attempt(Endpoint local, Endpoint remote) {
      this.local = local;
      this.remote = remote;
    }

    @Override
    public void run(Stack stack, long nowNs) {
      if (closed.get()) {
        return;
      }
      try {
        Connection made = stack.connect(local, remote, settings, nowNs);
        // Before the SYN leaves, so that they may ride in it.
        firstWritten = made.write(MemorySegment.ofArray(firstBytes), 0, firstBytes.length);
        begin(made);
        if (closed.get()) {
          // Whoever closed the socket may have looked for the connection too early.
          made.abort(nowNs);
          made.close(nowNs);
        }
      } catch (RuntimeException e) {
        refused = e;
        writer.wake();
      }
    }

    @Override
    public void lost() {
      writer.wake();
    }
  }

  /** On the loop's thread or before anybody else knows this end. */
  private void begin(Connection made) {
    signal = hawser.loop().signal(made);
    made.attach(this);
    connection = made;
  }

  /** What to write first, known before connecting. */
  void connectWith(byte[] bytes) throws IOException {
    ensureOpen();
    firstBytes = bytes;
  }

  /** What of that the send buffer had no room for. */
  void writeRest() throws IOException {
    byte[] all = firstBytes;
    int from = Math.max(0, firstWritten);
    firstBytes = new byte[0];
    if (from < all.length) {
      write(all, from, all.length - from);
    }
  }

  private Connection awaitOpen(Attempt attempt, long deadlineNs) throws IOException {
    Connection made;
    try {
      while (true) {
        writer.prepare();
        ensureOpen();
        RuntimeException refused = attempt.refused;
        if (refused != null) {
          throw refused;
        }
        made = connection;
        if (made != null && made.phase() != Connection.Phase.CONNECTING) {
          break;
        }
        writer.park(left(deadlineNs, "Connect timed out"));
      }
    } finally {
      writer.done();
    }
    Connection.Failure failure = made.failure();
    if (failure != Connection.Failure.NONE) {
      throw Failures.connecting(failure);
    }
    return made;
  }

  private static long left(long deadlineNs, String complaint) throws SocketTimeoutException {
    if (deadlineNs == 0) {
      return NO_LIMIT;
    }
    long leftNs = deadlineNs - System.nanoTime();
    if (leftNs <= 0) {
      throw new SocketTimeoutException(complaint);
    }
    return leftNs;
  }

  /** Becomes the socket of a connection that was accepted. */
  void accepted(Connection made) throws IOException {
    hawser.opened(this);
    begin(made);
    address = Addresses.of(made.remote().address());
    port = made.remote().port();
    localport = made.local().port();
  }

  // ---- moving bytes ----

  private Connection connected() throws SocketException {
    ensureOpen();
    Connection current = connection;
    if (current == null) {
      throw new SocketException("Socket is not connected");
    }
    return current;
  }

  int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    readLock.lock();
    try {
      Connection from = connected();
      if (inputShut) {
        return -1;
      }
      MemorySegment target = MemorySegment.ofArray(into);
      int count = from.read(target, offset, length);
      if (count == 0) {
        count = awaitRead(from, target, offset, length);
      }
      if (count < 0) {
        return endOfStream(from);
      }
      ConnectionSignal to = signal;
      if (to != null && from.windowUpdateDue()) {
        to.didRead();
      }
      return count;
    } finally {
      readLock.unlock();
    }
  }

  private int awaitRead(Connection from, MemorySegment target, int offset, int length)
      throws IOException {
    long deadlineNs = deadlineNs(timeoutMillis);
    try {
      while (true) {
        reader.prepare();
        ensureOpen();
        if (inputShut) {
          return -1;
        }
        int count = from.read(target, offset, length);
        if (count != 0) {
          return count;
        }
        reader.park(left(deadlineNs, "Read timed out"));
      }
    } finally {
      reader.done();
    }
  }

  private int endOfStream(Connection from) throws SocketException {
    Connection.Failure failure = from.failure();
    if (failure == Connection.Failure.NONE || inputShut) {
      return -1;
    }
    ensureOpen();
    throw Failures.transferring(failure, "Connection reset");
  }

  void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    writeLock.lock();
    try {
      Connection to = connected();
      MemorySegment source = MemorySegment.ofArray(from);
      int end = offset + length;
      for (int at = offset; at < end; ) {
        int count = outputShut ? -1 : to.write(source, at, Math.min(WRITE_BYTES, end - at));
        if (count < 0) {
          ensureOpen();
          throw Failures.transferring(to.failure(), "Broken pipe");
        }
        if (count == 0) {
          awaitRoom(to);
          continue;
        }
        at += count;
        Objects.requireNonNull(signal).wrote();
      }
    } finally {
      writeLock.unlock();
    }
  }

  private void awaitRoom(Connection to) throws IOException {
    try {
      while (true) {
        writer.prepare();
        ensureOpen();
        if (outputShut || hasRoom(to)) {
          return;
        }
        writer.park(NO_LIMIT);
      }
    } finally {
      writer.done();
    }
  }

  private boolean hasRoom(Connection to) {
    int enough = Math.max(1, to.sendCapacityBytes() / 3);
    return to.writableBytes() >= enough || to.phase() != Connection.Phase.OPEN;
  }

  /** On the loop's thread. */
  @Override
  public void news(int what) {
    if ((what & (READABLE | CONNECTED | CLOSED)) != 0) {
      reader.wake();
    }
    Connection current = connection;
    // A blocked writer is woken for a third of the buffer, not for every segment acknowledged.
    if ((what & (CONNECTED | CLOSED)) != 0 || current == null || hasRoom(current)) {
      writer.wake();
    }
  }

  @Override
  protected int available() throws IOException {
    Connection from = connected();
    return inputShut ? 0 : (int) Math.min(Integer.MAX_VALUE, from.readableBytes());
  }

  @Override
  protected InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return StreamEnd.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return StreamEnd.this.read(into, offset, length);
      }

      @Override
      public int available() throws IOException {
        return StreamEnd.this.available();
      }

      @Override
      public void close() throws IOException {
        StreamEnd.this.close();
      }
    };
  }

  @Override
  protected OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        StreamEnd.this.write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        StreamEnd.this.write(from, offset, length);
      }

      @Override
      public void close() throws IOException {
        StreamEnd.this.close();
      }
    };
  }

  // ---- closing ----

  @Override
  protected void shutdownInput() throws IOException {
    Connection current = connected();
    inputShut = true;
    reader.wake();
    hawser.loop().submit((stack, nowNs) -> current.shutdownInput(nowNs));
  }

  @Override
  protected void shutdownOutput() throws IOException {
    Connection current = connected();
    outputShut = true;
    writer.wake();
    // A write under way ends first: the stack takes the stream's end as it finds it.
    writeLock.lock();
    try {
      hawser.loop().submit((stack, nowNs) -> current.shutdownOutput(nowNs));
    } finally {
      writeLock.unlock();
    }
  }

  @Override
  protected void close() throws IOException {
    int linger = lingerSeconds;
    if (closed.compareAndSet(false, true)) {
      end(linger == 0);
      Connection current = connection;
      if (linger > 0 && current != null) {
        linger(current, linger);
      }
    }
  }

  @Override
  void abort() {
    if (closed.compareAndSet(false, true)) {
      end(true);
    }
  }

  private void end(boolean abruptly) {
    reader.wake();
    writer.wake();
    // Once both locks were had nobody uses the connection's buffers any more.
    readLock.lock();
    writeLock.lock();
    try {
      Connection current = connection;
      if (current != null) {
        hawser
            .loop()
            .submit((stack, nowNs) -> {
              if (abruptly) {
                current.abort(nowNs);
              }
              current.close(nowNs);
            });
      }
      freePort();
    } finally {
      writeLock.unlock();
      readLock.unlock();
      hawser.closed(this);
    }
  }

  /** SO_LINGER: waits until the peer has everything, or for so long; then it is an abort. */
  private void linger(Connection current, int seconds) throws IOException {
    long deadlineNs = deadlineNs(seconds * 1_000);
    try {
      while (hawser.loop().isRunning()) {
        writer.prepare();
        if (current.phase() == Connection.Phase.CLOSED) {
          return;
        }
        writer.park(left(deadlineNs, "lingered in vain"));
      }
    } catch (SocketTimeoutException e) {
      hawser.loop().submit((stack, nowNs) -> current.abort(nowNs));
    } finally {
      writer.done();
    }
  }

  // ---- settings ----

  @Override
  Object boundAddress() {
    Connection current = connection;
    if (current != null) {
      return Addresses.of(current.local().address());
    }
    return address != null && localport != 0 ? address : Addresses.of(IpAddress.ANY4);
  }

  @Override
  void settingsChanged(SocketOption<?> option) {
    Connection current = connection;
    if (current == null) {
      return;
    }
    ConnectionConfig now = settings;
    if (option == StandardSocketOptions.TCP_NODELAY) {
      hawser.loop().submit((stack, nowNs) -> current.noDelay(now.noDelay(), nowNs));
    } else if (option != StandardSocketOptions.SO_KEEPALIVE) {
      hawser.loop().submit((stack, nowNs) -> current.buffers(now.buffers(), nowNs));
    }
  }

  void settings(ConnectionConfig next) throws IOException {
    ensureOpen();
    if (connection != null) {
      throw new SocketException("already connected");
    }
    settings = next;
  }

  ConnectionStats stats() throws IOException {
    Connection current = connection;
    if (current == null) {
      throw new SocketException("Socket is not connected");
    }
    return hawser.loop().call((stack, nowNs) -> current.snapshot());
  }

  void scheduler(String name) throws IOException {
    Connection current = connection;
    settings = settings.withScheduler(name);
    if (current != null) {
      Object _ =
          hawser
              .loop()
              .call((stack, nowNs) -> {
                current.scheduler(name, nowNs);
                return true;
              });
    }
  }

  void congestionControl(String name) throws IOException {
    Connection current = connection;
    settings = settings.withCongestionControl(name);
    if (current != null) {
      Object _ =
          hawser
              .loop()
              .call((stack, nowNs) -> {
                current.congestionControl(name, nowNs);
                return true;
              });
    }
  }

  // ---- what a connecting socket cannot do ----

  @Override
  protected void listen(int backlog) throws IOException {
    throw new SocketException("a socket that connects cannot listen");
  }

  @Override
  protected void accept(SocketImpl into) throws IOException {
    throw new SocketException("a socket that connects cannot accept");
  }
}
