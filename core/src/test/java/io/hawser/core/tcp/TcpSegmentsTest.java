package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.FIN;
import static io.hawser.core.tcp.TcpScript.MS;
import static io.hawser.core.tcp.TcpScript.RST;
import static io.hawser.core.tcp.TcpScript.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.tcp.TcpScript.Seg;
import org.junit.jupiter.api.Test;

/** Opening, closing, resets and the checks before them, segment by segment. */
class TcpSegmentsTest {
  @Test
  void closed_connect_synWithMssAndScale() {
    try (TcpScript s = new TcpScript()) {
      s.connect();
      Seg syn = s.only();
      assertThat(syn.is(SYN)).isTrue();
      assertThat(syn.mss()).isEqualTo(1460);
      assertThat(syn.scale()).isEqualTo(8);
      assertThat(syn.seq()).isZero();
    }
  }

  @Test
  void synSent_silence_retriesWithBackoffThenGivesUp() {
    try (TcpScript s = new TcpScript()) {
      s.config.synRetries = 3;
      s.connect();
      s.pass(999);
      assertThat(s.sent).hasSize(1);
      s.pass(1);
      assertThat(s.sent).hasSize(2);
      s.pass(2000);
      assertThat(s.sent).hasSize(3);
      s.pass(4000);
      assertThat(s.sent).hasSize(4);
      s.pass(8000);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.TIMED_OUT);
    }
  }

  @Test
  void synSent_synAck_established() {
    try (TcpScript s = new TcpScript()) {
      s.established();
      assertThat(s.c.estimates().smoothedRttNs()).isEqualTo(100 * MS);
      assertThat(s.c.mssBytes()).isEqualTo(1000);
    }
  }

  @Test
  void synSent_wrongAck_resetWithItsNumber() {
    try (TcpScript s = new TcpScript()) {
      s.connect();
      s.only();
      s.peer(SYN | ACK, 0, 7, 0);
      Seg rst = s.only();
      assertThat(rst.is(RST)).isTrue();
      assertThat(rst.seq()).isEqualTo(7);
      assertThat(s.c.state()).isEqualTo(TcpState.SYN_SENT);
    }
  }

  @Test
  void synSent_reset_refused() {
    try (TcpScript s = new TcpScript()) {
      s.connect();
      s.peer(RST, 0, 0, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.SYN_SENT);
      s.peer(RST | ACK, 0, 1, 0);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.REFUSED);
    }
  }

  @Test
  void synSent_syn_simultaneousOpenEstablishes() {
    try (TcpScript s = new TcpScript()) {
      s.connect();
      s.only();
      s.peer(SYN, 0, 0, 0, 0x0204_03e8);
      assertThat(s.c.state()).isEqualTo(TcpState.SYN_RECEIVED);
      assertThat(s.only().is(SYN | ACK)).isTrue();
      s.peer(SYN | ACK, 0, 1, 0, 0x0204_03e8);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
    }
  }

  @Test
  void closed_syn_synAckThenEstablished() {
    try (TcpScript s = new TcpScript()) {
      s.accept(0x0204_03e8, 0x0103_0307);
      Seg answer = s.only();
      assertThat(answer.is(SYN | ACK)).isTrue();
      assertThat(answer.scale()).isEqualTo(8);
      s.window = 100;
      s.peer(ACK, 1, 1, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
      assertThat(s.c.estimates().peerWindowBytes()).isEqualTo(100 << 7);
    }
  }

  @Test
  void synReceived_synAgain_synAckAgain() {
    try (TcpScript s = new TcpScript()) {
      s.accept(0x0204_03e8);
      s.only();
      s.peer(SYN, 0, 0, 0, 0x0204_03e8);
      assertThat(s.only().is(SYN | ACK)).isTrue();
    }
  }

  @Test
  void established_peerFin_closeWaitThenLastAckThenClosed() {
    try (TcpScript s = new TcpScript().established()) {
      s.peer(FIN | ACK, 1, 1, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSE_WAIT);
      assertThat(s.only().ack()).isEqualTo(2);
      s.write(300);
      assertThat(s.only().length()).isEqualTo(300);
      s.peer(ACK, 2, 301, 0);
      s.shutdown();
      assertThat(s.only().is(FIN | ACK)).isTrue();
      assertThat(s.c.state()).isEqualTo(TcpState.LAST_ACK);
      s.peer(ACK, 2, 302, 0);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.ORDERLY);
    }
  }

  @Test
  void established_close_halfCloseTakesDataUntilPeersFin() {
    try (TcpScript s = new TcpScript().established()) {
      s.shutdown();
      assertThat(s.only().is(FIN | ACK)).isTrue();
      s.peer(ACK, 1, 2, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.FIN_WAIT_2);
      s.peer(ACK, 1, 2, 500);
      assertThat(s.end.got.size()).isEqualTo(500);
      s.peer(FIN | ACK, 501, 2, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.TIME_WAIT);
      assertThat(s.sent.getLast().ack()).isEqualTo(502);
      s.pass(40_000);
      s.sent.clear();
      s.peer(FIN | ACK, 501, 2, 0);
      assertThat(s.only().ack()).isEqualTo(502);
      s.pass(59_999);
      assertThat(s.c.state()).isEqualTo(TcpState.TIME_WAIT);
      s.pass(1);
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSED);
    }
  }

  @Test
  void finWait1_fin_closingThenTimeWait() {
    try (TcpScript s = new TcpScript().established()) {
      s.shutdown();
      s.peer(FIN | ACK, 1, 1, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSING);
      s.peer(ACK, 2, 2, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.TIME_WAIT);
      s.pass(59_999);
      assertThat(s.c.state()).isEqualTo(TcpState.TIME_WAIT);
      s.pass(1);
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSED);
    }
  }

  @Test
  void finWait1_silence_finAgain() {
    try (TcpScript s = new TcpScript().established()) {
      s.shutdown();
      s.pass(310);
      assertThat(s.sent).hasSize(2).allMatch(x -> x.is(FIN | ACK) && x.seq() == 1);
    }
  }

  @Test
  void established_resetInWindowNotExact_challengeThenExactCloses() {
    try (TcpScript s = new TcpScript().established()) {
      s.peer(RST, 50, 0, 0);
      assertThat(s.only().is(ACK)).isTrue();
      s.peer(RST, 51, 0, 0);
      s.nothing();
      s.pass(10);
      s.peer(SYN, 60, 0, 0);
      assertThat(s.only().is(ACK)).isTrue();
      s.peer(RST, 500_000, 0, 0);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
      s.peer(RST, 1, 0, 0);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.RESET);
    }
  }

  /** RFC 9293 section 3.5.3: the data may say why. */
  @Test
  void established_resetWithData_closed() {
    try (TcpScript s = new TcpScript().established()) {
      s.peer(RST, 1, 0, 20);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.RESET);
    }
  }

  @Test
  void everySynchronisedState_exactReset_closed() {
    for (int steps = 0; steps < 6; steps++) {
      try (TcpScript s = new TcpScript().established()) {
        boolean peerFirst = steps == 1 || steps == 2;
        if (peerFirst) {
          s.peer(FIN | ACK, 1, 1, 0);
        }
        if (steps >= 2) {
          s.shutdown();
        }
        if (steps == 4) {
          s.peer(ACK, 1, 2, 0);
        }
        if (steps == 5) {
          s.peer(FIN | ACK, 1, 1, 0);
        }
        s.peer(RST, peerFirst || steps == 5 ? 2 : 1, 0, 0);
        assertThat(s.c.state()).as("case %d", steps).isEqualTo(TcpState.CLOSED);
      }
    }
  }

  @Test
  void established_abort_reset() {
    try (TcpScript s = new TcpScript().established()) {
      s.c.abort(s.nowNs);
      s.end.turn(s.nowNs);
      assertThat(s.only().is(RST | ACK)).isTrue();
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.ABORTED);
    }
  }

  @Test
  void established_verdictReset_abortsWithRst() {
    try (TcpScript s = new TcpScript().established()) {
      s.end.verdict = TcpExtension.Verdict.RESET;
      s.peer(ACK, 1, 1, 10);
      assertThat(s.only().is(RST | ACK)).isTrue();
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSED);
    }
  }

  @Test
  void established_oldTimestamp_droppedWithAck() {
    try (TcpScript s = new TcpScript()) {
      s.config.timestamps = true;
      s.established();
      s.tsVal = 999;
      s.peer(ACK, 1, 1, 100, s.stamp(0));
      assertThat(s.end.got.size()).isZero();
      assertThat(s.only().ack()).isEqualTo(1);
      s.tsVal = 1001;
      s.peer(ACK, 1, 1, 100, s.stamp(0));
      assertThat(s.end.got.size()).isEqualTo(100);
      assertThat(s.only().tsEcr()).isEqualTo(1001);
    }
  }

  @Test
  void established_ackOfNothingSent_challenge() {
    try (TcpScript s = new TcpScript().established()) {
      s.peer(ACK, 1, 5000, 0);
      assertThat(s.only().is(ACK)).isTrue();
      assertThat(s.c.unackedSsn()).isEqualTo(1);
    }
  }

  @Test
  void synReceived_answersToRepeatedSyns_areNoExpirations() {
    try (TcpScript s = new TcpScript()) {
      s.accept(0x0204_03e8);
      for (int i = 0; i < 10; i++) {
        s.peer(SYN, 0, 0, 0, 0x0204_03e8);
      }
      s.sent.clear();
      s.pass(1100);
      assertThat(s.only().is(SYN | ACK)).isTrue();
      assertThat(s.c.state()).isEqualTo(TcpState.SYN_RECEIVED);
      s.pass(100_000);
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSED);
      assertThat(s.sent).as("further SYN/ACKs of five in all").hasSize(4);
    }
  }
}
