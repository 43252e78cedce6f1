package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernel sockets of two namespaces that two pairs of virtual interfaces connect. */
@NeedsNetworkNamespaces
@Timeout(60)
class KernelSocketTest {
  private static final int PORT = 5001;

  private NetworkNamespace clientSide;
  private NetworkNamespace serverSide;

  @BeforeEach
  void connectTwoNamespaces() {
    clientSide = NetworkNamespace.anonymous();
    serverSide = NetworkNamespace.anonymous();
    Ip client = new Ip(clientSide);
    Ip server = new Ip(serverSide);
    for (int path = 1; path <= 2; path++) {
      String device = "hwc" + path;
      String peer = "hws" + path;
      client.veth(device, peer, serverSide);
      client.address(device, "10.77." + path + ".1/24");
      server.address(peer, "10.77." + path + ".2/24");
      client.address(device, "fd77:" + path + "::1/64");
      server.address(peer, "fd77:" + path + "::2/64");
      client.up(device);
      server.up(peer);
    }
    client.mptcp("limits set subflows 4 add_addr_accepted 4");
    server.mptcp("limits set subflows 4 add_addr_accepted 4");
    server.mptcp("endpoint add 10.77.2.2 dev hws2 signal");
  }

  @AfterEach
  void endNamespaces() {
    clientSide.close();
    serverSide.close();
  }

  private static Endpoint at(String address) {
    return new Endpoint(IpAddress.parse(address), PORT);
  }

  private KernelSocket listener(Endpoint local, boolean mptcp) throws IOException {
    KernelSocket socket = serverSide.run(() -> KernelSocket.open(local.address().v6(), mptcp));
    return socket.bind(local).listen(8);
  }

  private KernelSocket client(Endpoint to, boolean mptcp) throws IOException {
    KernelSocket socket = clientSide.run(() -> KernelSocket.open(to.address().v6(), mptcp));
    return socket.connect(to);
  }

