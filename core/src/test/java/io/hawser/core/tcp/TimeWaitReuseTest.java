package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.FIN;
import static io.hawser.core.tcp.TcpScript.RST;
import static io.hawser.core.tcp.TcpScript.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which SYN may end a TIME-WAIT early (RFC 6191, RFC 9293 section 3.6.1). */
class TimeWaitReuseTest {
  private static TcpScript waiting(boolean timestamps) {
    TcpScript s = new TcpScript();
    s.config.timestamps = timestamps;
    s.established();
    s.shutdown();
    int[] stamp = timestamps ? s.stamp(s.c.timestamp(s.nowNs)) : new int[0];
    s.peer(FIN | ACK, 1, 2, 0, stamp);
    assertThat(s.c.state()).isEqualTo(TcpState.TIME_WAIT);
    return s;
  }

  @Test
  void withoutTimestamps_onlyLaterSequenceNumbers() {
    try (TcpScript s = waiting(false)) {
      assertThat(s.yields(SYN, 3)).isTrue();
      assertThat(s.yields(SYN, 2)).isFalse();
      assertThat(s.yields(SYN, 1)).isFalse();
      assertThat(s.yields(SYN, -100_000)).isFalse();
    }
  }

  @Test
  void withTimestamps_theyDecide() {
    try (TcpScript s = waiting(true)) {
      s.tsVal = 1001;
      assertThat(s.yields(SYN, -100_000, s.stamp(0))).isTrue();
      s.tsVal = 1000;
      assertThat(s.yields(SYN, 3, s.stamp(0))).isTrue();
      assertThat(s.yields(SYN, 2, s.stamp(0))).isFalse();
      s.tsVal = 999;
      assertThat(s.yields(SYN, 3, s.stamp(0))).as("an old duplicate").isFalse();
      assertThat(s.yields(SYN, 3)).as("no timestamps any more").isTrue();
    }
  }

  @Test
  void nothingButASyn_andNoOtherState() {
    try (TcpScript s = waiting(false)) {
      assertThat(s.yields(SYN | ACK, 3)).isFalse();
      assertThat(s.yields(SYN | RST, 3)).isFalse();
      assertThat(s.yields(ACK, 3)).isFalse();
    }
    try (TcpScript s = new TcpScript().established()) {
      assertThat(s.yields(SYN, 3)).isFalse();
    }
  }
}
