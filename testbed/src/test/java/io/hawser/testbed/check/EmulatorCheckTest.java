package io.hawser.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.sim.scenario.Topology;
import io.hawser.testbed.Host;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.yaml.TopologyReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Emulated links do what they say; `hawser bench emulator` measures the same for longer. Each
 * figure is the median of five measurements, and is measured once, while other programs leave the
 * machine alone.
 */
@Timeout(180)
class EmulatorCheckTest {
  private static final int PACKETS = 300;

  @Test
  void link_ratesDelayLossAndSpeed_areWithinTheirBounds() throws IOException {
    long seed = Testbed.anySeed();
    System.out.println("emulator check, seed " + seed);
    List<Mark> marks = EmulatorCheck.run(0.2, seed, System.out::println);
    assertThat(marks).hasSizeGreaterThan(12).allMatch(Mark::holds, "holds, seed " + seed);
  }

  @Test
  void losses_sameSeed_areTheSame() throws IOException {
    Topology topology =
        TopologyReader.read(
            "test",
            "links: [{name: probe, emulator: hawser, both: \"rate=unlimited delay=1ms loss=50%\"}]");
    try (Testbed testbed =
        Testbed.up("seed" + ProcessHandle.current().pid(), topology, Testbed.anySeed())) {
      // The kernels' own IPv6 packets would be drawn for, too.
      testbed.hosts().forEach(EmulatorCheckTest::quiet);
      long seed = testbed.seed();
      List<Integer> first = arrivals(testbed, seed);
      assertThat(arrivals(testbed, seed)).as("seed " + seed).isEqualTo(first);
      assertThat(arrivals(testbed, seed + 1)).as("seed " + seed).isNotEqualTo(first);
    }
  }

  private static void quiet(Host host) {
    host.namespace()
        .run(() -> {
          Path file = Path.of("/proc/sys/net/ipv6/conf/probe/disable_ipv6");
          try {
            return Files.writeString(file, "1");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static List<Integer> arrivals(Testbed testbed, long seed) throws IOException {
    testbed.draw(seed);
    List<Integer> counts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      counts.add(
          new UdpProbe(testbed.client(), testbed.server(), 0).run(PACKETS, 500, 10e6).arrived());
    }
    return counts;
  }
}
