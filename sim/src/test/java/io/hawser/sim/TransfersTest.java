package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How well transfers use their paths, in virtual time: the figures hold on every machine. */
class TransfersTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final int TCP_PAYLOAD = 1448;
  private static final int MPTCP_PAYLOAD = 1420;

  /** A download over one or two paths. */
  private static final class Download implements AutoCloseable {
    final Simulation simulation = new Simulation(20_261_123);
    final Path[] paths;
    final StreamApplication sink;
    final StreamApplication source;
    private long longestSilenceNs;

    Download(long bytes, ConnectionConfig config, String... links) {
      SimHost client = simulation.host("client", new StackConfig(), EventSink.NONE);
      SimHost server = simulation.host("server", new StackConfig(), EventSink.NONE);
      server.address(IpAddress.parse("10.9.0.1"));
      paths = new Path[links.length];
      for (int i = 0; i < links.length; i++) {
        IpAddress address = IpAddress.parse("10.0." + i + ".1");
        LinkConfig link = LinkConfig.parse(links[i]);
        client.address(address);
        paths[i] = simulation.path("p" + i, client, server, link, link).addressA(address);
        if (i > 0) {
          client.stack().endpoints().execute("endpoint add " + address + " subflow");
        }
      }
      client.stack().endpoints().limits(4, 4);
      server.stack().endpoints().limits(4, 4);
      StreamPlan plan = StreamPlan.bulk(0, bytes, 7);
      sink = new StreamApplication(simulation, plan);
      source = new StreamApplication(simulation, plan.mirrored());
      Endpoint service = new Endpoint(server.stack().addresses().getFirst(), 80);
      server.listen(service, config, () -> source);
      client.connect(new Endpoint(IpAddress.parse("10.0.0.1"), 0), service, config, sink);
    }

    /** Runs to the end; returns bytes a second, from the connection on. */
    double run() {
      long[] last = {-1, 0};
      simulation.run(
          () -> {
            if (sink.readBytes() != last[0]) {
              if (last[0] > 0) {
                longestSilenceNs = Math.max(longestSilenceNs, simulation.nowNs() - last[1]);
              }
              last[0] = sink.readBytes();
              last[1] = simulation.nowNs();
            }
            return sink.fault() != null || sink.isDone() && source.isDone();
          },
          600 * SECOND,
          20_000_000);
      assertThat(sink.fault()).isNull();
      return sink.readBytes() * 1e9 / (sink.lastReadNs() - sink.establishedNs());
    }

    @Override
    public void close() {
      simulation.close();
    }
  }

  private static double capacity(double bitsPerSecond, int payload) {
    return bitsPerSecond / 8 * payload / 1500;
  }

  @Test
  void plainTcpFillsItsPath() {
    String link = "rate=20mbit delay=15ms queue=100kb";
    try (Download one = new Download(20_000_000, ConnectionConfig.tcpDefaults(), link)) {
      assertThat(one.run() / capacity(20e6, TCP_PAYLOAD)).isBetween(0.95, 1.0);
    }
  }

  @Test
  void twoEqualPathsAddUp() {
    String link = "rate=20mbit delay=15ms queue=100kb";
    ConnectionConfig config = ConnectionConfig.multipathDefaults();
    try (Download two = new Download(40_000_000, config, link, link)) {
      assertThat(two.run() / capacity(40e6, MPTCP_PAYLOAD)).isBetween(0.92, 1.0);
    }
  }

  @Test
  void unequalPathsAddUp() {
    ConnectionConfig config = ConnectionConfig.multipathDefaults();
    try (Download two =
        new Download(
            40_000_000,
            config,
            "rate=30mbit delay=10ms queue=100kb",
            "rate=6mbit delay=40ms queue=100kb")) {
      assertThat(two.run() / capacity(36e6, MPTCP_PAYLOAD)).isBetween(0.90, 1.0);
    }
  }

  @Test
  void aBlackholedPathIsLeftAndUsedAgain() {
    String link = "rate=20mbit delay=10ms queue=60kb";
    ConnectionConfig config = ConnectionConfig.multipathDefaults();
    try (Download two = new Download(40_000_000, config, link, link)) {
      Simulation simulation = two.simulation;
      simulation.after(3 * SECOND, () -> two.paths[0].blackhole(true, simulation.nowNs()));
      simulation.after(7 * SECOND, () -> two.paths[0].blackhole(false, simulation.nowNs()));
      LinkCounters old = two.paths[0].link(Direction.B_TO_A).counters();
      long[] delivered = new long[2];
      simulation.after(7 * SECOND, () -> delivered[0] = old.bytes(Fate.DELIVERED));
      simulation.after(8 * SECOND, () -> delivered[1] = old.bytes(Fate.DELIVERED));
      double share = two.run() / capacity(40e6, MPTCP_PAYLOAD);
      LinkCounters again = two.paths[0].link(Direction.B_TO_A).counters();
      System.out.printf(
          "fail-over: %.3f of both paths, longest silence %.1f ms%n",
          share, two.longestSilenceNs / 1e6);
      // A round trip and a quarter would be 95 ms, the first time-out more than 200.
      assertThat(two.longestSilenceNs).isLessThan(80 * MS);
      // Four of about ten seconds with one path of two.
      assertThat(share).isGreaterThan(0.65);
      assertThat(again.bytes(Fate.DELIVERED)).isGreaterThan(10_000_000);
      // Time-outs alone would find it again after two seconds or more.
      System.out.printf("in the second after its return: %d bytes%n", delivered[1] - delivered[0]);
      assertThat(delivered[1] - delivered[0]).isGreaterThan(500_000);
    }
  }

  @Test
  void randomLossCostsLittleWithTwoPaths() {
    String lossy = "rate=20mbit delay=15ms loss=0.5% queue=100kb";
    ConnectionConfig config = ConnectionConfig.multipathDefaults();
    try (Download two =
        new Download(20_000_000, config, lossy, "rate=20mbit delay=15ms queue=100kb")) {
      double share = two.run() / capacity(40e6, MPTCP_PAYLOAD);
      assertThat(share).isGreaterThan(0.55);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate=20mbit delay=15ms jitter=10ms queue=100kb",
        "rate=5mbit delay=40ms jitter=30ms queue=100kb",
        "rate=20mbit delay=15ms loss=1% queue=100kb"
      })
  void pathsThatOnlyVaryAreNotLeft(String link) {
    ConnectionConfig config = ConnectionConfig.multipathDefaults();
    long bytes = 20_000_000;
    try (Download two = new Download(bytes, config, link, link)) {
      double rate = two.run();
      long again = Objects.requireNonNull(two.source.connection()).snapshot().reinjectedBytes();
      System.out.printf("%s: %.2f MB/s, %d bytes reinjected%n", link, rate / 1e6, again);
      assertThat(again).isLessThan(bytes / 100);
    }
  }

  @Test
  void theSameSeedSendsTheSameBytes() {
    String[] values = new String[2];
    for (int i = 0; i < 2; i++) {
      try (Download two =
          new Download(
              2_000_000,
              ConnectionConfig.multipathDefaults(),
              "rate=20mbit delay=5ms loss=1% jitter=1ms",
              "rate=5mbit delay=25ms reorder=1% duplicate=1%")) {
        TraceHash hash = new TraceHash();
        two.simulation.trace(hash);
        two.run();
        values[i] = hash.value();
      }
    }
    assertThat(values[0]).isEqualTo(values[1]);
  }
}
