package io.hawser.sim.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.Simulation;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.wire.Endpoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shapes that the built-in scenarios are there to show, at rates that run quickly. */
class TrialShapesTest {
  private static final double SHARE = 1424.0 / 1500;
  private static final List<LinkSpec> WIFI_LTE =
      List.of(
          Ran.link("wifi", "rate=20mbit delay=10ms queue=150kb"),
          Ran.link("lte", "rate=10mbit delay=25ms queue=100kb"));
  private static final List<LinkSpec> SHARED =
      List.of(
          Ran.link("wifi", "client", "router", "rate=50mbit delay=5ms queue=300kb"),
          Ran.link("lte", "client", "router", "rate=50mbit delay=15ms queue=300kb"),
          Ran.link("core", "router", "server", "rate=30mbit delay=5ms queue=300kb"));

  private static void wentWell(Ran ran) {
    assertThat(ran.one(Event.RunEnded.class).error()).isEmpty();
    assertThat(ran.ended().error()).isEmpty();
    assertThat(ran.ended().verified()).isTrue();
  }

  @Test
  void linkCut_singlePathStops_multiPathGoesOn_andBothEndWhole() {
    Scenario cut =
        Ran.scenario(
            WIFI_LTE,
            Ran.download(9_000),
            5,
            Ran.at(3_000, "wifi", "blackhole"),
            Ran.at(6_000, "wifi", "restore"));
    Ran single = Ran.of(cut, StackChoice.HAWSER_TCP);
    wentWell(single);
    assertThat(single.bytes("download", 6_000)).isEqualTo(single.bytes("download", 3_200));
    assertThat(single.ended().longestStallNs()).isGreaterThan(2_900 * Ran.MS);

    Ran multi = Ran.of(cut, StackChoice.HAWSER);
    wentWell(multi);
    assertThat(multi.ended().longestStallNs()).isLessThan(500 * Ran.MS);
    assertThat(multi.goodput("download", 4_000, 6_000) / (10e6 * SHARE)).isBetween(0.85, 1.01);
    // Within two seconds of its return the cut link carries its part again.
    assertThat(multi.carriedBack("wifi", 6_000)).isEqualTo(multi.carriedBack("wifi", 4_000));
    assertThat(multi.goodput("download", 8_000, 9_000) / (30e6 * SHARE)).isBetween(0.8, 1.02);
  }

  @Test
  void handoverWalk_fadesOverAndComesBack_withoutAStop() {
    Ran walk =
        Ran.of(
            Ran.scenario(
                WIFI_LTE,
                Ran.download(16_000),
                6,
                Ran.at(3_000, "wifi", "rate=8mbit delay=25ms loss=1%"),
                Ran.at(5_000, "wifi", "rate=2mbit delay=50ms loss=4%"),
                Ran.at(7_000, "wifi", "remove"),
                Ran.at(11_000, "wifi", "add"),
                Ran.at(11_000, "wifi", "rate=20mbit delay=10ms loss=0%")));
    wentWell(walk);
    assertThat(walk.ended().longestStallNs()).isLessThan(1_500 * Ran.MS);
    for (int second = 1; second < 16; second++) {
      assertThat(walk.goodput("download", second * 1000L, second * 1000L + 1000) / (10e6 * SHARE))
          .as("second " + second + " against LTE alone")
          .isGreaterThan(0.5);
    }
    assertThat(walk.carriedBack("wifi", 11_000)).isEqualTo(walk.carriedBack("wifi", 7_500));
    assertThat(walk.all(Event.SubflowSample.class))
        .as("no subflow while the interface is gone")
        .noneMatch(sample ->
            sample.host().equals("client")
                && sample.link().equals("wifi")
                && sample.state().equals("ESTABLISHED")
                && sample.atNs() > walk.startNs() + 7_500 * Ran.MS
                && sample.atNs() < walk.startNs() + 11_000 * Ran.MS);
    assertThat(walk.goodput("download", 14_000, 16_000) / (30e6 * SHARE)).isBetween(0.75, 1.02);
  }

