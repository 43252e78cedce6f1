package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BBR on simulated paths, beside CUBIC where the two are meant to differ. */
class BbrTest {
  private static final long SECOND = 1_000_000_000;
  private static final IpAddress SERVICE = IpAddress.parse("10.9.0.1");
  private static final String PATH = "rate=50mbit delay=20ms queue=500kb";

  /** A client and a server with links between them; the server sends without end. */
  private static final class World implements AutoCloseable {
    final Simulation simulation = new Simulation(20_261_124);
    final SimHost client = simulation.host("client", new StackConfig(), EventSink.NONE);
    final SimHost server = simulation.host("server", new StackConfig(), EventSink.NONE);
    final List<Path> paths = new ArrayList<>();
    final List<StreamApplication> sinks = new ArrayList<>();

    World(String... links) {
      server.address(SERVICE);
      for (int i = 0; i < links.length; i++) {
        IpAddress address = IpAddress.parse("10.0." + i + ".1");
        LinkConfig link = LinkConfig.parse(links[i]);
        client.address(address);
        paths.add(simulation.path("p" + i, client, server, link, link).addressA(address));
      }
    }

    World open(String control) {
      StreamPlan plan = StreamPlan.bulk(0, 1L << 40, 7);
      ConnectionConfig config =
          ConnectionConfig.multipathDefaults()
              .withBuffers(16 << 20, 16 << 20)
              .withCongestionControl(control);
      Endpoint service = new Endpoint(SERVICE, 80 + sinks.size());
      StreamApplication sink = new StreamApplication(simulation, plan);
      StreamApplication source = new StreamApplication(simulation, plan.mirrored());
      server.listen(service, config, () -> source);
      client.connect(new Endpoint(IpAddress.parse("10.0.0.1"), 0), service, config, sink);
      sinks.add(sink);
      return this;
    }

    /** What each connection has received in the next seconds, Mbit/s. */
    double[] rates(int seconds) {
      long[] before = sinks.stream().mapToLong(StreamApplication::readBytes).toArray();
      simulation.runFor(seconds * SECOND);
      double[] rates = new double[before.length];
      for (int i = 0; i < rates.length; i++) {
        assertThat(sinks.get(i).fault()).isNull();
        rates[i] = (sinks.get(i).readBytes() - before[i]) * 8e-6 / seconds;
      }
      return rates;
    }

    double queueMs() {
      LinkCounters down = paths.getFirst().link(Direction.B_TO_A).counters();
      return down.totalQueueDelayNs() / 1e6 / down.packets(Fate.DELIVERED);
    }

    @Override
    public void close() {
      simulation.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate=50mbit delay=20ms queue=1mb",
        "rate=50mbit delay=20ms queue=250kb",
        "rate=300mbit delay=10ms queue=1mb",
        "rate=10mbit delay=100ms queue=500kb",
      })
  void deepQueue_rateOfCubic_andLittleOfTheDelay(String link) {
    try (World bbr = new World(link).open("bbr");
        World cubic = new World(link).open("cubic")) {
      double ratio = bbr.rates(20)[0] / cubic.rates(20)[0];
      double delay = bbr.queueMs() / cubic.queueMs();
      System.out.printf(
          "%s: goodput by cubic's %.3f / bound 0.95, queue by cubic's %.3f / bound 0.35%n",
          link, ratio, delay);
      assertThat(ratio).isGreaterThan(0.95);
      assertThat(delay).isLessThan(0.35);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10kb", "25kb", "50kb"})
  void shallowQueue_isFilledAndNotFlooded(String queue) {
    try (World bbr = new World("rate=50mbit delay=20ms queue=" + queue).open("bbr")) {
      double part = bbr.rates(20)[0] / 50;
      LinkCounters down = bbr.paths.getFirst().link(Direction.B_TO_A).counters();
      double lost = (double) down.droppedPackets() / down.packets(Fate.OFFERED);
      System.out.printf(
          "queue of %s: goodput by rate %.3f / bound 0.7, lost %.4f / bound 0.02%n",
          queue, part, lost);
      assertThat(part).isGreaterThan(0.7);
      assertThat(lost).isLessThan(0.02);
    }
  }

  @Test
  void onePacketOfAHundredLost_manyTimesCubicsRate() {
    String link = "rate=50mbit delay=20ms queue=250kb loss=1%";
    try (World bbr = new World(link).open("bbr");
        World cubic = new World(link).open("cubic")) {
      double rate = bbr.rates(20)[0];
      double other = cubic.rates(20)[0];
      System.out.printf("1 %% lost: bbr %.1f / bound 35, cubic %.1f Mbit/s%n", rate, other);
      assertThat(rate).isGreaterThan(35).isGreaterThan(5 * other);
    }
  }

  @Test
  void twoFlows_theSecondTenSecondsLater_shareFairly() {
    try (World w = new World(PATH).open("bbr")) {
      w.rates(10);
      w.open("bbr").rates(20);
      double[] r = w.rates(30);
      double jain = Math.pow(r[0] + r[1], 2) / (2 * (r[0] * r[0] + r[1] * r[1]));
      System.out.printf("%.1f and %.1f Mbit/s: Jain %.3f / bound 0.9%n", r[0], r[1], jain);
      assertThat(jain).isGreaterThan(0.9);
    }
  }

  @Test
  void besideCubic_neitherStarves() {
    try (World w = new World(PATH).open("bbr").open("cubic")) {
      w.rates(20);
      double[] r = w.rates(40);
      double least = Math.min(r[0], r[1]) / (r[0] + r[1]);
      System.out.printf(
          "bbr %.1f, cubic %.1f Mbit/s: least share %.2f / bound 0.2%n", r[0], r[1], least);
      assertThat(least).isGreaterThan(0.2);
    }
  }

  /** Its window is never full, so a scheduler that goes by windows alone would use one path. */
  @Test
  void twoPaths_areBothFull() {
    String[] links = {PATH, "rate=20mbit delay=10ms queue=200kb"};
    try (World bbr = new World(links).open("bbr");
        World cubic = new World(links).open("cubic")) {
      double rate = bbr.rates(20)[0];
      double ratio = rate / cubic.rates(20)[0];
      System.out.printf("two paths: %.1f Mbit/s, by cubic's %.3f / bound 0.95%n", rate, ratio);
      assertThat(ratio).isGreaterThan(0.95);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 100})
  void pathChangesItsRate_isFollowed(int mbit) {
    try (World w = new World(PATH).open("bbr")) {
      w.rates(10);
      LinkConfig next = LinkConfig.parse("rate=" + mbit + "mbit delay=20ms queue=500kb");
      w.paths.getFirst().link(Direction.B_TO_A).configure(next, w.simulation.nowNs());
      w.rates(10);
      double part = w.rates(10)[0] / mbit;
      System.out.printf("50 to %d Mbit/s: part of the new rate %.3f / bound 0.85%n", mbit, part);
      assertThat(part).isGreaterThan(0.85);
    }
  }
}
