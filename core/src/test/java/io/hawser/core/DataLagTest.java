package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.Bytes;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * A peer that acknowledges all bytes at subflow level and repeats an old DATA_ACK, as Linux does
 * when segments wait in a socket's backlog: its data goes again long before a time-out.
 */
class DataLagTest {
  private static final long MS = 1_000_000;

  @Test
  void dataAckLags_allIsAckedBelow_dataGoesAgainWithinTwoRoundTrips() {
    try (TwoStacks w = new TwoStacks(61)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      Listener listener = w.listen(80);
      Connection client = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(w.nowNs + 100 * MS);
      Connection server = Objects.requireNonNull(listener.accept());
      TransferTest.Flow flow = new TransferTest.Flow(4_000, 5);
      List<Long> sentNs = new ArrayList<>();
      boolean[] holds = {true};
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            if (v.payloadLength > 0 && !v.source().equals(TwoStacks.B1)) {
              sentNs.add(w.nowNs);
            } else if (holds[0] && v.hasDss && v.dataAckBytes > 0) {
              holdBack(p, v);
            }
            return true;
          };
      long startNs = w.nowNs;
      flow.pump(client, server, w.nowNs);
      while (w.nowNs < startNs + 60 * MS) {
        w.step(w.nowNs + MS);
      }
      int first = (int) sentNs.stream().filter(at -> at < startNs + 5 * MS).count();
      assertThat(first).as("segments at first").isPositive();
      assertThat(sentNs.size()).as("segments in all").isGreaterThan(first);
      // The bytes were acknowledged a round trip of 10 ms after they left.
      long againNs = sentNs.get(first) - startNs;
      assertThat(againNs / MS).as("sent again after, ms / bound 35").isBetween(10L, 35L);
      holds[0] = false;
      w.run(w.nowNs + 500 * MS);
      assertThat(client.snapshot().bytesAcked()).isEqualTo(4_000);
    }
  }

  /** The peer's data level seems to stand where it began. */
  private static void holdBack(PacketBuffer packet, PacketView v) {
    long held = v.dataAck - 4_000;
    if (v.dataAckBytes == 8) {
      Bytes.put64(packet.memory(), v.dssOffset + 4, held);
    } else {
      Bytes.put32(packet.memory(), v.dssOffset + 4, (int) held);
    }
    Altered.mend(packet);
  }
}
