package io.hawser.testbed.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.dashboard.Controls;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SimulationControlsTest {
  private static final String CUT =
      """
      title: Cut and mended
      topology: wifi-lte
      stacks: [tcp, hawser]
      workload: {kind: bulk, flow: download, time: 3s}
      timeline:
        - {at: 1s, link: wifi, do: "rate=8mbit delay=25ms loss=1%"}
        - {at: 2s, link: wifi, do: "back: rate=4mbit"}
      """;

  @TempDir Path folder;

  private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();
  private final EventSink sink = EventSink.all(heard::add);

  private static Scenario scenario(String text) throws IOException {
    return ScenarioReader.read("cut.yaml", text);
  }

  private SimulationControls.Playback playback(double speed, boolean loop) {
    return new SimulationControls.Playback(speed, loop, folder);
  }

  /** Everything up to an event of this kind. */
  private List<Event> until(Predicate<Event> wanted) throws InterruptedException {
    List<Event> all = new ArrayList<>();
    while (true) {
      Event next = heard.poll(30, TimeUnit.SECONDS);
      assertThat(next).as("an event").isNotNull();
      all.add(next);
      if (wanted.test(next)) {
        return all;
      }
    }
  }

  private static Controls.LinkState link(Controls controls, String name) {
    return controls.links().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
  }

  /** Its report is written after its last event. */
  private static void awaitIdle(Controls controls) {
    while (controls.running() != null) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void run_isToldWithItsSpeed_leavesAReport_linksFollowTheTimeline()
      throws IOException, InterruptedException {
    long beganNs = System.nanoTime();
    try (SimulationControls controls =
        SimulationControls.play(scenario(CUT), null, playback(4, false), sink)) {
      assertThat(controls.title()).isEqualTo("simulation, wifi-lte, 4 times real speed");
      assertThat(controls.running()).isEqualTo("cut with hawser");
      until(Event.RunEnded.class::isInstance);
      // Three seconds at four times real speed.
      assertThat(System.nanoTime() - beganNs).isGreaterThan(700_000_000L);
      Controls.LinkState wifi = link(controls, "wifi");
      assertThat(wifi.forthBitsPerSecond()).isEqualTo(8_000_000);
      assertThat(wifi.backBitsPerSecond()).isEqualTo(4_000_000);
      assertThat(wifi.delayMs()).isEqualTo(25);
      assertThat(wifi.lossPercent()).isEqualTo(1);
      awaitIdle(controls);
      assertThat(heard).as("what was told after the run's end").isEmpty();
      assertThat(controls.finished()).hasSize(1);
      assertThat(controls.finished().getFirst().page()).isRegularFile();
      controls.start("cut", "hawser-tcp");
      assertThat(link(controls, "wifi").backBitsPerSecond()).isEqualTo(40_000_000);
    }
  }

  @Test
  void pulledCable_isPulledInVirtualTime_wrongWordsAreRefused()
      throws IOException, InterruptedException {
    try (SimulationControls controls =
        SimulationControls.play(
            ScenarioReader.find("multi-path"), StackChoice.HAWSER, playback(1, false), sink)) {
      until(Event.LinkSample.class::isInstance);
      controls.change("wifi", "down");
      assertThat(link(controls, "wifi").up()).isFalse();
      until(e -> e instanceof Event.LinkChanged c && c.change().equals("down") && !c.usable());
      assertThatThrownBy(() -> controls.change("dsl", "down")).hasMessageContaining("wifi");
      assertThatThrownBy(() -> controls.start("voip", "hawser"))
          .hasMessage("multi-path with hawser runs; stop it first");
      controls.change("wifi", "up");
      assertThat(link(controls, "wifi").up()).isTrue();
      controls.stop();
      until(Event.RunEnded.class::isInstance);
      awaitIdle(controls);
      assertThatThrownBy(() -> controls.change("wifi", "down")).hasMessageContaining("run is over");
    }
  }

  @Test
  void loop_goesOnWithTheNextSeed_untilItIsStopped() throws IOException, InterruptedException {
    try (SimulationControls controls =
        SimulationControls.play(scenario(CUT), null, playback(50, true), sink)) {
      until(e -> e instanceof Event.RunStarted r && r.repetition() == 3 && r.seed() == 3);
      controls.stop();
      until(Event.RunEnded.class::isInstance);
      awaitIdle(controls);
      assertThat(controls.finished()).isEmpty();
      try (var files = Files.list(folder)) {
        assertThat(files).isEmpty();
      }
    }
  }

  @Test
  void whatIsNotSimulated_isRefusedWithTheWayOut() {
    assertThatThrownBy(() ->
            SimulationControls.play(
                scenario(CUT.replace("[tcp, hawser]", "[sctp]")), null, playback(1, false), sink))
        .hasMessageContaining("simulated");
    assertThatThrownBy(() ->
            SimulationControls.play(scenario(CUT), StackChoice.SCTP, playback(1, false), sink))
        .hasMessageContaining("hawser or hawser-tcp");
    assertThatThrownBy(() -> playback(0, false)).hasMessageContaining("0.01 to 1000");
  }
}
