package io.hawser.sim.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hawser.event.Event;
import io.hawser.sim.scenario.LinkEvent;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Workload;
import io.hawser.sim.scenario.Workload.Flow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of workload over 10 and 5 Mbit/s: it ends, and its figures are possible ones. */
class WorkloadsTest {
  private static final List<LinkSpec> LINKS =
      List.of(
          Ran.link("wifi", "rate=10mbit delay=10ms queue=100kb"),
          Ran.link("lte", "rate=5mbit delay=25ms queue=100kb"));

  /** Of full packets, DSS and timestamps taken off, the payload's part. */
  private static final double SHARE = 1424.0 / 1500;

  private static Ran run(Workload workload, LinkEvent... timeline) {
    Ran ran = Ran.of(Ran.scenario(LINKS, workload, 3, timeline));
    assertThat(ran.one(Event.RunEnded.class).error()).isEmpty();
    assertThat(ran.events().getFirst()).isInstanceOf(Event.RunStarted.class);
    assertThat(ran.events().getLast()).isInstanceOf(Event.RunEnded.class);
    for (Event.TransferEnded ended : ran.all(Event.TransferEnded.class)) {
      assertThat(ended.error()).as(ended.transfer()).isEmpty();
      assertThat(ended.verified()).as(ended.transfer()).isTrue();
    }
    return ran;
  }

  @ParameterizedTest
  @EnumSource(Flow.class)
  void bulk_fillsBothLinks_everyWayItIsAskedTo(Flow flow) {
    Ran ran = run(new Workload.Bulk(flow, 6 * Ran.SECOND));
    List<Event.TransferEnded> transfers = ran.all(Event.TransferEnded.class);
    assertThat(transfers)
        .extracting(Event.TransferEnded::transfer)
        .containsExactlyElementsOf(
            switch (flow) {
              case UPLOAD -> List.of("upload");
              case DOWNLOAD -> List.of("download");
              case BOTH -> List.of("upload", "download");
            });
    for (Event.TransferEnded one : transfers) {
      double goodput = one.bytes() * 8e9 / (one.lastNs() - one.firstNs());
      // Both ways at once, the acknowledgements of the one take from the other.
      assertThat(goodput / (15e6 * SHARE)).isBetween(flow == Flow.BOTH ? 0.75 : 0.85, 1.0);
      assertThat(one.longestStallNs()).isLessThan(Ran.SECOND);
    }
  }

  @Test
  void http_endsWithTheLastByte_afterAboutTheTimeThatItsSizeNeeds() {
    Ran ran = run(new Workload.Http(6_000_000));
    assertThat(ran.ended().bytes()).isEqualTo(6_000_000);
    double seconds = (ran.ended().lastNs() - ran.startNs()) / 1e9;
    assertThat(seconds).isBetween(6e6 * 8 / 15e6 / SHARE, 1.3 * 6e6 * 8 / 15e6 / SHARE);
  }

  @Test
  void requests_areAllAnswered_inAboutARoundTrip() {
    Ran ran = run(new Workload.Requests(5 * Ran.SECOND, 20, 200, 4_000));
    Event.MessageTotals totals = ran.one(Event.MessageTotals.class);
    assertThat(totals.sent()).isEqualTo(100);
    assertThat(totals.arrived()).isEqualTo(100);
    assertThat(ran.ended().bytes()).isEqualTo(400_000);
    List<Long> delays =
        ran.all(Event.MessageDelay.class).stream().map(Event.MessageDelay::delayNs).toList();
    assertThat(delays).hasSize(100).allSatisfy(ns -> assertThat(ns).isGreaterThan(20 * Ran.MS));
    assertThat(delays.stream().sorted().toList().get(50)).isBetween(20 * Ran.MS, 60 * Ran.MS);
  }

