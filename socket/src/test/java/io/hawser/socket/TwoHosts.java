package io.hawser.socket;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Two stacks joined by a pipe. */
final class TwoHosts implements AutoCloseable {
  static final String CLIENT = "10.9.0.1";
  static final String SERVER = "10.9.0.2";

  final TestPipe wire = TestPipe.create();
  final Hawser client;
  final Hawser server;

  TwoHosts() {
    this(ConnectionConfig.multipathDefaults());
  }

  TwoHosts(ConnectionConfig settings) {
    client = open("test-client", wire, settings, CLIENT, "2001:db8::1");
    server = open("test-server", wire.other(), settings, SERVER, "2001:db8::2");
  }

  private static Hawser open(
      String name, TestPipe device, ConnectionConfig settings, String... addresses) {
    HawserConfig config = new HawserConfig().name(name).connection(settings);
    config.stack().tcp.timeWaitNs = 200_000_000L;
    for (String address : addresses) {
      config.address(IpAddress.parse(address));
    }
    return Hawser.over(device, config);
  }

  static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  HawserServerSocket listen(int port) throws IOException {
    HawserServerSocket listening = server.serverSocket();
    listening.bind(new InetSocketAddress(address(SERVER), port));
    return listening;
  }

  HawserSocket connect(int port) throws IOException {
    HawserSocket socket = client.socket();
    socket.connect(new InetSocketAddress(address(SERVER), port), 10_000);
    return socket;
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
