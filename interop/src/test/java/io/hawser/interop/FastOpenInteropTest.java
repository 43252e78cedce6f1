package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.tcp.FastOpenCookies;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TCP Fast Open (RFC 7413) with the kernel as the peer, in both roles, with and without MPTCP: the
 * first connection asks for a cookie, the next ones carry data in the SYN. What was on the wire is
 * read from the stack's own capture.
 */
@NeedsNetworkNamespaces
class FastOpenInteropTest {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_FASTOPEN = 23;
  private static final int TCP_FASTOPEN_CONNECT = 30;
  private static final String KEY = "00112233-44556677-8899aabb-ccddeeff";
  private static final byte[] REQUEST = "request in the SYN".getBytes();
  private static final int ROUNDS = 3;

  @TempDir Path folder;

  private static ConnectionConfig settings(boolean mptcp) {
    return ConnectionConfig.multipathDefaults().withMultipath(mptcp).withFastOpen(true);
  }

  /** A world in which packets pass already: an IPv6 address takes a moment. */
  private static KernelWorld world(Path file, boolean v6) throws IOException {
    KernelWorld world = KernelWorld.configured(c -> c.capture(file));
    try (KernelSocket listener = world.kernelListener(v6, false);
        HawserSocket socket = world.hawser.socket(ConnectionConfig.tcpDefaults())) {
      int port = listener.local().port();
      socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, v6), port), 10_000);
      return world;
    } catch (IOException e) {
      world.close();
      throw e;
    }
  }

  @ParameterizedTest(name = "v6 {0} mptcp {1} checksums {2}")
  @CsvSource({"false,false,false", "true,false,false", "false,true,false", "true,true,true"})
  void hawserConnects_requestRidesInTheSyn(boolean v6, boolean mptcp, boolean checksums)
      throws IOException {
    Path file = folder.resolve("client.pcapng");
    int port;
    try (KernelWorld world = world(file, v6)) {
      world.ip.sysctl("net.ipv4.tcp_fastopen", "3");
      world.ip.sysctl("net.mptcp.checksum_enabled", checksums ? "1" : "0");
      try (KernelSocket listener = world.kernelListener(v6, mptcp)) {
        listener.option(IPPROTO_TCP, TCP_FASTOPEN, 16);
        port = listener.local().port();
        for (int round = 0; round < ROUNDS; round++) {
          try (HawserSocket socket = world.hawser.socket(settings(mptcp))) {
            socket.connect(
                KernelPeerTest.java(KernelWorld.kernelAddress(1, v6), port), 10_000, REQUEST);
            try (KernelSocket peer = listener.accept()) {
              assertThat(read(peer)).isEqualTo(REQUEST);
              new Exchange(300_000, 5_000).run(socket, peer);
              assertThat(socket.multipath()).isEqualTo(mptcp);
              assertThat(peer.isMultipath()).isEqualTo(mptcp);
            }
          }
        }
      }
    }
    SynCapture seen = SynCapture.read(file, port);
    List<SynCapture.Syn> syns = seen.syns();
    assertThat(syns).hasSize(ROUNDS);
    assertThat(syns.getFirst().cookie()).as("a request").isEmpty();
    assertThat(syns.getFirst().length()).isZero();
    assertThat(seen.synAcks().getFirst().cookie()).hasSize(8);
    for (int round = 1; round < ROUNDS; round++) {
      assertThat(syns.get(round).length()).as("round %d", round).isEqualTo(REQUEST.length);
      assertThat(syns.get(round).cookie()).isEqualTo(seen.synAcks().getFirst().cookie());
      assertThat(seen.synAcks().get(round).ack() - syns.get(round).seq())
          .isEqualTo(1 + REQUEST.length);
    }
  }

  @ParameterizedTest(name = "v6 {0} mptcp {1} checksums {2}")
  @CsvSource({"false,false,false", "true,false,false", "false,true,false", "true,true,true"})
  void kernelConnects_requestIsReadFromTheSyn(boolean v6, boolean mptcp, boolean checksums)
      throws IOException {
    Path file = folder.resolve("server.pcapng");
    int port;
    try (KernelWorld world = world(file, v6)) {
      world.ip.sysctl("net.ipv4.tcp_fastopen", "3");
      world.ip.sysctl("net.mptcp.checksum_enabled", checksums ? "1" : "0");
      try (HawserServerSocket listener = world.hawser.serverSocket(settings(mptcp))) {
        listener.bind(KernelPeerTest.java(KernelWorld.hawserAddress(1, v6), 0));
        port = listener.getLocalPort();
        Endpoint to = new Endpoint(KernelWorld.hawserAddress(1, v6), port);
        for (int round = 0; round < ROUNDS; round++) {
          try (KernelSocket client =
                  world.namespace.run(() ->
                      KernelSocket.open(v6, mptcp).option(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
              KernelSocket connected = client.connect(to)) {
            connected.write(REQUEST, 0, REQUEST.length);
            try (HawserSocket socket = listener.accept()) {
              assertThat(socket.getInputStream().readNBytes(REQUEST.length)).isEqualTo(REQUEST);
              new Exchange(300_000, 5_000).run(socket, connected);
              assertThat(socket.multipath()).isEqualTo(mptcp);
              assertThat(connected.isMultipath()).isEqualTo(mptcp);
            }
          }
        }
      }
    }
    SynCapture seen = SynCapture.read(file, port);
    assertThat(seen.syns()).hasSize(ROUNDS);
    assertThat(seen.syns().getFirst().cookie()).as("a request").isEmpty();
    for (int round = 1; round < ROUNDS; round++) {
      assertThat(seen.syns().get(round).length()).as("round %d", round).isEqualTo(REQUEST.length);
      assertThat(seen.syns().get(round).cookie()).isEqualTo(seen.synAcks().getFirst().cookie());
      assertThat(seen.synAcks().get(round).ack() - seen.syns().get(round).seq())
          .isEqualTo(1 + REQUEST.length);
    }
  }

  /** SYNs, their answers and data are lost both ways: not a byte is lost, or comes twice. */
  @ParameterizedTest(name = "mptcp {0} seed {1}")
  @CsvSource({"false,1", "true,2"})
  void lossyPath_bothRoles_streamsAreIntact(boolean mptcp, long seed) throws IOException {
    try (KernelWorld world = KernelWorld.linked("rate=50mbit delay=5ms loss=8%", 1, seed)) {
      world.ip.sysctl("net.ipv4.tcp_fastopen", "3");
      // One path: with several the kernel itself errs now and then.
      world.ip.mptcp("limits set subflows 0 add_addr_accepted 0");
      world.hawser.execute("limits set subflows 0 add_addr_accepted 0");
      try (KernelSocket atKernel = world.kernelListener(false, mptcp);
          HawserServerSocket atHawser = world.hawser.serverSocket(settings(mptcp))) {
        atKernel.option(IPPROTO_TCP, TCP_FASTOPEN, 16);
        atHawser.bind(KernelPeerTest.java(KernelWorld.hawserAddress(1, false), 0));
        for (int round = 0; round < 6; round++) {
          try (HawserSocket socket = world.hawser.socket(settings(mptcp))) {
            int port = atKernel.local().port();
            socket.connect(
                KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 20_000, REQUEST);
            try (KernelSocket peer = atKernel.accept()) {
              assertThat(read(peer)).as("seed %d round %d", seed, round).isEqualTo(REQUEST);
              new Exchange(20_000, 5_000).run(socket, peer);
            }
          }
          Endpoint to = new Endpoint(KernelWorld.hawserAddress(1, false), atHawser.getLocalPort());
          try (KernelSocket client =
              world.namespace.run(() ->
                  KernelSocket.open(false, mptcp)
                      .option(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
                      .connect(to))) {
            client.write(REQUEST, 0, REQUEST.length);
            try (HawserSocket socket = atHawser.accept()) {
              assertThat(socket.getInputStream().readNBytes(REQUEST.length))
                  .as("seed %d round %d", seed, round)
                  .isEqualTo(REQUEST);
              new Exchange(20_000, 5_000).run(socket, client);
            }
          }
        }
      }
    }
  }

  /** With the kernel's key our cookies are the kernel's: servers behind one address may mix. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void sameKey_sameCookie(boolean v6) throws IOException {
    Path file = folder.resolve("key.pcapng");
    int port;
    try (KernelWorld world = world(file, v6)) {
      world.ip.sysctl("net.ipv4.tcp_fastopen", "3");
      world.ip.sysctl("net.ipv4.tcp_fastopen_key", KEY);
      try (KernelSocket listener = world.kernelListener(v6, false);
          HawserSocket socket = world.hawser.socket(settings(false))) {
        listener.option(IPPROTO_TCP, TCP_FASTOPEN, 16);
        port = listener.local().port();
        socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, v6), port), 10_000);
      }
    }
    byte[] ours =
        new FastOpenCookies(new Random(1))
            .cookie(
                KernelWorld.hawserAddress(1, v6),
                KernelWorld.kernelAddress(1, v6),
                new FastOpenCookies.Secret(linuxKey(), 1),
                0);
    assertThat(SynCapture.read(file, port).synAcks().getFirst().cookie()).isEqualTo(ours);
  }

  /** The sysctl's words are little endian in the kernel's memory. */
  private static byte[] linuxKey() {
    byte[] text = HexFormat.of().parseHex(KEY.replace("-", ""));
    byte[] memory = new byte[16];
    for (int i = 0; i < 16; i++) {
      memory[i] = text[i / 4 * 4 + 3 - i % 4];
    }
    return memory;
  }

  private static byte[] read(KernelSocket peer) throws IOException {
    byte[] into = new byte[REQUEST.length];
    for (int at = 0; at < into.length; ) {
      int n = peer.read(into, at, into.length - at);
      assertThat(n).isPositive();
      at += n;
    }
    return into;
  }
}
