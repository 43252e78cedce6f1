package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.StackConfig;
import io.hawser.core.api.Buffers;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tuned send buffer beside one of 4 MiB: no slower, and it holds a fraction of a second where
 * the fixed one holds many.
 */
class SendBufferTuningTest {
  private static final long SECOND = 1_000_000_000;
  private static final int FIXED = 4 << 20;

  /** What came of a transfer; how much was held on average, measured every 100 ms. */
  private record Outcome(double mbit, double heldBytes) {
    double heldSeconds() {
      return heldBytes * 8 / 1e6 / mbit;
    }
  }

  private static Outcome transfer(boolean tuned, int seconds, String... links) {
    try (Simulation simulation = new Simulation(20_261_125)) {
      SimHost client = simulation.host("client", new StackConfig(), EventSink.NONE);
      SimHost server = simulation.host("server", new StackConfig(), EventSink.NONE);
      server.address(IpAddress.parse("10.9.0.1"));
      for (int i = 0; i < links.length; i++) {
        IpAddress address = IpAddress.parse("10.0." + i + ".1");
        LinkConfig link = LinkConfig.parse(links[i]);
        client.address(address);
        simulation.path("p" + i, client, server, link, link).addressA(address);
      }
      StreamPlan plan = StreamPlan.bulk(0, 1_000_000_000_000L, 7);
      StreamApplication sink = new StreamApplication(simulation, plan);
      StreamApplication source = new StreamApplication(simulation, plan.mirrored());
      Endpoint service = new Endpoint(server.stack().addresses().getFirst(), 80);
      ConnectionConfig config =
          ConnectionConfig.multipathDefaults()
              .withBuffers(new Buffers(FIXED, tuned, 6 << 20, false));
      server.listen(service, config, () -> source);
      client.connect(new Endpoint(IpAddress.parse("10.0.0.1"), 0), service, config, sink);
      double held = 0;
      int samples = 0;
      long read = 0;
      for (int i = 0; i < seconds * 10; i++) {
        simulation.runFor(SECOND / 10);
        Connection sender = source.connection();
        if (i >= 20 && sender != null) {
          held += sender.sendCapacityBytes() - sender.writableBytes();
          samples++;
        } else {
          read = sink.readBytes();
        }
      }
      assertThat(sink.fault()).isNull();
      double mbit = (sink.readBytes() - read) * 8 / 1e6 / (seconds - 2);
      Objects.requireNonNull(source.connection()).abort(simulation.nowNs());
      Objects.requireNonNull(sink.connection()).abort(simulation.nowNs());
      simulation.runFor(SECOND);
      return new Outcome(mbit, held / samples);
    }
  }

  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({
    "rate=20mbit delay=5ms queue=30kb, 1",
    "rate=20mbit delay=100ms queue=500kb, 1",
    "rate=200mbit delay=10ms queue=500kb, 1",
    "rate=20mbit delay=25ms queue=125kb loss=0.1%, 1",
    "rate=20mbit delay=25ms queue=125kb loss=1%, 2",
    "rate=20mbit delay=25ms queue=125kb loss=5%, 1",
    "rate=20mbit delay=25ms queue=125kb loss=5%, 2",
    "rate=20mbit delay=100ms queue=500kb loss=5%, 1",
    "rate=20mbit delay=100ms queue=500kb loss=5%, 2",
  })
  void tuned_isNoSlowerThanFixed_andHoldsLittle(String link, int paths) {
    String[] links = new String[paths];
    Arrays.fill(links, link);
    compare(0.7, links);
  }

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource({
    "rate=20mbit delay=5ms queue=50kb, rate=5mbit delay=100ms queue=125kb",
    "rate=50mbit delay=10ms queue=200kb, rate=2mbit delay=150ms queue=100kb",
    "rate=20mbit delay=5ms queue=50kb loss=1%, rate=5mbit delay=100ms queue=125kb loss=1%",
  })
  void unequalPaths_tunedIsNoSlowerThanFixed(String first, String second) {
    // What the slow path keeps outstanding is needed: a fast one fills its round trip meanwhile.
    compare(1, first, second);
  }

  private static void compare(double share, String... links) {
    Outcome fixed = transfer(false, 20, links);
    Outcome tuned = transfer(true, 20, links);
    System.out.printf(
        "%s: fixed %.2f Mbit/s holding %.2f s; tuned %.2f holding %.2f s (%.0f KiB);"
            + " ratio %.2f%n",
        String.join(" + ", links),
        fixed.mbit,
        fixed.heldSeconds(),
        tuned.mbit,
        tuned.heldSeconds(),
        tuned.heldBytes / 1024,
        tuned.mbit / fixed.mbit);
    assertThat(tuned.mbit / fixed.mbit).isGreaterThan(0.95);
    assertThat(tuned.heldSeconds()).isLessThan(Math.min(2, fixed.heldSeconds() * share));
  }
}
