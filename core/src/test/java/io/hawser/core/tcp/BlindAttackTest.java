package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.FIN;
import static io.hawser.core.tcp.TcpScript.RST;
import static io.hawser.core.tcp.TcpScript.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who does not see the connection cannot end it or put bytes in (RFC 5961). */
class BlindAttackTest {
  @Test
  void blindData_withAckOutsideTheWindowSent_isDropped() {
    try (TcpScript s = new TcpScript().established()) {
      s.peer(ACK, 1, 200_000, 100);
      assertThat(s.only().ack()).isEqualTo(1);
      s.pass(20);
      s.peer(ACK, 1, -200_000, 100);
      assertThat(s.only().ack()).isEqualTo(1);
      assertThat(s.end.got.size()).isZero();
      s.peer(ACK, 1, 1, 100);
      assertThat(s.end.got.size()).isEqualTo(100);
    }
  }

  @Test
  void challenges_oneInTenMilliseconds_andNoneForResetsOutsideTheWindow() {
    try (TcpScript s = new TcpScript().established()) {
      for (int i = 0; i < 1000; i++) {
        s.peer(RST, 2 + i, 0, 0);
        s.peer(SYN, 2 + i, 0, 0);
      }
      assertThat(s.sent).hasSize(1);
      s.sent.clear();
      for (int i = 0; i < 10; i++) {
        s.pass(10);
        s.peer(SYN | ACK, 1, 1, 0);
        s.peer(RST | ACK, 700_000, 1, 0);
      }
      assertThat(s.sent).hasSize(10).allMatch(x -> x.is(ACK) && x.ack() == 1);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
    }
  }

  @Test
  void blindFin_outsideTheWindow_changesNothing() {
    try (TcpScript s = new TcpScript().established()) {
      s.peer(FIN | ACK, 900_000, 1, 0);
      s.peer(FIN | ACK, -900_000, 1, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
    }
  }

  @Test
  void synReceived_blindAck_isResetAndTheOpeningGoesOn() {
    try (TcpScript s = new TcpScript()) {
      s.accept(0x0204_03e8);
      s.only();
      s.peer(ACK, 1, 77, 0);
      assertThat(s.only().is(RST)).isTrue();
      assertThat(s.c.state()).isEqualTo(TcpState.SYN_RECEIVED);
      s.peer(ACK, 1, 1, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
    }
  }

  @Test
  void smallerMtu_onlyFromAQuotedSegmentInFlightAndNeverAbove() {
    try (TcpScript s = new TcpScript().established()) {
      assertThat(s.c.isOutstanding(s.iss + 500)).isFalse();
      s.write(1000);
      assertThat(s.c.isOutstanding(s.iss + 500)).isTrue();
      assertThat(s.c.isOutstanding(s.iss + 5000)).isFalse();
      assertThat(s.c.isOutstanding(s.iss - 500)).isFalse();
      s.c.pathMtu(9000, s.nowNs);
      s.c.pathMtu(1500, s.nowNs);
      assertThat(s.c.mssBytes()).isEqualTo(1000);
      s.c.pathMtu(68, s.nowNs);
      assertThat(s.c.mssBytes()).as("RFC 1191: not below 552").isEqualTo(512);
      s.c.pathMtu(1400, s.nowNs);
      assertThat(s.c.mssBytes()).as("no raise by ICMP").isEqualTo(512);
    }
  }

  @Test
  void unreachable_onlyWhileConnecting() {
    try (TcpScript s = new TcpScript().established()) {
      s.c.unreachable(s.nowNs);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
    }
    try (TcpScript s = new TcpScript()) {
      s.connect();
      s.c.unreachable(s.nowNs);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.UNREACHABLE);
    }
  }
}
