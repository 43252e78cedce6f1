package io.hawser.cli.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.sim.PipeDevice;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.wire.BufferPool;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketView;
import io.hawser.wire.PcapReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fast Open through the driver's sockets, options and sysctls. */
@Timeout(30)
class FastOpenDriverTest {
  private static final String CLIENT = "10.1.0.1";
  private static final String SERVER = "10.1.0.2";
  private static final String HELLO = "68656c6c6f";

  @TempDir Path folder;

  private final BufferPool pool = new BufferPool();
  private final PipeDevice.Pair pipe = PipeDevice.pair(pool, 1500, 1024);
  private final ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor();
  private Hawser clientStack;
  private Hawser serverStack;
  private Requests client;
  private Requests server;

  @BeforeEach
  void open() throws IOException {
    HawserConfig config = new HawserConfig().address(CLIENT).capture(folder.resolve("c.pcapng"));
    clientStack = Hawser.over(pipe.first(), config);
    serverStack = Hawser.over(pipe.second(), IpAddress.parse(SERVER));
    client = new Requests(clientStack, ConnectionConfig.multipathDefaults(), "test");
    server = new Requests(serverStack, ConnectionConfig.multipathDefaults(), "test");
  }

  @AfterEach
  void close() {
    sessions.shutdownNow();
    clientStack.close();
    serverStack.close();
    pool.close();
  }

  private void listen(String protocol, String... options) {
    assertThat(server.answer("socket inet stream " + protocol)).isEqualTo("ok 3");
    for (String option : options) {
      assertThat(server.answer("setopt 3 " + option)).isEqualTo("ok");
    }
    assertThat(server.answer("bind 3 0.0.0.0 80")).isEqualTo("ok");
    assertThat(server.answer("listen 3 5")).isEqualTo("ok");
  }

  /** One connection whose first bytes go with sendto; what the SYNs carried so far. */
  private List<Integer> exchange(String protocol, String flags) throws Exception {
    String fd = client.answer("socket inet stream " + protocol).substring(3);
    Future<String> accepted = sessions.submit(() -> server.answer("accept 3"));
    assertThat(client.answer("write " + fd + " " + HELLO + " " + flags + " " + SERVER + " 80"))
        .isEqualTo("ok 5");
    String peer = accepted.get().split(" ")[1];
    assertThat(server.answer("read " + peer + " 5 -")).isEqualTo("ok 5 " + HELLO);
    assertThat(server.answer("write " + peer + " " + HELLO + " -")).isEqualTo("ok 5");
    assertThat(client.answer("read " + fd + " 5 waitall")).isEqualTo("ok 5 " + HELLO);
    boolean early = carried().getLast() > 0;
    for (String info :
        List.of(
            client.answer("getopt " + fd + " tcp INFO"),
            server.answer("getopt " + peer + " tcp INFO"))) {
      long options = Long.parseLong(info.replaceAll(".*\\boptions=(\\d+).*", "$1"));
      assertThat((options & 32) != 0).as("TCPI_OPT_SYN_DATA in %s", info).isEqualTo(early);
    }
    client.answer("close " + fd);
    server.answer("close " + peer);
    return carried();
  }

