package io.hawser.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hawser.event.Event;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams of events with known answers. */
class RunSummaryTest {
  private static final long MS = 1_000_000;
  private static final long T0 = 777_000_000_000L;

  private final List<Event> events = new ArrayList<>();

  private void start(String stack, long plannedMs, Event.LinkFacts... links) {
    events.add(
        new Event.RunStarted(
            T0, "test", "A test", stack, "virtual", 1, 5, plannedMs * MS, List.of(links)));
  }

  private static Event.LinkFacts link(String name, long mbit) {
    return new Event.LinkFacts(name, mbit * 1_000_000, mbit * 1_000_000, "rate=" + mbit + "mbit");
  }

  private void linkSample(long atMs, String link, long forth, long back) {
    events.add(
        new Event.LinkSample(T0 + atMs * MS, link, forth, back, 0, 0, forth / 1000, 0, 0, 0));
  }

  private void bytes(long atMs, long bytes) {
    events.add(new Event.TransferSample(T0 + atMs * MS, "bulk", bytes));
  }

  private void change(long atMs, String link, String what, boolean usable, long mbit) {
    events.add(
        new Event.LinkChanged(
            T0 + atMs * MS, link, what, usable, mbit * 1_000_000, mbit * 1_000_000));
  }

  private void ended(long atMs, long bytes, long firstMs, long lastMs, long stallMs) {
    events.add(
        new Event.TransferEnded(
            T0 + atMs * MS,
            "bulk",
            bytes,
            T0 + firstMs * MS,
            T0 + lastMs * MS,
            stallMs * MS,
            true,
            ""));
  }

  private RunSummary summary() {
    return RunSummary.of(Recording.of(events));
  }

  @Test
  void goodputIsBytesBetweenTheFirstAndTheLastOne() {
    start("tcp", 3000, link("a", 10));
    for (int i = 0; i <= 20; i++) {
      bytes(1000 + i * 100, i * 125_000L);
    }
    ended(3000, 2_500_000, 1000, 3000, 100);
    events.add(new Event.RunEnded(T0 + 3100 * MS, ""));
    RunSummary run = summary();
    assertThat(run.goodputBitsPerSecond()).isEqualTo(10e6);
    assertThat(run.transfers().getFirst().goodputBitsPerSecond()).isEqualTo(10e6);
    assertThat(run.limitBitsPerSecond()).isCloseTo(10e6 * 1448 / 1500, within(1e-3));
    assertThat(run.fractionOfLimit()).isCloseTo(1500.0 / 1448, within(1e-9));
    assertThat(run.durationNs()).isEqualTo(3100 * MS);
    assertThat(run.bytes()).isEqualTo(2_500_000);
    assertThat(run.longestStallNs()).isEqualTo(100 * MS);
    assertThat(run.stalls()).isZero();
    assertThat(run.failoverNs()).isNull();
    assertThat(run.verified()).isTrue();
    assertThat(run.isGood()).isTrue();
  }

  @Test
  void theLimitFollowsTheLinksThroughTime() {
    start("mptcp-kernel", 4000, link("a", 20), link("b", 10));
    bytes(0, 1);
    change(1000, "a", "down", false, 20);
    change(2000, "b", "rate=5mbit", true, 5);
    change(3000, "a", "up", true, 20);
    ended(4000, 5_000_000, 0, 4000, 0);
    events.add(new Event.RunEnded(T0 + 4000 * MS, ""));
    double share = 1424.0 / 1500;
    assertThat(summary().limitBitsPerSecond())
        .isCloseTo((30 + 10 + 5 + 25) / 4.0 * 1e6 * share, within(1e-3));
  }

  private static Event.LinkFacts joined(String name, String from, String to, long mbit) {
    return new Event.LinkFacts(
        name, from, to, mbit * 1_000_000, mbit * 1_000_000, "rate=" + mbit + "mbit");
  }

