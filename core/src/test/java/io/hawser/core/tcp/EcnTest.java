package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.SYN;
import static io.hawser.wire.PacketView.CWR;
import static io.hawser.wire.PacketView.ECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.tcp.TcpScript.Seg;
import org.junit.jupiter.api.Test;

/** Explicit congestion notification (RFC 3168), segment by segment. RTT 100 ms, MSS 1000. */
class EcnTest {
  private static final int CE = 3;
  private static final int ECT0 = 2;

  /** Asked for, and granted by the peer's SYN/ACK. */
  private static TcpScript on() {
    TcpScript s = new TcpScript();
    s.config.ecn = TcpConfig.ECN_ASK;
    s.connect();
    assertThat(s.only().is(SYN | ECE | CWR)).isTrue();
    s.pass(100);
    s.peer(SYN | ACK | ECE, 0, 1, 0, 0x0204_03e8, 0x0101_0402);
    Seg ack = s.only();
    assertThat(ack.is(ACK)).isTrue();
    assertThat(ack.ecn()).as("a pure ACK is not ECN-capable").isZero();
    return s;
  }

  @Test
  void byDefault_isNotAskedFor() {
    try (TcpScript s = new TcpScript()) {
      s.connect();
      assertThat(s.only().is(SYN)).isTrue();
    }
  }

  @Test
  void peerAsks_isGrantedUnlessOff() {
    for (int setting = 0; setting <= 2; setting++) {
      try (TcpScript s = new TcpScript()) {
        s.config.ecn = setting;
        s.feedSyn(SYN | ECE | CWR, 0x0204_03e8);
        Seg answer = s.only();
        boolean granted = setting != TcpConfig.ECN_OFF;
        assertThat(answer.is(granted ? SYN | ACK | ECE : SYN | ACK)).isTrue();
        s.peer(ACK, 1, 1, 0);
        s.write(500);
        assertThat(s.only().ecn()).isEqualTo(granted ? ECT0 : 0);
      }
    }
  }

  @Test
  void markedSyn_isNotBelieved() {
    try (TcpScript s = new TcpScript()) {
      s.ecn = ECT0;
      s.feedSyn(SYN | ECE | CWR, 0x0204_03e8);
      assertThat(s.only().is(SYN | ACK)).isTrue();
    }
  }

  @Test
  void synUnanswered_secondDoesNotAsk() {
    try (TcpScript s = new TcpScript()) {
      s.config.ecn = TcpConfig.ECN_ASK;
      s.connect();
      s.only();
      s.pass(1000);
      assertThat(s.only().is(SYN)).isTrue();
    }
  }

  @Test
  void synAckReflectsBothFlags_isOff() {
    try (TcpScript s = new TcpScript()) {
      s.config.ecn = TcpConfig.ECN_ASK;
      s.connect();
      s.only();
      s.peer(SYN | ACK | ECE | CWR, 0, 1, 0, 0x0204_03e8);
      s.sent.clear();
      s.write(100);
      assertThat(s.only().ecn()).isZero();
    }
  }

  @Test
  void marked_echoedUntilCwr() {
    try (TcpScript s = on()) {
      s.ecn = ECT0;
      s.peer(ACK, 1, 1, 100);
      assertThat(s.only().is(ACK)).isTrue();
      s.ecn = CE;
      s.peer(ACK, 101, 1, 100);
      assertThat(s.only().is(ACK | ECE)).isTrue();
      s.ecn = ECT0;
      s.peer(ACK, 201, 1, 100);
      assertThat(s.only().is(ACK | ECE)).isTrue();
      s.write(100);
      assertThat(s.only().is(ACK | ECE)).isTrue();
      s.peer(ACK | CWR, 301, 101, 100);
      assertThat(s.only().is(ACK)).isTrue();
      s.ecn = CE;
      s.peer(ACK | CWR, 401, 101, 100);
      assertThat(s.only().is(ACK | ECE)).as("CWR answers the mark before").isTrue();
      assertThat(s.c.stats().congestionMarks).isEqualTo(2);
    }
  }

  @Test
  void echo_halvesOnceAWindowAndSaysCwr() {
    try (TcpScript s = on()) {
      s.write(30_000);
      assertThat(s.sent).hasSize(10).allMatch(x -> x.ecn() == ECT0);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK | ECE, 1, 2001, 0);
      assertThat(s.c.estimates().cwndBytes()).isBetween(4000, 6000);
      s.nothing();
      s.peer(ACK | ECE, 1, 4001, 0);
      s.peer(ACK | ECE, 1, 6001, 0);
      assertThat(s.c.stats().ecnReductions).isEqualTo(1);
      s.peer(ACK | ECE, 1, 10_001, 0);
      assertThat(s.sent.getFirst().is(ACK | CWR)).isTrue();
      assertThat(s.sent.stream().filter(x -> (x.flags() & CWR) != 0)).hasSize(1);
      assertThat(s.c.stats().totalRetransmissions).isZero();
      assertThat(s.c.stats().ecnReductions).isEqualTo(1);
      s.peer(ACK | ECE, 1, 11_001, 0);
      assertThat(s.c.stats().ecnReductions).as("the peer has seen CWR").isEqualTo(2);
    }
  }

  @Test
  void retransmission_isNotCapable_andLossSaysCwr() {
    try (TcpScript s = on()) {
      s.write(6000);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 1, 0, s.sack(1001, 4001));
      Seg again = s.only();
      assertThat(again.seq()).isEqualTo(1);
      assertThat(again.ecn()).isZero();
      assertThat(again.is(ACK)).isTrue();
      s.peer(ACK | ECE, 1, 6001, 0);
      assertThat(s.c.stats().undos).isZero();
      s.sent.clear();
      s.write(100);
      assertThat(s.only().is(ACK | CWR)).isTrue();
    }
  }

  @Test
  void superSegments_cwrGoesAlone() {
    try (TcpScript s = new TcpScript(60_000)) {
      s.feedSyn(SYN | ECE | CWR, 0x0204_03e8, 0x0101_0402);
      s.peer(ACK, 1, 1, 0);
      s.sent.clear();
      s.write(40_000);
      s.sent.clear();
      s.peer(ACK | ECE, 1, 10_001, 0);
      Seg first = s.sent.getFirst();
      assertThat(first.is(ACK | CWR)).isTrue();
      assertThat(first.length()).isEqualTo(1000);
      assertThat(s.sent.get(1).length()).isGreaterThan(1000);
    }
  }
}
