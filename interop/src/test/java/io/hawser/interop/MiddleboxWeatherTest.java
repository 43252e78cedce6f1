package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.core.api.ConnectionStats;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.sim.Direction;
import io.hawser.sim.Middlebox;
import io.hawser.sim.MssClamp;
import io.hawser.sim.OptionStripper;
import io.hawser.sim.OptionStripper.When;
import io.hawser.sim.PathMtu;
import io.hawser.sim.PayloadAlterer;
import io.hawser.sim.SegmentCoalescer;
import io.hawser.sim.SegmentSplitter;
import io.hawser.sim.SequenceRewriter;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.Bytes;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kernel as the peer, behind middleboxes that rewrite, cut, join, strip and swallow. As in
 * {@link WeatherTest} a case is tried three times at most.
 */
@NeedsNetworkNamespaces
class MiddleboxWeatherTest {
  private static final String LINK = "rate=100mbit delay=3ms";

  /** What stands on a path; the last box is the one that matters. */
  private static List<Middlebox> boxes(String kind) {
    return switch (kind) {
      case "none" -> List.of();
      case "rewrite" -> List.of(new SequenceRewriter(0xfedc_ba98));
      case "clamp" -> List.of(new MssClamp(600));
      case "split" -> List.of(new SegmentSplitter(400));
      case "join-up" -> List.of(new MssClamp(600), new SegmentCoalescer(Direction.A_TO_B, 1500));
      case "join-down" -> List.of(new MssClamp(600), new SegmentCoalescer(Direction.B_TO_A, 1500));
      case "mtu" -> List.of(new PathMtu(1500, true));
      case "strip" -> List.of(OptionStripper.ofKinds(When.AFTER_HANDSHAKE, OptionStripper.MPTCP));
      case "strip-later" -> {
        OptionStripper box = OptionStripper.ofKinds(When.ALWAYS, OptionStripper.MPTCP);
        box.set(false, When.ALWAYS);
        yield List.of(box);
      }
      case "syn-lost" -> List.of(new SynLoss(2));
      case "alter-up" -> List.of(PayloadAlterer.everyNth(Direction.A_TO_B, 50));
      case "alter-down" -> List.of(PayloadAlterer.everyNth(Direction.B_TO_A, 50));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** Swallows the first SYNs of either side. */
  private static final class SynLoss implements Middlebox {
    private static final int FLAGS = PacketBuffer.START + 20 + 13;
    private int left;

    SynLoss(int count) {
      left = count;
    }

    @Override
    public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
      boolean tcp4 = Bytes.u8(packet.memory(), PacketBuffer.START) == 0x45 && packet.length() >= 40;
      boolean syn = tcp4 && (Bytes.u8(packet.memory(), FLAGS) & 2) != 0;
      return !syn || left-- <= 0;
    }
  }

  static ConnectionStats exchange(
      KernelWorld world, boolean hawserConnects, int paths, Exchange exchange) throws IOException {
    if (hawserConnects) {
      try (KernelSocket listener = world.kernelListener(false, true);
          HawserSocket socket = world.hawser.socket()) {
        int port = listener.local().port();
        socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 30_000);
        try (KernelSocket peer = listener.accept()) {
          exchange.run(socket, peer);
          return socket.stats();
        }
      }
    }
    if (paths > 1) {
      world.ip.mptcp("endpoint add 10.92.0.1 dev hwi0 subflow");
    }
    try (HawserServerSocket listener = world.hawser.serverSocket()) {
      IpAddress address = KernelWorld.hawserAddress(1, false);
      listener.bind(KernelPeerTest.java(address, 0));
      Endpoint to = new Endpoint(address, listener.getLocalPort());
      try (KernelSocket client = world.kernelClient(to, true);
          HawserSocket socket = (HawserSocket) listener.accept()) {
        exchange.run(socket, client);
        return socket.stats();
      }
    }
  }

  private static void checksums(KernelWorld world, boolean kernel, boolean hawser)
      throws IOException {
    world.ip.sysctl("net.mptcp.checksum_enabled", kernel ? "1" : "0");
    Object _ = world.hawser.loop().call((stack, nowNs) -> stack.config().mptcpChecksum = hawser);
  }

