package io.hawser.testbed.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrialTest {
  /** Remembers all. */
  private static final class Memory implements EventSink {
    final List<Event> all = new CopyOnWriteArrayList<>();

    @Override
    public boolean wants(Class<? extends Event> kind) {
      return true;
    }

    @Override
    public void accept(Event event) {
      all.add(event);
    }

    <T> List<T> of(Class<T> kind) {
      return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(StackChoice.class)
  void cutLink_endsSinglePathAndNotMultipath(StackChoice stack) throws IOException {
    Scenario scenario =
        ScenarioReader.read(
            "short-cut.yaml",
            """
            topology: wifi-lte
            workload: {kind: bulk, flow: download, time: 4s}
            timeline:
              - {at: 1.5s, link: wifi, do: blackhole}
              - {at: 3s, link: wifi, do: restore}
            """);
    Memory memory = new Memory();
    String name = "r" + ProcessHandle.current().pid();
    try (Testbed testbed = Testbed.up(name, scenario.topology())) {
      new Trial(testbed, scenario, stack, 1, memory).run();
    }
    Event.TransferEnded end = memory.of(Event.TransferEnded.class).getFirst();
    System.out.printf(
        "%s: %.1f Mbit/s, longest stall %.0f ms%n",
        stack.word(),
        end.bytes() * 8e3 / (end.lastNs() - end.firstNs()),
        end.longestStallNs() / 1e6);
    assertThat(end.verified()).isTrue();
    // The cut lasts 1.5 s: one path stands still as long, two do not. SCTP may as well wait: it
    // gives a path up after three time-outs in a row.
    if (stack == StackChoice.SCTP) {
      assertThat(end.longestStallNs()).isGreaterThan(100_000_000L);
    } else if (stack.isMultipath()) {
      assertThat(end.longestStallNs()).isLessThan(1_300_000_000L);
      assertThat(memory.of(Event.SubflowSample.class).stream().map(Event.SubflowSample::link))
          .contains("wifi", "lte");
    } else {
      assertThat(end.longestStallNs()).isGreaterThan(1_400_000_000L);
    }
    assertThat(memory.of(Event.LinkChanged.class)).hasSize(2);
    assertThat(memory.all.getFirst()).isInstanceOf(Event.RunStarted.class);
    assertThat(memory.all.getLast()).isInstanceOf(Event.RunEnded.class);
  }
}
