package io.hawser.bench;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.linux.Ip;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.PortRange;
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
import java.util.List;

/**
 * Hawser on packet sockets at one end of two Ethernet pairs, the kernel's MPTCP at the other: what
 * {@link Pair} is for a TUN device.
 */
final class PacketPair implements AutoCloseable {
  private static final int PATHS = 2;
  private static final int PORT = 5201;
  private static final int CONNECT_MILLIS = 10_000;

  private final List<AutoCloseable> parts = new ArrayList<>();
  private final NetworkNamespace near;
  private final NetworkNamespace far;
  private final Hawser hawser;

  /** Builds it, in namespaces of its own. */
  PacketPair(String congestion) {
    try {
      near = part(NetworkNamespace.anonymous());
      far = part(NetworkNamespace.anonymous());
      Ip nearIp = new Ip(near);
      Ip farIp = new Ip(far);
      Congestion.use(farIp, congestion);
      farIp.mptcp("limits set subflows 4 add_addr_accepted 4");
      for (int n = 1; n <= PATHS; n++) {
        nearIp.veth(device(n), "hwbf" + n, far);
        nearIp.address(device(n), address(n, 1) + "/24");
        farIp.address("hwbf" + n, address(n, 2) + "/24");
        nearIp.up(device(n));
        farIp.up("hwbf" + n);
      }
      farIp.mptcp("endpoint add " + address(2, 2) + " dev hwbf2 subflow signal");
      hawser = part(near.run(() -> open(congestion)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static String device(int path) {
    return "hwbn" + path;
  }

  private static String address(int path, int end) {
    return "10.7" + path + ".2." + end;
  }

  private static Hawser open(String congestion) {
    HawserConfig config = new HawserConfig().name("hawser-bench");
    for (int n = 1; n <= PATHS; n++) {
      config.packetSocket(device(n));
    }
    config.ports(PortRange.ABOVE_EPHEMERAL).ports(PortRange.of(PORT));
    config.connection(ConnectionConfig.multipathDefaults().withCongestionControl(congestion));
    return Hawser.open(config);
  }

  private <T extends AutoCloseable> T part(T made) {
    parts.add(made);
    return made;
  }

  /** One connection from Hawser to the kernel, or the other way, that sends for so long. */
  Transfer.Result transfer(boolean hawserSends, long durationNs) throws IOException {
    return hawserSends ? send(durationNs) : receive(durationNs);
  }

  private Transfer.Result send(long durationNs) throws IOException {
    try (KernelSocket listener =
        far.run(() ->
            KernelSocket.open(false, true).bind(new Endpoint(IpAddress.ANY4, PORT)).listen(8))) {
      HawserSocket socket = hawser.socket();
      socket.connect(
          new InetSocketAddress(InetAddress.getByName(address(1, 2)), PORT), CONNECT_MILLIS);
      return Transfer.run(Stream.of(socket), Stream.of(listener.accept()), durationNs);
    }
  }

  private Transfer.Result receive(long durationNs) throws IOException {
    try (HawserServerSocket listener = hawser.serverSocket()) {
      listener.bind(new InetSocketAddress(InetAddress.getByName(address(1, 1)), PORT));
      Endpoint to = new Endpoint(IpAddress.parse(address(1, 1)), PORT);
      KernelSocket client = far.run(() -> KernelSocket.open(false, true).connect(to));
      return Transfer.run(Stream.of(client), Stream.of(listener.accept()), durationNs);
    }
  }

  @Override
  public void close() {
    for (AutoCloseable one : parts.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IllegalStateException("cannot end a part of the benchmark", e);
      }
    }
    parts.clear();
  }
}
