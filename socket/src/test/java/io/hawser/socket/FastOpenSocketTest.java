package io.hawser.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.core.api.ConnectionConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** First bytes that connect takes along, with Fast Open and without. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FastOpenSocketTest {
  private static InetSocketAddress server(int port) {
    return new InetSocketAddress(TwoHosts.address(TwoHosts.SERVER), port);
  }

  @ParameterizedTest(name = "mptcp {0} fast open {1} bytes {2}")
  @CsvSource({
    "false,false,5",
    "true,false,5",
    "false,true,5",
    "true,true,5",
    "true,true,9000000",
    "false,true,9000000"
  })
  void firstBytes_areTheStreamsFirst(boolean mptcp, boolean fastOpen, int bytes) throws Exception {
    ConnectionConfig settings =
        ConnectionConfig.multipathDefaults().withMultipath(mptcp).withFastOpen(fastOpen);
    byte[] first = new byte[bytes];
    new Random(bytes).nextBytes(first);
    try (TwoHosts hosts = new TwoHosts(settings);
        HawserServerSocket listening = hosts.listen(7);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 3; round++) {
        Future<byte[]> got = threads.submit(() -> serve(listening));
        try (HawserSocket s = hosts.client.socket()) {
          s.connect(server(7), 10_000, first);
          s.getOutputStream().write("and more".getBytes());
          s.shutdownOutput();
          assertThat(s.getInputStream().readAllBytes()).asString().isEqualTo("heard");
          assertThat(s.multipath()).isEqualTo(mptcp);
        }
        byte[] all = got.get();
        assertThat(all).hasSize(bytes + 8);
        assertThat(Arrays.equals(Arrays.copyOf(all, bytes), first)).isTrue();
      }
    }
  }

  private static byte[] serve(HawserServerSocket listening) throws IOException {
    try (HawserSocket s = listening.accept()) {
      byte[] all = s.getInputStream().readAllBytes();
      s.getOutputStream().write("heard".getBytes());
      return all;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nobodyListens_isRefused(boolean fastOpen) throws IOException {
    try (TwoHosts hosts = new TwoHosts(ConnectionConfig.tcpDefaults().withFastOpen(fastOpen));
        HawserSocket s = hosts.client.socket()) {
      assertThatThrownBy(() -> s.connect(server(9), 10_000, new byte[100]))
          .isInstanceOf(ConnectException.class)
          .hasMessage("Connection refused");
    }
  }
}
