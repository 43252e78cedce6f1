package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.tcp.TcpScript.Seg;
import org.junit.jupiter.api.Test;

/**
 * F-RTO (RFC 5682), the Eifel detection by timestamps (RFC 3522) and what either takes back. RTT
 * 100 ms, MSS 1000, no tail loss probe where SACK is off.
 */
class SpuriousTimeoutTest {
  /** Ten segments, none answered: the timer has expired and the first segment went again. */
  private static TcpScript timedOut(TcpScript s, int bytes) {
    s.write(bytes);
    s.pass(100);
    s.sent.clear();
    while (s.c.stats().timeouts == 0) {
      s.pass(10);
    }
    assertThat(s.sent.getLast().seq()).isEqualTo(1);
    s.sent.clear();
    return s;
  }

  @Test
  void timeout_originalsAckedAfterNewData_undone() {
    try (TcpScript s = timedOut(new TcpScript().established(), 20_000)) {
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(1000);
      s.peer(ACK, 1, 1001, 0);
      assertThat(s.sent).as("new data, not retransmissions").hasSize(2);
      assertThat(s.sent.get(0).seq()).isEqualTo(10_001);
      assertThat(s.sent.get(1).seq()).isEqualTo(11_001);
      s.sent.clear();
      s.peer(ACK, 1, 2001, 0);
      assertThat(s.c.stats().undos).isEqualTo(1);
      assertThat(s.c.estimates().cwndBytes()).isGreaterThanOrEqualTo(10_000);
      assertThat(s.c.estimates().ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
      assertThat(s.c.estimates().lostBytes()).isZero();
      assertThat(s.sent).allMatch(x -> x.seq() > 11_001);
      long again = s.c.stats().totalRetransmissions;
      s.peer(ACK, 1, 12_001, 0);
      assertThat(s.c.stats().totalRetransmissions).isEqualTo(again);
    }
  }

  @Test
  void timeout_newDataSackedOnly_wasReal() {
    try (TcpScript s = timedOut(new TcpScript().established(), 20_000)) {
      s.peer(ACK, 1, 1001, 0);
      s.sent.clear();
      s.peer(ACK, 1, 1001, 0, s.sack(10_001, 11_001));
      assertThat(s.c.stats().undos).isZero();
      assertThat(s.sent.getFirst().seq()).as("conventional recovery").isEqualTo(1001);
      assertThat(s.c.estimates().cwndBytes()).isLessThan(10_000);
    }
  }

  @Test
  void timeout_oldDataSackedFirst_undoneAtOnce() {
    try (TcpScript s = timedOut(new TcpScript().established(), 10_000)) {
      s.peer(ACK, 1, 1, 0, s.sack(3001, 4001));
      assertThat(s.c.stats().undos).isEqualTo(1);
      assertThat(s.c.estimates().cwndBytes()).isGreaterThanOrEqualTo(10_000);
    }
  }

  @Test
  void timeout_nothingNewToSend_retransmits() {
    try (TcpScript s = timedOut(new TcpScript().established(), 10_000)) {
      s.peer(ACK, 1, 1001, 0);
      assertThat(s.sent.getFirst().seq()).isEqualTo(1001);
      s.peer(ACK, 1, 1001, 0);
      assertThat(s.c.stats().undos).isZero();
    }
  }

  @Test
  void timeout_windowShut_retransmits() {
    try (TcpScript s = timedOut(new TcpScript().established(), 20_000)) {
      s.window = 9000;
      s.peer(ACK, 1, 1001, 0);
      assertThat(s.sent.getFirst().seq()).isEqualTo(1001);
    }
  }

  @Test
  void timeout_withoutSackHoleFilledByRetransmission_isNoProof() {
    try (TcpScript s = new TcpScript()) {
      s.config.sack = false;
      s.established();
      timedOut(s, 10_000);
      s.peer(ACK, 1, 8001, 0);
      assertThat(s.c.stats().undos).isZero();
      assertThat(s.sent.getFirst().seq()).isEqualTo(8001);
    }
  }

  @Test
  void secondTimeout_isNotDoubted() {
    try (TcpScript s = timedOut(new TcpScript().established(), 20_000)) {
      while (s.c.stats().timeouts == 1) {
        s.pass(10);
      }
      s.sent.clear();
      s.peer(ACK, 1, 1001, 0);
      assertThat(s.sent.getFirst().seq()).isEqualTo(1001);
    }
  }

  @Test
  void ambiguousAck_echoMeasuresTheRoundTrip() {
    try (TcpScript s = new TcpScript()) {
      s.config.timestamps = true;
      s.established();
      s.write(1000);
      Seg first = s.sent.getFirst();
      assertThat(first.seq()).isEqualTo(1);
      s.pass(700);
      assertThat(s.c.stats().totalRetransmissions).isPositive();
      int late = s.c.timestamp(s.nowNs);
      s.pass(60);
      long before = s.c.estimates().smoothedRttNs();
      s.peer(ACK, 1, 1001, 0, s.stamp(late));
      assertThat(s.c.estimates().smoothedRttNs()).isEqualTo(before + (60 * MS - before) / 8);
    }
  }
}