  /** {@code ends}: multipath, plain, or any of these. */
  @ParameterizedTest(name = "{0}, hawser connects {1}, paths {2}: {3}")
  @CsvSource({
    "rewrite,true,2,multipath",
    "rewrite,false,1,multipath",
    "clamp,true,2,multipath",
    "clamp,false,2,multipath",
    "split,true,2,multipath",
    "split,false,2,multipath",
    "join-up,true,1,any",
    "join-down,true,1,any",
    "join-up,false,1,any",
    "join-down,false,1,any",
    "mtu,true,1,multipath",
    "mtu,true,2,multipath",
    "mtu,false,2,multipath",
    "strip,true,1,plain",
    "strip,false,1,plain",
    "strip-later,true,1,any",
    "strip-later,false,1,any",
    "syn-lost,true,2,multipath",
    "syn-lost,false,1,multipath",
  })
  void boxOnEveryPath_arrivesIntact(String kind, boolean hawserConnects, int paths, String ends)
      throws IOException {
    WeatherTest.attempt(
        LINK,
        paths,
        world -> {
          for (int n = 0; n < paths; n++) {
            for (Middlebox box : boxes(kind)) {
              world.middlebox(n, box, null);
            }
          }
          Exchange exchange = new Exchange(3_000_000, 30_000);
          CompletableFuture<Void> change = CompletableFuture.completedFuture(null);
          if (kind.equals("mtu") || kind.equals("strip-later")) {
            change = CompletableFuture.runAsync(() -> change(world, exchange));
          }
          ConnectionStats stats = exchange(world, hawserConnects, paths, exchange);
          change.join();
          if (!ends.equals("any")) {
            assertThat(stats.multipath()).isEqualTo(ends.equals("multipath"));
          }
        });
  }

  /** In mid-transfer, on the first path. */
  private static void change(KernelWorld world, Exchange exchange) {
    WeatherTest.await(exchange, 500_000);
    world.change(
        0,
        box -> {
          if (box instanceof PathMtu mtu) {
            mtu.mtu(1200);
          } else if (box instanceof OptionStripper stripper) {
            stripper.set(true, When.ALWAYS);
          }
        });
  }

  @ParameterizedTest(name = "kernel asks {0}, hawser asks {1}, hawser connects {2}")
  @CsvSource({"true,false,true", "true,false,false", "false,true,true", "false,true,false"})
  void checksumsAskedByOneSide_areUsedByBoth(boolean kernel, boolean hawser, boolean connects)
      throws IOException {
    WeatherTest.attempt(
        LINK,
        2,
        world -> {
          checksums(world, kernel, hawser);
          ConnectionStats stats = exchange(world, connects, 1, new Exchange(3_000_000, 30_000));
          assertThat(stats.multipath()).isTrue();
        });
  }

  /** RFC 8684 section 3.7: the altered subflow is reset, the data goes elsewhere. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"alter-up", "alter-down"})
  void payloadAlteredOnOneOfTwo_checksumsSaveIt(String kind) throws IOException {
    WeatherTest.attempt(
        LINK,
        2,
        world -> {
          checksums(world, true, true);
          world.middlebox(1, boxes(kind).getFirst(), null);
          ConnectionStats stats = exchange(world, true, 2, new Exchange(3_000_000, 30_000));
          assertThat(stats.multipath()).isTrue();
        });
  }

  @ParameterizedTest(name = "paths {0}")
  @CsvSource({"1", "2"})
  void fivePercentLoss_arrivesIntact(int paths) throws IOException {
    WeatherTest.attempt(
        "rate=100mbit delay=5ms loss=5%",
        paths, world -> exchange(world, true, paths, new Exchange(1_000_000, 30_000)));
  }

  @Test
  void joinsLost_firstPathCarriesAll() throws IOException {
    WeatherTest.attempt(
        LINK,
        2,
        world -> {
          world.middlebox(1, new SynLoss(Integer.MAX_VALUE), null);
          ConnectionStats stats = exchange(world, true, 2, new Exchange(3_000_000, 30_000));
          assertThat(stats.multipath()).isTrue();
          assertThat(stats.subflows().getFirst().bytesSent()).isGreaterThanOrEqualTo(3_000_000);
        });
  }

  @Test
  void hawserClosesWithUnreadData_kernelHearsReset() throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 2);
        KernelSocket listener = world.kernelListener(false, true);
        HawserSocket socket = world.hawser.socket()) {
      int port = listener.local().port();
      socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 10_000);
      try (KernelSocket peer = listener.timeout(10_000).accept()) {
        peer.write(new byte[1000], 0, 1000);
        assertThat(socket.getInputStream().read()).isZero();
        socket.close();
        assertThatThrownBy(() -> peer.timeout(10_000).read(new byte[1], 0, 1))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("ECONNRESET");
      }
    }
  }

  @Test
  void kernelClosesWithUnreadData_hawserReadsThePrefixAndHearsReset() throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 2);
        KernelSocket listener = world.kernelListener(false, true);
        HawserSocket socket = world.hawser.socket()) {
      int port = listener.local().port();
      socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 10_000);
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(new byte[1000]);
      InputStream in = socket.getInputStream();
      try (KernelSocket peer = listener.timeout(10_000).accept()) {
        assertThat(peer.read(new byte[1], 0, 1)).isEqualTo(1);
        peer.write(new byte[] {7, 8, 9}, 0, 3);
        assertThat(in.read()).isEqualTo(7);
      }
      assertThat(in.readNBytes(2)).containsExactly(8, 9);
      assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("reset");
    }
  }
}