  @Test
  void ofLinksInARow_theNarrowestCounts_andSharesAreOfTheClientsLinks() {
    start(
        "hawser",
        4000,
        joined("wifi", "client", "router", 50),
        joined("lte", "client", "router", 50),
        joined("core", "router", "server", 30));
    linkSample(0, "wifi", 0, 0);
    linkSample(0, "lte", 0, 0);
    linkSample(0, "core", 0, 0);
    bytes(0, 1);
    change(2000, "wifi", "rate=10mbit", true, 10);
    change(3000, "lte", "down", false, 50);
    linkSample(4000, "wifi", 0, 3_000_000);
    linkSample(4000, "lte", 0, 1_000_000);
    linkSample(4000, "core", 0, 4_000_000);
    ended(4000, 4_000_000, 0, 4000, 0);
    RunSummary run = summary();
    assertThat(run.limitBitsPerSecond())
        .isCloseTo((30 + 30 + 30 + 10) / 4.0 * 1e6 * 1424 / 1500, within(1e-3));
    assertThat(run.links())
        .extracting(RunSummary.LinkFigures::share)
        .containsExactly(0.75, 0.25, 1.0);
  }

  @Test
  void maxFlow_goesBackOnItself_whereTheFirstWayWasABadOne() {
    // The fewest pipes go a-b in the middle; the full 2 need that one emptied again.
    assertThat(
            new MaxFlow()
                .pipe("s", "a", 1)
                .pipe("a", "b", 1)
                .pipe("b", "t", 1)
                .pipe("s", "x", 1)
                .pipe("x", "y", 1)
                .pipe("y", "b", 1)
                .pipe("a", "v", 1)
                .pipe("v", "w", 1)
                .pipe("w", "t", 1)
                .of("s", "t"))
        .isEqualTo(2);
    double endless = Double.POSITIVE_INFINITY;
    assertThat(new MaxFlow().pipe("s", "a", endless).pipe("a", "t", 3).of("s", "t")).isEqualTo(3);
    assertThat(new MaxFlow().pipe("s", "a", endless).pipe("a", "t", endless).of("s", "t"))
        .isInfinite();
    assertThat(new MaxFlow().pipe("s", "a", 1).of("s", "t")).isZero();
  }

  @Test
  void recordingsOfBeforeLinksToldTheirEnds_areReadAsLinksSideBySide() throws IOException {
    EventCodec codec = new EventCodec();
    start("hawser", 1000, joined("core", "router", "server", 30));
    String now = codec.line(events.getFirst());
    assertThat(codec.event(now)).isEqualTo(events.getFirst());
    String before = now.replace("\"from\":\"router\",", "").replace("\"to\":\"server\",", "");
    assertThat(before).doesNotContain("router");
    assertThat(codec.event(before))
        .isInstanceOfSatisfying(
            Event.RunStarted.class,
            old -> assertThat(old.links()).containsExactly(link("core", 30)));
  }

  @Test
  void headersCountByProtocolMtuAndOverhead() {
    start("sctp", 1000, new Event.LinkFacts("a", 8_000_000, 8_000_000, "mtu=1400 overhead=14"));
    bytes(0, 1);
    ended(1000, 900_000, 0, 1000, 0);
    assertThat(summary().limitBitsPerSecond()).isCloseTo(8e6 * (1400 - 48) / 1414, within(1e-3));
  }

  @Test
  void directionsThatShareASettingAreNoError() {
    String text = "forth: rate=5mbit delay=30ms; back: rate=20mbit delay=30ms";
    start("hawser", 1000, new Event.LinkFacts("a", 5_000_000, 20_000_000, text));
    bytes(0, 1);
    ended(1000, 900_000, 0, 1000, 0);
    assertThat(summary().limitBitsPerSecond()).isNotNull();
  }

  @Test
  void aLinkWithoutRateLeavesNoLimit() {
    start("tcp", 1000, link("a", 10), link("b", 0));
    bytes(0, 1);
    ended(1000, 900_000, 0, 1000, 0);
    assertThat(summary().limitBitsPerSecond()).isNull();
    assertThat(summary().fractionOfLimit()).isNull();
  }

  @Test
  void sharesAreOfTheDataDirection() {
    start("hawser", 1000, link("a", 20), link("b", 10));
    linkSample(0, "a", 5_000, 1_000);
    linkSample(0, "b", 5_000, 1_000);
    linkSample(1000, "a", 35_000, 751_000);
    linkSample(1000, "b", 15_000, 251_000);
    bytes(0, 1);
    ended(1000, 900_000, 0, 1000, 0);
    RunSummary run = summary();
    assertThat(run.flow()).isEqualTo(Flow.BACK);
    assertThat(run.links())
        .extracting(RunSummary.LinkFigures::bytes)
        .containsExactly(750_000L, 250_000L);
    assertThat(run.links()).extracting(RunSummary.LinkFigures::share).containsExactly(0.75, 0.25);
  }

