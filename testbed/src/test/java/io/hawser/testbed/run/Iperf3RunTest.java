package io.hawser.testbed.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.Requirement;
import io.hawser.sim.scenario.StackChoice;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * iperf3 as a scenario's workload. The real program speaks with ours in the mixed choices: iperf
 * over Hawser's own stack, with the real one as its peer.
 */
@NeedsNetworkNamespaces
@Timeout(120)
class Iperf3RunTest {
  private static final double WIFI_BYTES_PER_SECOND = 10e6 / 8;

  @ParameterizedTest(name = "{0}, {1}, {2} streams")
  @CsvSource({
    "HAWSER, both, 1",
    "HAWSER_KERNEL, both, 2",
    "KERNEL_HAWSER, both, 1",
    "KERNEL_HAWSER, upload, 1",
    "HAWSER_KERNEL, download, 1",
    "HAWSER_TCP, download, 2",
    "MPTCP_KERNEL, both, 1",
  })
  void iperf3_fillsTheLinks(StackChoice stack, String flow, int streams) throws IOException {
    Requirement.program("iperf3", "iperf3");
    Requirement.program("mptcpize", "mptcpize");
    Told told =
        Told.by(
            """
            topology:
              name: pair
              links:
                - {name: wifi, both: "rate=10mbit delay=10ms queue=100kb"}
                - {name: lte, both: "rate=10mbit delay=20ms queue=100kb"}
            workload: {kind: iperf3, flow: %s, time: 3s, parallel: %d}
            """
                .formatted(flow, streams),
            stack);
    List<Event.TransferEnded> ends = told.of(Event.TransferEnded.class);
    assertThat(ends).hasSize(flow.equals("both") ? 2 : 1);
    for (Event.TransferEnded end : ends) {
      System.out.printf(
          "iperf3 %s, %s: %.1f Mbit/s over 2 links of 10%n",
          stack.word(), end.transfer(), end.bytes() * 8 / 3e6);
      assertThat(end.error()).isEmpty();
      // One link at least, never more than both carried in the test and its slow end.
      int links = stack.isMultipath() ? 2 : 1;
      assertThat((double) end.bytes())
          .isBetween(0.6 * 3 * WIFI_BYTES_PER_SECOND, 1.2 * 3 * links * WIFI_BYTES_PER_SECOND);
      assertThat(samples(told, end.transfer())).hasSizeGreaterThan(15);
    }
    if (stack.hawserClient()) {
      assertThat(told.of(Event.SubflowSample.class))
          .extracting(Event.SubflowSample::link)
          .contains("wifi");
    }
  }

  private static List<Event.TransferSample> samples(Told told, String transfer) {
    return told.of(Event.TransferSample.class).stream()
        .filter(one -> one.transfer().equals(transfer) && one.bytes() > 0)
        .toList();
  }
}
