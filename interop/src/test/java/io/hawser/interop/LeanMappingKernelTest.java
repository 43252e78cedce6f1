package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionStats;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.sim.Direction;
import io.hawser.sim.Middlebox;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Mappings that only their first segment says, with the kernel as receiver: two subflows, loss,
 * reordering, timestamps and checksums on and off. It never misses a mapping.
 */
@NeedsNetworkNamespaces
class LeanMappingKernelTest {
  private static final int BYTES = 4_000_000;

  /** Counts data segments towards the kernel with a DSS and without. */
  private static final class Count implements Middlebox {
    private final PacketView view = new PacketView();
    private final PacketMeta meta = new PacketMeta();
    final AtomicInteger said = new AtomicInteger();
    final AtomicInteger unsaid = new AtomicInteger();

    @Override
    public synchronized boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
      meta.clear();
      view.check(packet, meta);
      if (direction == Direction.A_TO_B && view.payloadLength > 0) {
        boolean says = view.hasDss || view.mptcpCount > 0;
        (says ? said : unsaid).incrementAndGet();
      }
      return true;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "loss=0%, 1, false",
    "loss=0%, 0, true",
    "loss=2%, 1, false",
    "loss=2%, 1, true",
    "loss=2%, 0, false",
    "reorder=5%:4ms, 1, true",
    "loss=5%, 0, true",
  })
  void hawserSends_kernelFindsEveryMapping(String weather, int timestamps, boolean checksums)
      throws IOException {
    WeatherTest.attempt(
        "rate=100mbit delay=5ms " + weather,
        2,
        world -> {
          world.ip.sysctl("net/ipv4/tcp_timestamps", Integer.toString(timestamps));
          world.ip.sysctl("net/mptcp/checksum_enabled", checksums ? "1" : "0");
          List<Count> counts = List.of(new Count(), new Count());
          for (int path = 0; path < KernelWorld.PATHS; path++) {
            world.middlebox(path, counts.get(path), null);
          }
          ConnectionStats stats;
          try (KernelSocket listener = world.kernelListener(false, true);
              HawserSocket socket = world.hawser.socket()) {
            int port = listener.local().port();
            socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 30_000);
            try (KernelSocket peer = listener.accept()) {
              new Exchange(BYTES, 30_000).run(socket, peer);
              stats = socket.stats();
            }
          }
          int unsaid = counts.stream().mapToInt(c -> c.unsaid.get()).sum();
          int said = counts.stream().mapToInt(c -> c.said.get()).sum();
          System.out.println(
              weather
                  + ", timestamps "
                  + timestamps
                  + ", checksums "
                  + checksums
                  + ": "
                  + said
                  + " segments say their mapping, "
                  + unsaid
                  + " do not");
          assertThat(stats.multipath()).isTrue();
          assertThat(stats.subflows())
              .hasSize(2)
              .allSatisfy(s -> assertThat(s.bytesSent()).isGreaterThan(BYTES / 20));
          assertThat(unsaid).isGreaterThan(BYTES / 1448 / 4);
          assertThat(counter(world, "DSSNotMatching")).as("MPTcpExtDSSNotMatching").isZero();
          assertThat(counter(world, "MPFailTx")).as("MPTcpExtMPFailTx").isZero();
        });
  }

  /** One of the kernel's MPTCP counters. */
  private static long counter(KernelWorld world, String name) {
    List<String> lines =
        world
            .namespace
            .exec("cat", "/proc/net/netstat")
            .lines()
            .filter(line -> line.startsWith("MPTcpExt:"))
            .toList();
    int at = Arrays.asList(lines.get(0).split(" ")).indexOf(name);
    assertThat(at).as(name).isPositive();
    return Long.parseLong(lines.get(1).split(" ")[at]);
  }
}