  @Test
  void bothWaysAddUp() {
    start("tcp", 1000, link("a", 10));
    linkSample(0, "a", 0, 0);
    linkSample(1000, "a", 1_000_000, 900_000);
    bytes(0, 1);
    ended(1000, 1_800_000, 0, 1000, 0);
    RunSummary run = summary();
    assertThat(run.flow()).isEqualTo(Flow.BOTH);
    assertThat(run.limitBitsPerSecond()).isCloseTo(20e6 * 1448 / 1500, within(1e-3));
    assertThat(run.links().getFirst().drops()).isEqualTo(1000);
  }

  @Test
  void stallsAreCountedAndBlamedOnTheChangeBeforeThem() {
    start("hawser", 4000, link("a", 20), link("b", 10));
    long had = 0;
    for (int ms = 0; ms <= 4000; ms += 50) {
      // Queued bytes still arrive for 100 ms after the cut, then nothing for 300 ms.
      boolean silent = ms > 1100 && ms < 1400 || ms > 3000 && ms < 3250;
      had += silent ? 0 : 50_000;
      bytes(ms, had);
    }
    change(1010, "a", "down", false, 20);
    change(2000, "a", "up", true, 20);
    ended(4000, had, 0, 4000, 300);
    events.add(new Event.RunEnded(T0 + 4000 * MS, ""));
    RunSummary run = summary();
    assertThat(run.stalls()).isEqualTo(2);
    assertThat(run.transfers().getFirst().stalledNs()).isEqualTo(550 * MS);
    assertThat(run.longestStallNs()).isEqualTo(300 * MS);
    assertThat(run.failoverNs()).isEqualTo(300 * MS);
    assertThat(run.failoverOpen()).isFalse();
    assertThat(run.resolutionNs()).isEqualTo(50 * MS);
    RunSummary.ChangeFigures cut = run.changes().getFirst();
    assertThat(cut.lostLink()).isTrue();
    assertThat(cut.nextByteNs()).isEqualTo(40 * MS);
    assertThat(cut.stallNs()).isEqualTo(300 * MS);
    assertThat(run.changes().get(1).lostLink()).isFalse();
    assertThat(run.changes().get(1).stallNs()).isEqualTo(250 * MS);
  }

  @Test
  void whatGetsStuckIsNotFast() {
    start("tcp", 10_000, link("a", 10));
    for (int ms = 0; ms <= 2000; ms += 100) {
      bytes(ms, ms * 1000L);
    }
    change(2000, "a", "down", false, 10);
    for (int ms = 2100; ms <= 10_000; ms += 100) {
      bytes(ms, 2_000_000);
    }
    ended(10_000, 2_000_000, 0, 2000, 100);
    events.add(new Event.RunEnded(T0 + 10_100 * MS, ""));
    RunSummary run = summary();
    assertThat(run.goodputBitsPerSecond()).isCloseTo(1.6e6, within(1.0));
    assertThat(run.longestStallNs()).isEqualTo(8000 * MS);
    assertThat(run.failoverNs()).isEqualTo(8000 * MS);
    assertThat(run.failoverOpen()).isTrue();
    assertThat(run.text()).contains("to the end (8.00 s)").contains("no byte after it");
  }

  @Test
  void delaysByNearestRankAndMessagesLateAndLost() {
    start("tcp", 2000, link("a", 10));
    for (int i = 100; i >= 1; i--) {
      events.add(new Event.MessageDelay(T0 + (101 - i) * 10 * MS, "voice", i * MS));
    }
    events.add(new Event.MessageTotals(T0 + 2000 * MS, "voice", 104, 100, 7));
    events.add(new Event.PlaybackStall(T0 + 900 * MS, "film", 250 * MS));
    events.add(new Event.PlaybackStall(T0 + 1900 * MS, "film", 150 * MS));
    RunSummary run = summary();
    RunSummary.TransferFigures voice = run.transfers().getFirst();
    assertThat(voice.delay())
        .isEqualTo(new RunSummary.DelayFigures(100, 50 * MS, 95 * MS, 99 * MS, 100 * MS));
    assertThat(voice.sent()).isEqualTo(104);
    assertThat(voice.late()).isEqualTo(7);
    assertThat(voice.lost()).isEqualTo(4);
    assertThat(run.transfers().get(1).playbackStalls()).isEqualTo(2);
    assertThat(run.transfers().get(1).playbackStalledNs()).isEqualTo(400 * MS);
    assertThat(run.fractionOfLimit()).isNull();
    assertThat(run.error()).isEqualTo("the run did not come to an end");
  }