  @Test
  void frames_arriveInTime_bothWays() {
    Ran ran = run(new Workload.Frames("voice", Flow.BOTH, 4 * Ran.SECOND, 50, 160, 150 * Ran.MS));
    assertThat(ran.all(Event.MessageTotals.class))
        .extracting(Event.MessageTotals::transfer)
        .containsExactly("voice up", "voice down");
    for (Event.MessageTotals totals : ran.all(Event.MessageTotals.class)) {
      assertThat(totals.sent()).isEqualTo(200);
      assertThat(totals.arrived()).isEqualTo(200);
      assertThat(totals.late()).isZero();
    }
    assertThat(ran.all(Event.MessageDelay.class))
        .hasSize(400)
        .allSatisfy(one -> assertThat(one.delayNs()).isBetween(10 * Ran.MS, 80 * Ran.MS));
  }

  @Test
  void frames_ofMoreThanAllLinksCarry_areLate() {
    Ran ran =
        run(new Workload.Frames("iptv", Flow.DOWNLOAD, 4 * Ran.SECOND, 2000, 1316, 300 * Ran.MS));
    Event.MessageTotals totals = ran.one(Event.MessageTotals.class);
    assertThat(totals.sent()).isEqualTo(8000);
    assertThat(totals.arrived()).isEqualTo(8000);
    // 21 Mbit/s into 14: after 1 s the backlog is half a second old.
    assertThat(totals.late()).isBetween(5000L, 7900L);
  }

  @Test
  void video_atHalfTheRate_playsThrough_andAtTwiceTheRateStallsAsLongAsArithmeticSays() {
    Workload easy =
        new Workload.Video(10 * Ran.SECOND, 6_000_000, 2 * Ran.SECOND, Ran.SECOND, Ran.SECOND);
    Ran played = run(easy);
    assertThat(played.all(Event.PlaybackStall.class)).isEmpty();
    assertThat(played.ended().bytes()).isEqualTo(7_500_000);

    Workload heavy =
        new Workload.Video(10 * Ran.SECOND, 24_000_000, 2 * Ran.SECOND, Ran.SECOND, 4 * Ran.SECOND);
    Ran stalled = run(heavy);
    long standsNs =
        stalled.all(Event.PlaybackStall.class).stream()
            .mapToLong(Event.PlaybackStall::durationNs)
            .sum();
    assertThat(stalled.ended().bytes()).isEqualTo(30_000_000);
    // Five segments of 2 s each need 3.4 s and more; all but the first wait for the rest of that.
    double atBest = 4 * (48e6 / (15e6 * SHARE) - 2);
    assertThat(standsNs / 1e9).isBetween(atBest * 0.95, atBest * 1.4);
  }

  @Test
  void iperf3_isBulkOverSeveralConnections_thatShareTheLinks() {
    Ran ran = run(new Workload.Iperf3(Flow.DOWNLOAD, 6 * Ran.SECOND, 3));
    List<Event.TransferEnded> ended = ran.all(Event.TransferEnded.class);
    assertThat(ended)
        .extracting(Event.TransferEnded::transfer)
        .containsExactly("download 1", "download 2", "download 3");
    long bytes = ended.stream().mapToLong(Event.TransferEnded::bytes).sum();
    // What the senders' buffers hold at the planned end still arrives.
    long lastNs = ended.stream().mapToLong(Event.TransferEnded::lastNs).max().orElseThrow();
    assertThat(bytes * 8e9 / (lastNs - ran.startNs()) / (15e6 * SHARE)).isBetween(0.85, 1.0);
    assertThat(ended).allSatisfy(one -> assertThat(one.bytes()).isGreaterThan(bytes / 10));
  }

  @Test
  void aRunThatIsStopped_says_so() {
    List<Event> events = new ArrayList<>();
    try (ScenarioSimulation run =
        new ScenarioSimulation(
            Ran.scenario(LINKS, Ran.download(5_000), 3), StackChoice.HAWSER, 1, Ran.sink(events))) {
      assertThat(run.advance(2 * Ran.SECOND)).isTrue();
      run.stop();
      run.run();
      assertThat(run.nowNs() / 1e9).isCloseTo(2, within(1.2));
    }
    assertThat(events.getLast()).isInstanceOf(Event.RunEnded.class);
    assertThat(events)
        .filteredOn(Event.TransferEnded.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            Event.TransferEnded.class, one -> assertThat(one.error()).isEqualTo("stopped"));
  }
}