  @Test
  void sharedBottleneck_twoPathsAreNoFasterThanTheLinkBehindThem() {
    Ran multi = Ran.of(Ran.scenario("lia", SHARED, Ran.download(6_000), 7));
    Ran single =
        Ran.of(Ran.scenario("reno", SHARED, Ran.download(6_000), 7), StackChoice.HAWSER_TCP);
    for (Ran ran : List.of(multi, single)) {
      wentWell(ran);
      assertThat(ran.goodput("download", 2_000, 6_000) / 30e6).isBetween(0.85, 0.97);
    }
    assertThat(multi.carriedBack("wifi", 6_000)).isGreaterThan(1_000_000);
    assertThat(multi.carriedBack("lte", 6_000)).isGreaterThan(1_000_000);
  }

  @Test
  void sharedBottleneck_coupledControlTakesOnePart_uncoupledTwo() {
    double coupled = besideOneTcp("lia");
    double uncoupled = besideOneTcp("reno");
    System.out.printf("beside one TCP: lia %.2f, reno on each %.2f%n", coupled, uncoupled);
    // RFC 6356 section 2, goal 2: no more than a single-path flow would take.
    assertThat(coupled).isBetween(0.6, 1.4);
    assertThat(uncoupled).isBetween(1.5, 2.6);
  }

  /** An MPTCP connection's bytes in ratio to a TCP's, both at once for a minute. */
  private static double besideOneTcp(String congestion) {
    List<LinkSpec> links =
        List.of(
            Ran.link("wifi", "client", "router", "rate=50mbit delay=10ms queue=300kb"),
            Ran.link("lte", "client", "router", "rate=50mbit delay=10ms queue=300kb"),
            Ran.link("core", "router", "server", "rate=6mbit delay=5ms queue=40kb"));
    Scenario scenario = Ran.scenario(congestion, links, Ran.download(0), 11);
    ConnectionConfig base = ConnectionConfig.multipathDefaults();
    try (Simulation simulation = new Simulation(11)) {
      SimNetwork network = new SimNetwork(simulation, scenario, EventSink.NONE, true);
      Deque<SimPeer> servers = new ArrayDeque<>();
      long[] got = new long[2];
      for (int n = 0; n < 2; n++) {
        ConnectionConfig config =
            n == 0
                ? base.withCongestionControl(congestion)
                : base.withMultipath(false).withCongestionControl("reno");
        Endpoint service = new Endpoint(SimNetwork.service(), 5001 + n);
        network.server().listen(service, config, servers::removeFirst);
        SimPeer client = new SimPeer(2L * n, 2L * n + 1);
        SimPeer server = new SimPeer(2L * n + 1, 2L * n);
        servers.addLast(server);
        int which = n;
        client.heard((total, nowNs) -> got[which] = total);
        network.client().connect(new Endpoint(network.firstAddress(), 0), service, config, client);
        simulation.runFor(Ran.SECOND);
        server.sendAll(simulation.nowNs());
      }
      simulation.runFor(10 * Ran.SECOND);
      long multi = got[0];
      long single = got[1];
      simulation.runFor(60 * Ran.SECOND);
      return (double) (got[0] - multi) / (got[1] - single);
    }
  }

  @Test
  void codel_keepsTheQueueShort_whereTheTailDropLetsItFill_atTheSameGoodput() {
    String link = "rate=10mbit delay=15ms queue=1mb";
    Ran full = Ran.of(Ran.scenario(List.of(Ran.link("dsl", link)), Ran.download(12_000), 9));
    Ran codel =
        Ran.of(
            Ran.scenario(List.of(Ran.link("dsl", link + " aqm=codel")), Ran.download(12_000), 9));
    wentWell(full);
    wentWell(codel);
    // 10 Mbit/s empty 1.25 MB a second: 5 ms are 6 KB, and one flow's waves are some of these.
    assertThat(full.queuedBack("dsl", 4_000)).isGreaterThan(500_000);
    assertThat(codel.queuedBack("dsl", 4_000)).isLessThan(40_000);
    assertThat(codel.goodput("download", 4_000, 12_000))
        .isGreaterThan(0.85 * full.goodput("download", 4_000, 12_000));
  }
}
