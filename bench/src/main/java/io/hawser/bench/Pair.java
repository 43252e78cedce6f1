package io.hawser.bench;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.linux.Ip;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A client and a server with two paths between them, MPTCP at both ends: two kernels joined by
 * Ethernet pairs, or Hawser on a TUN device and the kernel behind it.
 */
final class Pair implements AutoCloseable {
  /** Who is what. */
  enum Kind {
    KERNELS("kernel-kernel"),
    HAWSER_CLIENT("hawser-kernel"),
    HAWSER_SERVER("kernel-hawser");

    final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private static final int PORT = 5201;
  private static final int BACKLOG = 128;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;
  private static final int CONNECT_MILLIS = 10_000;

  /** Makes one connection from an end, or takes one there. */
  private interface Door {
    Stream open() throws IOException;
  }

  private final List<AutoCloseable> parts = new ArrayList<>();
  private final int paths;
  private final String congestion;
  private @Nullable NetworkNamespace clientAt;
  private Door client = Pair::closed;
  private Door server = Pair::closed;

  private Pair(int paths, String congestion) {
    this.paths = paths;
    this.congestion = congestion;
  }

  /** Builds it, in namespaces of its own, with one path or two. */
  static Pair open(Kind kind, int paths, String congestion) throws IOException {
    Pair pair = new Pair(paths, congestion);
    try {
      switch (kind) {
        case KERNELS -> pair.kernels();
        case HAWSER_CLIENT -> pair.hawser(true);
        case HAWSER_SERVER -> pair.hawser(false);
      }
      return pair;
    } catch (IOException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  /**
   * Runs the client's part where its sockets are made: in its namespace if it is a kernel.
   *
   * @throws IOException as the task
   */
  <T> T asClient(Callable<T> task) throws IOException {
    try {
      return clientAt == null ? task.call() : clientAt.run(task);
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** A new connection; only {@link #asClient}. */
  Stream connect() throws IOException {
    return client.open();
  }

  /** The next connection that reaches the server. */
  Stream accept() throws IOException {
    return server.open();
  }

  private static Stream closed() throws IOException {
    throw new IOException("the pair is not built");
  }

  private <T extends AutoCloseable> T part(T made) {
    parts.add(made);
    return made;
  }

  private void kernels() throws IOException {
    NetworkNamespace a = part(NetworkNamespace.anonymous());
    NetworkNamespace b = part(NetworkNamespace.anonymous());
    Ip ipA = prepared(a);
    Ip ipB = prepared(b);
    for (int n = 1; n <= paths; n++) {
      ipA.veth("hwba" + n, "hwbb" + n, b);
      ipA.address("hwba" + n, "10.7" + n + ".1.2/24");
      ipB.address("hwbb" + n, "10.7" + n + ".1.1/24");
      ipA.up("hwba" + n);
      ipB.up("hwbb" + n);
    }
    if (paths > 1) {
      ipB.mptcp("endpoint add 10.72.1.1 dev hwbb2 signal");
    }
    server = kernelServer(b);
    clientAt = a;
    client = kernelClient("10.71.1.1");
  }

  private void hawser(boolean isClient) throws IOException {
    NetworkNamespace namespace = part(NetworkNamespace.anonymous());
    Ip ip = prepared(namespace);
    TunDevice tun = namespace.run(() -> TunDevice.open("hwbench", TunOptions.create()));
    HawserConfig config = new HawserConfig().name("hawser-bench");
    for (int n = 1; n <= paths; n++) {
      ip.address("hwbench", "10.7" + n + ".1.1/24");
      config.address("10.7" + n + ".1.2");
    }
    ip.up("hwbench");
    config.connection(ConnectionConfig.multipathDefaults().withCongestionControl(congestion));
    Hawser hawser = part(Hawser.over(tun, config));
    if (isClient) {
      server = kernelServer(namespace);
      client = hawserClient(hawser);
      return;
    }
    if (paths > 1) {
      ip.mptcp("endpoint add 10.72.1.1 dev hwbench subflow");
    }
    HawserServerSocket listener = part(hawser.serverSocket());
    listener.bind(new InetSocketAddress(address(2), PORT), BACKLOG);
    server = () -> Stream.of(noDelay(listener.accept()));
    clientAt = namespace;
    client = kernelClient("10.71.1.2");
  }

  private Ip prepared(NetworkNamespace namespace) {
    Ip ip = new Ip(namespace);
    Congestion.use(ip, congestion);
    // Each connection of a run has a port of its own for a minute after its end.
    ip.sysctl("net/ipv4/ip_local_port_range", "1024 65535");
    ip.mptcp("limits set subflows 4 add_addr_accepted 4");
    return ip;
  }

  private Door kernelServer(NetworkNamespace in) throws IOException {
    KernelSocket listener =
        part(
            in.run(() ->
                KernelSocket.open(false, true)
                    .bind(new Endpoint(IpAddress.ANY4, PORT))
                    .listen(BACKLOG)));
    return () -> Stream.of(listener.accept().option(IPPROTO_TCP, TCP_NODELAY, 1));
  }

  private static Door kernelClient(String to) {
    Endpoint remote = new Endpoint(IpAddress.parse(to), PORT);
    return () ->
        Stream.of(
            KernelSocket.open(false, true).option(IPPROTO_TCP, TCP_NODELAY, 1).connect(remote));
  }

  private static Door hawserClient(Hawser hawser) throws IOException {
    InetSocketAddress remote = new InetSocketAddress(address(1), PORT);
    return () -> {
      HawserSocket socket = hawser.socket();
      socket.setTcpNoDelay(true);
      socket.connect(remote, CONNECT_MILLIS);
      return Stream.of(socket);
    };
  }

  private static HawserSocket noDelay(HawserSocket socket) throws IOException {
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static InetAddress address(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {10, 71, 1, (byte) last});
  }

  @Override
  public void close() {
    Collections.reverse(parts);
    for (AutoCloseable one : parts) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IllegalStateException("cannot end a part of the benchmark", e);
      }
    }
    parts.clear();
  }
}
