package io.hawser.testbed.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.EndReason;
import io.hawser.event.Event;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.sim.scenario.StackChoice;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NeedsNetworkNamespaces
class TrialTest {
  @ParameterizedTest
  @EnumSource(StackChoice.class)
  void cutLink_endsSinglePathAndNotMultipath(StackChoice stack) throws IOException {
    Told told =
        Told.by(
            """
            topology: wifi-lte
            workload: {kind: bulk, flow: download, time: 4s}
            timeline:
              - {at: 1.5s, link: wifi, do: blackhole}
              - {at: 3s, link: wifi, do: restore}
            """,
            stack);
    Event.TransferEnded end = told.of(Event.TransferEnded.class).getFirst();
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
      assertThat(told.of(Event.SubflowSample.class).stream().map(Event.SubflowSample::link))
          .contains("wifi", "lte");
    } else {
      assertThat(end.longestStallNs()).isGreaterThan(1_400_000_000L);
    }
    // What ended well says so: one end of each connection, in order, and no subflow aborted.
    if (stack.hawserClient()) {
      assertThat(told.of(Event.ConnectionClosed.class))
          .extracting(Event.ConnectionClosed::error)
          .containsExactly("");
      assertThat(told.of(Event.SubflowClosed.class))
          .isNotEmpty()
          .allMatch(one -> EndReason.isOrderly(one.reason()), "orderly");
    }
    assertThat(told.of(Event.LinkChanged.class)).hasSize(2);
    assertThat(told.all().getFirst()).isInstanceOf(Event.RunStarted.class);
    assertThat(told.all().getLast()).isInstanceOf(Event.RunEnded.class);
  }

  /** No patience is long enough for this transfer: the server is cut off for good. */
  @Test
  void endThatIsBad_saysSo() throws IOException {
    Told told =
        Told.by(
            """
            topology: wifi-lte
            workload: {kind: bulk, flow: download, time: 1s}
            timeline:
              - {at: 0.5s, link: wifi, do: blackhole}
              - {at: 0.5s, link: lte, do: blackhole}
            """,
            StackChoice.HAWSER);
    Event.TransferEnded end = told.of(Event.TransferEnded.class).getFirst();
    assertThat(end.verified()).isFalse();
    assertThat(end.error()).contains("not over");
    assertThat(told.of(Event.ConnectionClosed.class))
        .extracting(Event.ConnectionClosed::error)
        .containsExactly("ABORTED");
  }
}