  private static byte[] data() {
    byte[] data = new byte[1_000_000];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 7 + (i >> 8));
    }
    return data;
  }

  private static FutureTask<byte[]> readAll(KernelSocket socket) {
    FutureTask<byte[]> reading =
        new FutureTask<>(() -> {
          byte[] all = new byte[2_000_000];
          int length = 0;
          int got;
          while ((got = socket.read(all, length, all.length - length)) > 0) {
            length += got;
          }
          return Arrays.copyOf(all, length);
        });
    Thread.ofPlatform().daemon().start(reading);
    return reading;
  }

  @ParameterizedTest
  @CsvSource({
    "10.77.1.2, false",
    "10.77.1.2, true",
    "fd77:1::2, false",
    "fd77:1::2, true",
  })
  void connected_megabyteAndHalfClose_arrivesWhole(String address, boolean mptcp)
      throws IOException, InterruptedException, ExecutionException {
    try (KernelSocket listener = listener(at(address), mptcp);
        KernelSocket client = client(at(address), mptcp);
        KernelSocket server = listener.accept()) {
      FutureTask<byte[]> reading = readAll(server);
      byte[] data = data();
      client.write(data, 0, data.length);
      client.shutdownOutput();
      assertThat(reading.get()).isEqualTo(data);
      server.write(new byte[] {42}, 0, 1);
      byte[] answer = new byte[8];
      assertThat(client.read(answer, 3, 5)).isEqualTo(1);
      assertThat(answer[3]).isEqualTo((byte) 42);
      assertThat(client.isMultipath()).isEqualTo(mptcp);
      assertThat(server.isMultipath()).isEqualTo(mptcp);
      assertThat(client.remote()).isEqualTo(at(address));
      assertThat(server.remote()).isEqualTo(client.local());
      assertThat(client.tcpInfo().sendMssBytes()).isBetween(1300L, 1460L);
    }
  }

  @Test
  void mptcp_serverSignalsSecondAddress_twoSubflowsAreSeen() throws IOException {
    try (KernelSocket listener = listener(at("0.0.0.0"), true);
        KernelSocket client = client(at("10.77.1.2"), true);
        KernelSocket server = listener.accept()) {
      byte[] some = new byte[1000];
      client.write(some, 0, some.length);
      assertThat(server.read(some, 0, some.length)).isPositive();
      long end = System.nanoTime() + 10_000_000_000L;
      client.timeout(10);
      while (client.subflows().size() < 2 && System.nanoTime() < end) {
        assertThatThrownBy(() -> client.read(some, 0, 1))
            .isInstanceOf(SocketTimeoutException.class);
      }
      List<KernelMptcpSocket.Subflow> subflows = client.subflows();
      assertThat(subflows)
          .extracting(subflow -> subflow.remote().address().toString())
          .containsExactlyInAnyOrder("10.77.1.2", "10.77.2.2");
      MptcpInfo info = client.mptcpInfo();
      assertThat(info.additionalSubflows()).isEqualTo(1);
      assertThat(info.addressesAccepted()).isEqualTo(1);
      assertThat(info.fallback()).isFalse();
      assertThat(info.bytesSent()).isEqualTo(1000);
    }
  }

  @Test
  void mptcpListener_plainClient_isNotMultipath() throws IOException {
    try (KernelSocket listener = listener(at("10.77.1.2"), true);
        KernelSocket client = client(at("10.77.1.2"), false);
        KernelSocket server = listener.accept()) {
      assertThat(client.isMultipath()).isFalse();
      assertThat(server.isMultipath()).isFalse();
      assertThat(server.subflows()).isEmpty();
      assertThatThrownBy(server::mptcpInfo)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("EOPNOTSUPP");
    }
  }

  @Test
  void connect_nobodyListens_isRefused() {
    assertThatThrownBy(() -> client(at("10.77.1.2"), false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ECONNREFUSED");
  }

  @Test
  void connect_nobodyAnswers_timesOut() throws IOException {
    new Ip(serverSide).ip("link set dev hws1 address 02:00:00:00:00:01");
    new Ip(clientSide).ip("neigh replace 10.77.1.9 lladdr 02:00:00:00:00:09 dev hwc1");
    try (KernelSocket client = clientSide.run(() -> KernelSocket.open(false, false))) {
      client.timeout(50);
      assertThatThrownBy(() -> client.connect(at("10.77.1.9")))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void read_nothingComes_timesOut() throws IOException {
    try (KernelSocket listener = listener(at("10.77.1.2"), false);
        KernelSocket client = client(at("10.77.1.2"), false)) {
      client.timeout(20);
      assertThatThrownBy(() -> client.read(new byte[1], 0, 1))
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(listener.local()).isEqualTo(at("10.77.1.2"));
    }
  }

  @Test
  void read_closedByAnotherThread_ends() throws IOException, InterruptedException {
    try (KernelSocket listener = listener(at("10.77.1.2"), true);
        KernelSocket client = client(at("10.77.1.2"), true);
        KernelSocket server = listener.accept()) {
      FutureTask<byte[]> reading = readAll(server);
      client.write(new byte[1], 0, 1);
      server.close();
      assertThatThrownBy(reading::get).hasRootCauseMessage("read: EBADF");
      assertThatThrownBy(() -> server.write(new byte[1], 0, 1)).hasMessageContaining("EBADF");
    }
  }

  @Test
  void accept_closedByAnotherThread_ends() throws IOException, InterruptedException {
    KernelSocket listener = listener(at("10.77.1.2"), true);
    FutureTask<KernelSocket> accepting = new FutureTask<>(listener::accept);
    Thread thread = Thread.ofPlatform().daemon().start(accepting);
    listener.close();
    thread.join();
    assertThatThrownBy(accepting::get).hasRootCauseMessage("accept: EBADF");
  }

  @Test
  void abortOnClose_peerReads_connectionIsReset() throws IOException {
    try (KernelSocket listener = listener(at("10.77.1.2"), false);
        KernelSocket client = client(at("10.77.1.2"), false);
        KernelSocket server = listener.accept()) {
      client.abortOnClose();
      client.close();
      assertThatThrownBy(() -> server.read(new byte[1], 0, 1)).hasMessageContaining("ECONNRESET");
    }
  }
}