  private List<Integer> carried() throws IOException {
    List<Integer> lengths = new ArrayList<>();
    PacketView v = new PacketView();
    try (PcapReader reader = new PcapReader(folder.resolve("c.pcapng"))) {
      while (reader.next()) {
        v.check(reader.memory(), (int) reader.packetOffset(), reader.packetLength(), true, 0);
        if (v.protocol == PacketView.TCP && v.has(PacketView.SYN) && !v.has(PacketView.ACK)) {
          lengths.add(v.payloadLength);
        }
      }
    }
    return lengths;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "mptcp"})
  void sendtoFastOpen_asksThenCarries(String protocol) throws Exception {
    assertThat(server.answer("sysctl net.ipv4.tcp_fastopen 0x3")).isEqualTo("ok");
    listen(protocol, "tcp FASTOPEN 5");
    exchange(protocol, "fastopen");
    assertThat(exchange(protocol, "fastopen")).containsExactly(0, 5);
  }

  @Test
  void withoutCookies_carriesAtOnce() throws Exception {
    assertThat(client.answer("sysctl net.ipv4.tcp_fastopen 5")).isEqualTo("ok");
    assertThat(server.answer("sysctl net.ipv4.tcp_fastopen 0x602")).isEqualTo("ok");
    listen("mptcp");
    assertThat(exchange("mptcp", "fastopen")).containsExactly(5);
    assertThat(client.answer("sysctl net.ipv4.tcp_fastopen")).isEqualTo("ok 5");
  }

  @Test
  void notAllowed_isNotSupported() {
    listen("tcp", "tcp FASTOPEN 5");
    assertThat(client.answer("sysctl net.ipv4.tcp_fastopen 0")).isEqualTo("ok");
    client.answer("socket inet stream tcp");
    assertThat(client.answer("write 3 " + HELLO + " fastopen " + SERVER + " 80"))
        .startsWith("err EOPNOTSUPP");
  }

  @Test
  void nonblocking_withoutCookieIsInProgress_withOneTellsHowMuchWent() throws Exception {
    server.answer("sysctl net.ipv4.tcp_fastopen 2");
    listen("tcp", "tcp FASTOPEN 5");
    client.answer("socket inet stream tcp");
    client.answer("nonblock 3 1");
    assertThat(client.answer("write 3 " + HELLO + " fastopen " + SERVER + " 80"))
        .startsWith("err EINPROGRESS");
    assertThat(client.answer("poll 5000 3:out")).isEqualTo("ok 1 3:out");
    client.answer("socket inet stream tcp");
    client.answer("nonblock 4 1");
    assertThat(client.answer("writez 4 5000 fastopen " + SERVER + " 80")).isEqualTo("ok 1420");
    assertThat(client.answer("poll 5000 4:out")).isEqualTo("ok 1 4:out");
    assertThat(carried()).containsExactly(0, 1420);
  }

  @Test
  void fastOpenConnect_waitsForTheFirstBytesOnceACookieIsThere() throws Exception {
    server.answer("sysctl net.ipv4.tcp_fastopen 2");
    listen("tcp", "tcp FASTOPEN 5");
    for (int round = 0; round < 2; round++) {
      String fd = client.answer("socket inet stream tcp").substring(3);
      assertThat(client.answer("setopt " + fd + " tcp FASTOPEN_CONNECT 1")).isEqualTo("ok");
      assertThat(client.answer("connect " + fd + " " + SERVER + " 80")).isEqualTo("ok");
      assertThat(client.answer("poll 5000 " + fd + ":out")).isEqualTo("ok 1 " + fd + ":out");
      assertThat(carried()).hasSize(1);
      Future<String> accepted = sessions.submit(() -> server.answer("accept 3"));
      assertThat(client.answer("write " + fd + " " + HELLO + " -")).isEqualTo("ok 5");
      String peer = accepted.get().split(" ")[1];
      assertThat(server.answer("read " + peer + " 5 waitall")).isEqualTo("ok 5 " + HELLO);
    }
    assertThat(carried()).containsExactly(0, 5);
  }

  @Test
  void key_isLinuxs() {
    String key = "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d5";
    assertThat(server.answer("sysctl net.ipv4.tcp_fastopen_key " + key)).isEqualTo("ok");
    assertThat(server.answer("sysctl net.ipv4.tcp_fastopen_key")).isEqualTo("ok " + key);
    assertThat(server.answer("sysctl net.ipv4.tcp_fastopen_key nonsense")).startsWith("err EINVAL");
    assertThat(FastOpenRules.key(key)).endsWith(0xd5, 0xd4, 0xd4, 0xd4).hasSize(16);
  }
}
