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

  private static final String TUN = "hwbench";
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
  private final PairOptions options;
  private @Nullable NetworkNamespace clientAt;
  private @Nullable CountingDevice device;
  private @Nullable Cable cable;
  private Door client = Pair::closed;
  private Door server = Pair::closed;

  private Pair(PairOptions options) {
    this.options = options;
  }

  /** Builds it, in namespaces of its own. */
  static Pair open(Kind kind, PairOptions options) throws IOException {
    Pair pair = new Pair(options);
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

  /** One connection that sends from client to server for so long. */
  Transfer.Result transfer(long durationNs) throws IOException {
    Stream from = asClient(this::connect);
    return Transfer.run(from, accept(), durationNs);
  }

  /** The first path, where there are Ethernet pairs. */
  Cable cable() {
    if (cable == null) {
      throw new IllegalStateException("no Ethernet pairs here");
    }
    return cable;
  }

  /** What Hawser sends and receives by. */
  CountingDevice device() {
    if (device == null) {
      throw new IllegalStateException("two kernels have no device of ours");
    }
    return device;
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
    NetworkNamespace b = joined(a);
    server = kernelServer(b);
    clientAt = a;
    client = kernelClient("10.71.1.1");
  }

  /** Another namespace at the far end of the paths. */
  private NetworkNamespace joined(NetworkNamespace a) {
    NetworkNamespace b = part(NetworkNamespace.anonymous());
    Ip ipA = prepared(a);
    Ip ipB = prepared(b);
    for (int n = 1; n <= options.paths(); n++) {
      ipA.veth(near(n), far(n), b);
      ipA.address(near(n), "10.7" + n + ".1.2/24");
      ipB.address(far(n), "10.7" + n + ".1.1/24");
      ipA.up(near(n));
      ipB.up(far(n));
      if (!options.offload()) {
        ipA.command("ethtool", "-K", near(n), "tso", "off", "gso", "off", "gro", "off");
        ipB.command("ethtool", "-K", far(n), "tso", "off", "gso", "off", "gro", "off");
      }
      if (!options.megabits().isEmpty()) {
        shape(ipA, near(n), options.megabits().get(n - 1));
        shape(ipB, far(n), options.megabits().get(n - 1));
      }
    }
    if (options.paths() > 1) {
      ipB.mptcp("endpoint add 10.72.1.1 dev " + far(2) + " signal");
    }
    cable = new Cable(ipA, near(1), ipB, far(1), List.of());
    return b;
  }

  private static String near(int path) {
    return "hwba" + path;
  }

  private static String far(int path) {
    return "hwbb" + path;
  }

  private static void shape(Ip ip, String device, int megabits) {
    ip.command(
        ("tc qdisc add dev "
                + device
                + " root tbf rate "
                + megabits
                + "mbit burst 16kb latency 50ms")
            .split(" "));
  }

  private void hawser(boolean isClient) throws IOException {
    NetworkNamespace namespace = part(NetworkNamespace.anonymous());
    boolean far = !options.megabits().isEmpty();
    NetworkNamespace peer = far ? joined(namespace) : namespace;
    Ip ip = far ? new Ip(namespace) : prepared(namespace);
    TunOptions offloads = TunOptions.create();
    TunOptions tunOptions = options.offload() ? offloads : offloads.plain().withKernelThread();
    TunDevice tun = namespace.run(() -> TunDevice.open(TUN, tunOptions));
    if (options.plainReceive()) {
      ip.command("ethtool", "-K", TUN, "gro", "off");
    }
    HawserConfig config = new HawserConfig().name("hawser-bench");
    for (int n = 1; n <= options.paths(); n++) {
      if (!far) {
        ip.address(TUN, "10.7" + n + ".1.1/24");
      }
      if (far) {
        config.address(IpAddress.parse("10.8" + n + ".1.2"), near(n));
      } else {
        config.address("10.7" + n + ".1.2");
      }
    }
    ip.up(TUN);
    if (far) {
      routes(ip, new Ip(peer));
    }
    ConnectionConfig connections =
        options.multipath() ? ConnectionConfig.multipathDefaults() : ConnectionConfig.tcpDefaults();
    config.connection(connections.withCongestionControl(options.congestion()));
    CountingDevice door = new CountingDevice(tun);
    device = door;
    // There, so that it hears of the carriers of that namespace.
    Hawser hawser = part(namespace.run(() -> Hawser.over(door, config)));
    if (isClient) {
      server = kernelServer(peer);
      client = hawserClient(hawser);
      return;
    }
    if (options.paths() > 1 && !far) {
      ip.mptcp("endpoint add 10.72.1.1 dev " + TUN + " subflow");
    }
    String address = far ? "10.81.1.2" : "10.71.1.2";
    HawserServerSocket listener = part(hawser.serverSocket());
    listener.bind(new InetSocketAddress(InetAddress.getByName(address), PORT), BACKLOG);
    server = () -> Stream.of(noDelay(listener.accept()));
    clientAt = peer;
    client = kernelClient(address);
  }

  /** The namespace with the TUN forwards: each of our addresses by the path of its number. */
  private void routes(Ip ip, Ip peer) {
    ip.sysctl("net/ipv4/ip_forward", "1");
    for (int n = 1; n <= options.paths(); n++) {
      ip.ip("route add 10.8" + n + ".1.2/32 dev " + TUN);
      ip.ip("rule add from 10.8" + n + ".1.2 lookup 10" + n);
      ip.ip(way(n));
      peer.ip("route add 10.8" + n + ".1.0/24 via 10.7" + n + ".1.2 dev " + far(n));
    }
    cable = new Cable(ip, near(1), peer, far(1), List.of(way(1)));
  }

  private static String way(int path) {
    return "route add default via 10.7" + path + ".1.1 dev " + near(path) + " table 10" + path;
  }

  private Ip prepared(NetworkNamespace namespace) {
    Ip ip = new Ip(namespace);
    Congestion.use(ip, options.congestion());
    // Each connection of a run has a port of its own for a minute after its end.
    ip.sysctl("net/ipv4/ip_local_port_range", "1024 65535");
    ip.mptcp("limits set subflows 4 add_addr_accepted 4");
    return ip;
  }

  private Door kernelServer(NetworkNamespace in) throws IOException {
    KernelSocket listener =
        part(
            in.run(() ->
                KernelSocket.open(false, options.multipath())
                    .bind(new Endpoint(IpAddress.ANY4, PORT))
                    .listen(BACKLOG)));
    return () -> Stream.of(listener.accept().option(IPPROTO_TCP, TCP_NODELAY, 1));
  }

  private Door kernelClient(String to) {
    Endpoint remote = new Endpoint(IpAddress.parse(to), PORT);
    return () ->
        Stream.of(
            KernelSocket.open(false, options.multipath())
                .option(IPPROTO_TCP, TCP_NODELAY, 1)
                .connect(remote));
  }

  private static Door hawserClient(Hawser hawser) throws IOException {
    InetSocketAddress remote = new InetSocketAddress(InetAddress.getByName("10.71.1.1"), PORT);
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
