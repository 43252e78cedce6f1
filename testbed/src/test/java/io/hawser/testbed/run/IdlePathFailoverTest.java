package io.hawser.testbed.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.sim.scenario.StackChoice;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A path that idles takes over when the other one dies for good: MPTCP's backup (RFC 8684 section
 * 3.3.8) beside SCTP's second address (RFC 9260 section 8.2).
 */
@NeedsNetworkNamespaces
@Timeout(120)
class IdlePathFailoverTest {
  private static final long CUT_NS = 2_000_000_000L;

  /** Bounds in milliseconds; SCTP gives a path up after some time-outs in a row. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"HAWSER, 700", "MPTCP_KERNEL, 4000", "SCTP, 8000"})
  void firstPathDies_idleOneTakesOver(StackChoice stack, long boundMs) throws IOException {
    Told told =
        Told.by(
            """
            topology:
              name: pair
              links:
                - {name: wifi, both: "rate=20mbit delay=10ms queue=150kb"}
                - {name: lte, both: "rate=10mbit delay=25ms queue=100kb", backup: true}
            workload: {kind: bulk, flow: download, time: 12s}
            timeline:
              - {at: 2s, link: wifi, do: blackhole}
            """,
            stack);
    Event.TransferEnded end = told.of(Event.TransferEnded.class).getFirst();
    long cutNs = told.of(Event.LinkChanged.class).getFirst().atNs();
    long idleBytes = 0;
    long lastBytes = 0;
    for (Event.LinkSample sample : told.of(Event.LinkSample.class)) {
      if (sample.link().equals("lte")) {
        idleBytes = sample.atNs() < cutNs ? sample.backBytes() : idleBytes;
        lastBytes = sample.backBytes();
      }
    }
    System.out.printf(
        "%s: idle path took over after %.0f ms / bound %d ms; %d bytes on it before, %d at the end%n",
        stack.word(), end.longestStallNs() / 1e6, boundMs, idleBytes, lastBytes);
    assertThat(end.verified()).isTrue();
    assertThat(idleBytes).as("bytes on the idle path before the cut").isLessThan(100_000);
    assertThat(lastBytes).isGreaterThan(500_000);
    assertThat(end.lastNs()).as("goes on after the cut").isGreaterThan(cutNs + CUT_NS);
    assertThat(end.longestStallNs() / 1_000_000).as("stall, ms").isLessThan(boundMs);
  }
}
