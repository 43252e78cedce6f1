package io.hawser.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserSocket;
import io.hawser.testbed.yaml.TopologyReader;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsNetworkNamespaces
class TestbedTest {

  @ParameterizedTest
  @ValueSource(strings = {"wifi-lte", "shared-bottleneck"})
  void everyPath_carriesPacketsBothWays(String topology) throws IOException {
    try (Testbed testbed =
        Testbed.up("t" + ProcessHandle.current().pid(), TopologyReader.find(topology))) {
      for (boolean v6 : new boolean[] {false, true}) {
        List<IpAddress> servers = new ArrayList<>(testbed.server().kernelAddresses(v6));
        servers.add(Testbed.kernelService(v6));
        for (IpAddress server : servers) {
          for (IpAddress client : testbed.client().kernelAddresses(v6)) {
            assertThat(
                    testbed
                        .client()
                        .ip()
                        .command("ping", "-c1", "-W2", "-I", client.toString(), server.toString()))
                .contains("1 received");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hawserAtBothEnds_usesBothPaths(boolean v6) throws IOException {
    try (Testbed testbed =
            Testbed.up("t" + ProcessHandle.current().pid(), TopologyReader.find("wifi-lte"));
        Hawser server =
            testbed.server().openStack(new HawserConfig(), List.of(Testbed.stackService(v6)));
        Hawser client =
            testbed.client().openStack(new HawserConfig(), testbed.client().stackAddresses(v6));
        ServerSocket listener = server.serverSocket()) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getByAddress(Testbed.stackService(v6).bytes()), 5001);
      listener.bind(address);
      try (HawserSocket socket = client.socket(ConnectionConfig.multipathDefaults())) {
        socket.connect(address, 5000);
        try (Socket accepted = listener.accept()) {
          byte[] block = new byte[3_000_000];
          Thread writer =
              Thread.ofPlatform()
                  .start(() -> {
                    try {
                      accepted.getOutputStream().write(block);
                      accepted.shutdownOutput();
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  });
          assertThat(socket.getInputStream().readAllBytes()).hasSize(block.length);
          assertThat(writer.isAlive()).isFalse();
          assertThat(socket.stats().subflows().size()).isEqualTo(2);
        }
      }
      assertThat(
              List.of(testbed.sample("wifi", 0).backBytes(), testbed.sample("lte", 0).backBytes()))
          .allMatch(bytes -> bytes > 1000);
    }
  }
}
