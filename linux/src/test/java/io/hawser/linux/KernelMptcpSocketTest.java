package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel tells of an MPTCP connection with two subflows. */
@NeedsNetworkNamespaces
@Timeout(60)
class KernelMptcpSocketTest {
  @Test
  void subflows_serverSignalsSecondAddress_twoWithTheirCounters() throws IOException {
    Endpoint any = new Endpoint(IpAddress.ANY4, TwoPaths.PORT);
    try (TwoPaths rig = new TwoPaths()) {
      new Ip(rig.server).mptcp("endpoint add 10.78.2.2 dev hwns2 signal");
      try (KernelMptcpSocket listener = KernelMptcpSocket.listen(rig.server, any);
          KernelMptcpSocket client =
              KernelMptcpSocket.connect(rig.client, TwoPaths.serverAt(false, 1));
          KernelMptcpSocket server = listener.accept()) {
        byte[] some = new byte[1000];
        client.socket().write(some, 0, some.length);
        assertThat(server.socket().read(some, 0, some.length)).isPositive();
        long end = System.nanoTime() + 10_000_000_000L;
        while (client.subflows().size() < 2 && System.nanoTime() < end) {
          LockSupport.parkNanos(1_000_000);
        }
        assertThat(client.subflows())
            .extracting(KernelMptcpSocket.Subflow::remote)
            .containsExactlyInAnyOrder(TwoPaths.serverAt(false, 1), TwoPaths.serverAt(false, 2));
        assertThat(client.subflows())
            .allSatisfy(one -> {
              assertThat(one.tcp().rttMicros()).isPositive();
              assertThat(one.tcp().cwndSegments()).isPositive();
              assertThat(one.tcp().totalRetransmits()).isZero();
            });
        assertThat(client.info().totalSubflows()).isEqualTo(2);
        assertThat(server.info().bytesReceived()).isEqualTo(1000);
      }
      assertThatThrownBy(() -> KernelMptcpSocket.connect(rig.client, TwoPaths.serverAt(false, 1)))
          .hasMessageContaining("ECONNREFUSED");
      new Ip(rig.client).sysctl("net/mptcp/enabled", "0");
      assertThatThrownBy(() -> KernelMptcpSocket.connect(rig.client, TwoPaths.serverAt(false, 1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("net.mptcp.enabled");
    }
  }
}
