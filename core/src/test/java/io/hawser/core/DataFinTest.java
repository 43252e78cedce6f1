package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The end of a stream at data level (RFC 8684 section 3.3.3). */
class DataFinTest {
  private static final long SECOND = 1_000_000_000;

  /** It may ride on a bare ACK, which TCP does not repeat: MPTCP must. */
  @Test
  void lostDataFin_isSaidAgain() {
    try (TwoStacks w = new TwoStacks(51)) {
      Listener listener = w.listen(80);
      Connection a = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(SECOND);
      Connection b = Objects.requireNonNull(w.accept(listener));
      assertThat(a.write(MemorySegment.ofArray(new byte[1000]), 0, 1000)).isEqualTo(1000);
      a.wrote(w.nowNs);
      w.run(SECOND);
      assertThat(b.read(MemorySegment.ofArray(new byte[1000]), 0, 1000)).isEqualTo(1000);
      b.didRead(w.nowNs);
      int[] lost = new int[1];
      w.filter =
          packet -> {
            PacketView v = Altered.view(packet);
            if (v.hasDss && v.dataFin && v.payloadLength == 0) {
              // RFC 8684 section 3.3.3: alone it has no place in the subflow, and a length of 1.
              assertThat(v.ssn).isZero();
              assertThat(v.dataLength).isEqualTo(1);
            }
            return !v.hasDss || !v.dataFin || lost[0]++ >= 3;
          };
      a.shutdownOutput(w.nowNs);
      w.run(10 * SECOND);
      assertThat(lost[0]).isGreaterThan(3);
      assertThat(b.atEnd()).isTrue();
      b.close(w.nowNs);
      a.close(w.nowNs);
      w.run(10 * SECOND);
      assertThat(b.failure()).isEqualTo(Connection.Failure.NONE);
      w.run(100 * SECOND);
      assertThat(w.a.connections()).isEmpty();
      assertThat(w.b.connections()).isEmpty();
    }
  }
}
