package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Linux kernel as the peer, in both roles, over a clean TUN. */
@NeedsNetworkNamespaces
class KernelPeerTest {
  static InetSocketAddress java(IpAddress address, int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(address.bytes()), port);
  }

  @ParameterizedTest(name = "v6 {0} mptcp {1} paths {2} offloads {3} checksums {4}")
  @CsvSource({
    "false,false,1,true,false",
    "false,true,1,true,false",
    "false,true,2,true,false",
    "true,false,1,true,false",
    "true,true,1,true,false",
    "true,true,2,true,false",
    "false,true,2,false,false",
    "false,true,2,true,true",
    "true,true,2,false,true",
  })
  void hawserConnects_bothWays_arrivesIntact(
      boolean v6, boolean mptcp, int paths, boolean vnetHeader, boolean checksums)
      throws IOException {
    try (KernelWorld world = KernelWorld.direct(vnetHeader, paths)) {
      if (checksums) {
        world.ip.sysctl("net.mptcp.checksum_enabled", "1");
      }
      try (KernelSocket listener = world.kernelListener(v6, mptcp);
          HawserSocket socket = world.hawser.socket()) {
        int port = listener.local().port();
        socket.connect(java(KernelWorld.kernelAddress(1, v6), port), 10_000);
        try (KernelSocket peer = listener.accept()) {
          new Exchange(16_000_000, 50_000).run(socket, peer);
          assertThat(socket.multipath()).isEqualTo(mptcp);
          int subflows = socket.stats().subflows().size();
          assertThat(subflows).isGreaterThanOrEqualTo(mptcp ? paths : 1);
        }
      }
    }
  }

  @ParameterizedTest(name = "v6 {0} mptcp {1} paths {2} offloads {3}")
  @CsvSource({
    "false,false,1,true",
    "false,true,1,true",
    "false,true,2,true",
    "true,false,1,true",
    "true,true,2,true",
    "false,true,2,false",
  })
  void kernelConnects_bothWays_arrivesIntact(
      boolean v6, boolean mptcp, int paths, boolean vnetHeader) throws IOException {
    try (KernelWorld world = KernelWorld.direct(vnetHeader, 1)) {
      if (paths > 1) {
        IpAddress second = KernelWorld.kernelAddress(2, v6);
        world.ip.mptcp("endpoint add " + second + " dev hwi0 subflow");
      }
      try (HawserServerSocket listener = world.hawser.serverSocket()) {
        listener.bind(java(KernelWorld.hawserAddress(1, v6), 0));
        int port = listener.getLocalPort();
        Endpoint to = new Endpoint(KernelWorld.hawserAddress(1, v6), port);
        try (KernelSocket client = world.kernelClient(to, mptcp);
            HawserSocket socket = (HawserSocket) listener.accept()) {
          new Exchange(16_000_000, 50_000).run(socket, client);
          assertThat(socket.multipath()).isEqualTo(mptcp);
          assertThat(socket.stats().subflows()).hasSizeGreaterThanOrEqualTo(paths);
        }
      }
    }
  }
}
