package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats.SubflowStats;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device without room for one of two paths. */
class FullDeviceTest {
  private static final long MS = 1_000_000;
  private static final int BYTES = 20_000_000;

  @ParameterizedTest
  @ValueSource(strings = {"lowest-rtt", "round-robin"})
  void oneOfTwoInterfacesIsFull_dataGoesByTheOther_andNothingGoesTwice(String scheduler) {
    try (TwoStacks w = new TwoStacks(22)) {
      w.severalInterfaces = true;
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      Listener listener = w.listen(80);
      Connection client =
          w.connect(80, ConnectionConfig.multipathDefaults().withScheduler(scheduler));
      w.run(100 * MS);
      Connection server = Objects.requireNonNull(listener.accept());
      TransferTest.Flow flow = new TransferTest.Flow(BYTES, 5);
      long longest = 0;
      long since = w.nowNs;
      long end = w.nowNs + 60_000 * MS;
      while (!flow.eof && w.nowNs < end) {
        int before = flow.read;
        w.step(w.nowNs + MS);
        flow.pump(client, server, w.nowNs);
        if (flow.read > before) {
          longest = Math.max(longest, w.nowNs - since);
          since = w.nowNs;
        }
        boolean middle = flow.read > BYTES / 4 && flow.read < BYTES / 2;
        if (middle) {
          w.full.add(TwoStacks.A1);
        } else {
          w.full.clear();
        }
      }
      assertThat(flow.read).isEqualTo(BYTES);
      assertThat(w.refusals).isPositive();
      assertThat(longest).as("longest time without a byte, ns").isLessThan(40 * MS);
      assertThat(client.snapshot().subflows())
          .allSatisfy(s -> assertThat(s.bytesSent()).isGreaterThan(BYTES / 8))
          .extracting(SubflowStats::bytesRetransmitted)
          .allSatisfy(again -> assertThat(again).isLessThan(50_000));
    }
  }
}
