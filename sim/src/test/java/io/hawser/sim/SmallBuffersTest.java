package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A fast path beside a slow one, and buffers smaller than what the slow one would need: the stream
 * must not be slower than over the fast path alone (RFC 6182 section 2.2.1), which opportunistic
 * retransmission is for (Raiciu et al., How Hard Can It Be?, NSDI 2012, section 4.2).
 */
class SmallBuffersTest {
  private static final long SECOND = 1_000_000_000;

  private static double goodput(int sendBytes, int receiveBytes, String... links) {
    try (Simulation simulation = new Simulation(20_261_123)) {
      SimHost client = simulation.host("client", new StackConfig(), EventSink.NONE);
      SimHost server = simulation.host("server", new StackConfig(), EventSink.NONE);
      server.address(IpAddress.parse("10.9.0.1"));
      for (int i = 0; i < links.length; i++) {
        IpAddress address = IpAddress.parse("10.0." + i + ".1");
        LinkConfig link = LinkConfig.parse(links[i]);
        client.address(address);
        simulation.path("p" + i, client, server, link, link).addressA(address);
      }
      StreamPlan plan = StreamPlan.bulk(0, 20_000_000, 7);
      StreamApplication sink = new StreamApplication(simulation, plan);
      StreamApplication source = new StreamApplication(simulation, plan.mirrored());
      Endpoint service = new Endpoint(server.stack().addresses().getFirst(), 80);
      ConnectionConfig config =
          ConnectionConfig.multipathDefaults().withBuffers(sendBytes, receiveBytes);
      server.listen(service, config, () -> source);
      client.connect(new Endpoint(IpAddress.parse("10.0.0.1"), 0), service, config, sink);
      simulation.run(
          () -> sink.fault() != null || sink.isDone() && source.isDone(), 600 * SECOND, 20_000_000);
      assertThat(sink.fault()).isNull();
      return sink.readBytes() * 8e3 / (sink.lastReadNs() - sink.establishedNs());
    }
  }

  @ParameterizedTest(name = "{0} and {1}, send buffer {2} KiB, receive buffer {3} KiB")
  @CsvSource({
    "rate=20mbit delay=10ms queue=100kb, rate=5mbit delay=100ms queue=300kb, 4096, 64",
    "rate=20mbit delay=10ms queue=100kb, rate=5mbit delay=100ms queue=300kb, 4096, 128",
    "rate=20mbit delay=10ms queue=100kb, rate=5mbit delay=100ms queue=300kb, 4096, 256",
    "rate=20mbit delay=10ms queue=100kb, rate=5mbit delay=100ms queue=300kb, 4096, 512",
    "rate=20mbit delay=10ms queue=100kb, rate=5mbit delay=100ms queue=300kb, 128, 4096",
    "rate=50mbit delay=5ms queue=100kb, rate=1mbit delay=300ms queue=100kb, 4096, 256",
    "rate=8mbit delay=15ms queue=60kb, rate=2mbit delay=75ms queue=500kb, 4096, 200",
  })
  void twoPaths_areNotSlowerThanTheFastOne(String fast, String slow, int sendKib, int receiveKib) {
    double alone = goodput(sendKib << 10, receiveKib << 10, fast);
    double both = goodput(sendKib << 10, receiveKib << 10, fast, slow);
    System.out.printf(
        "%s + %s, buffers %d/%d KiB: %.2f Mbit/s alone, %.2f over both, ratio %.2f / bound 0.90%n",
        fast, slow, sendKib, receiveKib, alone, both, both / alone);
    assertThat(both / alone).isGreaterThan(0.9);
  }

  /**
   * A path is overtaken piece by piece: one occasion, after which it rests a round, not sixteen.
   */
  @ParameterizedTest(name = "receive buffer {0} KiB, send buffer {1} KiB")
  @CsvSource({"2000, 4096", "3000, 4096", "6000, 3000"})
  void equalPaths_heldUpAtOnce_bothGoOn(int receiveKib, int sendKib) {
    String link = "rate=20mbit delay=100ms queue=500kb";
    double alone = goodput(sendKib << 10, receiveKib << 10, link);
    double both = goodput(sendKib << 10, receiveKib << 10, link, link);
    System.out.printf(
        "%s twice, buffers %d/%d KiB: %.2f Mbit/s over one, %.2f over both, ratio %.2f / bound 1.20%n",
        link, sendKib, receiveKib, alone, both, both / alone);
    assertThat(both / alone).isGreaterThan(1.2);
  }
}