  @Test
  void processorTimeRetransmissionsAndReinjections() {
    start("hawser", 1000, link("a", 10));
    bytes(0, 1);
    events.add(new Event.CpuSample(T0 + 500 * MS, "client", 100 * MS));
    events.add(new Event.CpuSample(T0 + 1000 * MS, "client", 300 * MS));
    events.add(new Event.CpuSample(T0 + 1000 * MS, "server", 200 * MS));
    Endpoint end = new Endpoint(IpAddress.v4(1), 1);
    for (int subflow = 1; subflow <= 2; subflow++) {
      for (int i = 1; i <= 3; i++) {
        events.add(
            new Event.SubflowSample(
                T0 + i * 100 * MS,
                1,
                "client",
                subflow,
                "a",
                end,
                end,
                "ESTABLISHED",
                false,
                0,
                0,
                0,
                0,
                0,
                i * subflow));
      }
    }
    events.add(new Event.ConnectionSample(T0 + 400 * MS, 1, "client", 0, 0, 4321, 0));
    ended(1000, 500_000_000, 0, 1000, 0);
    RunSummary run = summary();
    assertThat(run.cpu()).extracting(RunSummary.CpuFigures::seconds).containsExactly(0.3, 0.2);
    assertThat(run.cpuSecondsPerGb()).isCloseTo(1.0, within(1e-9));
    assertThat(run.retransmittedSegments()).isEqualTo(9);
    assertThat(run.reinjectedBytes()).isEqualTo(4321);
  }

  @Test
  void eventsOfAnEngineWithAZeroOfItsOwnArePlacedByTheirNeighbours() {
    start("hawser", 1000, link("a", 10));
    bytes(500, 1);
    events.add(new Event.SubflowClosed(1_234_567, 1, 2, "RESET"));
    bytes(600, 2);
    events.add(new Event.FellBack(T0 + 650 * MS, 1, "no DSS"));
    Recording run = Recording.of(events);
    assertThat(run.log).extracting(line -> run.seconds(line.atNs())).containsExactly(0.5, 0.65);
    assertThat(run.beginNs()).isEqualTo(T0);
    assertThat(run.endNs()).isEqualTo(T0 + 650 * MS);
  }

  @Test
  void anEmptyRunHasASummaryToo() {
    RunSummary run = summary();
    assertThat(run.bytes()).isZero();
    assertThat(run.text()).contains("did not come to an end");
    assertThat(run.json()).contains("\"fractionOfLimit\" : null");
  }

  @Test
  void comparisonsGiveMedianRangeAndNumberOfRuns() {
    List<RunSummary> runs = new ArrayList<>();
    for (int mbit : new int[] {10, 30, 20}) {
      runs.add(run("hawser", mbit));
    }
    runs.add(run("tcp", 9));
    Comparison comparison = Comparison.of(runs);
    assertThat(comparison.columns())
        .extracting(Comparison.Column::name)
        .containsExactly("hawser", "tcp");
    Comparison.Row goodput = comparison.rows().getFirst();
    assertThat(goodput.label()).isEqualTo("Goodput, Mbit/s");
    assertThat(goodput.cells().getFirst()).isEqualTo(new Comparison.Spread(3, 20, 10, 30));
    assertThat(goodput.cells().get(1)).isEqualTo(new Comparison.Spread(1, 9, 9, 9));
    assertThat(comparison.text())
        .containsPattern("Runs \\(n\\) +3 +1\n")
        .contains("20.0 [10.0\u201330.0]")
        .contains("3 of 3")
        .contains("fewer than three runs of some stacks");
  }

  private RunSummary run(String stack, long mbit) {
    events.clear();
    start(stack, 1000, link("a", 100));
    bytes(0, 1);
    ended(1000, mbit * 125_000, 0, 1000, 0);
    events.add(new Event.RunEnded(T0 + 1000 * MS, ""));
    return summary();
  }
}
