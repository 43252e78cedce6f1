package io.hawser.linux;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;

/** Two namespaces that two pairs of virtual interfaces connect: 10.78.P.1 and 10.78.P.2. */
final class TwoPaths implements AutoCloseable {
  static final int PORT = 5002;

  final NetworkNamespace client = NetworkNamespace.anonymous();
  final NetworkNamespace server = NetworkNamespace.anonymous();

  TwoPaths() {
    Ip here = new Ip(client);
    Ip there = new Ip(server);
    for (int path = 1; path <= 2; path++) {
      here.veth("hwnc" + path, "hwns" + path, server);
      for (boolean v6 : new boolean[] {false, true}) {
        String suffix = v6 ? "/64" : "/24";
        here.address("hwnc" + path, address(v6, path, 1) + suffix);
        there.address("hwns" + path, address(v6, path, 2) + suffix);
      }
      here.up("hwnc" + path);
      there.up("hwns" + path);
    }
    here.mptcp("limits set subflows 4 add_addr_accepted 4");
    there.mptcp("limits set subflows 4 add_addr_accepted 4");
  }

  static IpAddress address(boolean v6, int path, int end) {
    return IpAddress.parse(v6 ? "fd78:" + path + "::" + end : "10.78." + path + "." + end);
  }

  static Endpoint serverAt(boolean v6, int path) {
    return new Endpoint(address(v6, path, 2), PORT);
  }

  /** A connection with both its ends; a kilobyte has passed, so that it is fully established. */
  final class Pair implements AutoCloseable {
    final KernelSocket listener;
    final KernelSocket clientEnd;
    final KernelSocket serverEnd;

    Pair(boolean v6, boolean mptcp) throws IOException {
      listener = server.run(() -> KernelSocket.open(v6, mptcp));
      listener.bind(new Endpoint(v6 ? IpAddress.ANY6 : IpAddress.ANY4, PORT)).listen(4);
      clientEnd = client.run(() -> KernelSocket.open(v6, mptcp));
      clientEnd.connect(serverAt(v6, 1));
      serverEnd = listener.accept();
      pass(1000);
    }

    void pass(int count) throws IOException {
      byte[] bytes = new byte[count];
      clientEnd.write(bytes, 0, count);
      int got = 0;
      while (got < count) {
        got += serverEnd.read(bytes, 0, count - got);
      }
    }

    @Override
    public void close() {
      clientEnd.close();
      serverEnd.close();
      listener.close();
    }
  }

  Pair connect(boolean v6, boolean mptcp) throws IOException {
    return new Pair(v6, mptcp);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
