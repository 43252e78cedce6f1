package io.hawser.bench;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.linux.Ip;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Two Hawser stacks, each on a TUN device of its own; the kernel between them only forwards. The
 * client has two addresses, so its connections have two subflows.
 */
final class LoopbackPair implements AutoCloseable {
  private static final String NEAR = "hwloopa";
  private static final String FAR = "hwloopb";
  private static final String SERVER = "10.73.1.2";
  private static final int PORT = 5201;
  private static final int BACKLOG = 8;
  private static final int CONNECT_MILLIS = 10_000;

  private final List<AutoCloseable> parts = new ArrayList<>();
  private final Hawser client;
  private final HawserServerSocket listener;

  /**
   * Builds it, in a namespace of its own.
   *
   * @throws IOException if the server cannot listen
   */
  LoopbackPair(boolean offload, String congestion) throws IOException {
    try {
      NetworkNamespace between = part(NetworkNamespace.anonymous());
      new Ip(between).sysctl("net/ipv4/ip_forward", "1");
      Hawser server = stack(between, FAR, offload, congestion, "10.73.1");
      client = stack(between, NEAR, offload, congestion, "10.71.1", "10.72.1");
      listener = part(server.serverSocket());
      listener.bind(new InetSocketAddress(InetAddress.getByName(SERVER), PORT), BACKLOG);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A stack with address 2 of each of these networks; the kernel has address 1. */
  private Hawser stack(
      NetworkNamespace in, String name, boolean offload, String congestion, String... networks) {
    TunOptions options = offload ? TunOptions.create() : TunOptions.create().plain();
    TunDevice tun = in.run(() -> TunDevice.open(name, options));
    HawserConfig config = new HawserConfig().name(name);
    Ip ip = new Ip(in);
    for (String network : networks) {
      ip.address(name, network + ".1/24");
      config.address(network + ".2");
    }
    ip.up(name);
    config.connection(ConnectionConfig.multipathDefaults().withCongestionControl(congestion));
    return part(in.run(() -> Hawser.over(tun, config)));
  }

  private <T extends AutoCloseable> T part(T made) {
    parts.add(made);
    return made;
  }

  /** A new connection. */
  HawserSocket connect() throws IOException {
    HawserSocket socket = client.socket();
    socket.connect(new InetSocketAddress(InetAddress.getByName(SERVER), PORT), CONNECT_MILLIS);
    return socket;
  }

  /** The next connection that reaches the server. */
  Stream accept() throws IOException {
    return Stream.of(listener.accept());
  }

  /** One connection that sends from client to server for so long. */
  Transfer.Result transfer(long durationNs) throws IOException {
    HawserSocket from = connect();
    return Transfer.run(Stream.of(from), accept(), durationNs);
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
