package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.MS;
import static io.hawser.core.tcp.TcpScript.RST;
import static io.hawser.core.tcp.TcpScript.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.tcp.TcpScript.Seg;
import io.hawser.wire.PacketView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requirements of RFC 9293's appendix B that no other test shows. RTT 100 ms, MSS 1000. */
class RequirementsTest {
  @Test
  void windowField_allBitsSet_isTakenAsUnsigned() {
    try (TcpScript s = new TcpScript().established()) {
      s.window = 0xffff;
      s.peer(ACK, 1, 1, 0);
      assertThat(s.c.estimates().peerWindowBytes()).isEqualTo(65_535);
    }
    try (TcpScript s = new TcpScript()) {
      s.window = 0xffff;
      s.accept(0x0204_03e8, 0x0103_030e);
      s.peer(ACK, 1, 1, 0);
      assertThat(s.c.estimates().peerWindowBytes()).isEqualTo(65_535 << 14);
    }
  }

  @Test
  void peerSaysNoMss_defaultByFamily() {
    try (TcpScript s = new TcpScript()) {
      s.connect();
      s.peer(SYN | ACK, 0, 1, 0);
      assertThat(s.c.mssBytes()).isEqualTo(536);
    }
    SegmentSize six = new SegmentSize(new TcpConfig(), true, 1500);
    six.peer(-1);
    assertThat(six.whole()).isEqualTo(1220);
    six.peer(9000);
    assertThat(six.whole()).isEqualTo(1500 - 60);
    assertThat(six.advertised()).isEqualTo(1500 - 60);
  }

  @Test
  void mssOption_onSynsOnly() {
    try (TcpScript s = new TcpScript()) {
      s.connect();
      assertThat(s.sent.getFirst().mss()).isEqualTo(1460);
      s.peer(SYN | ACK, 0, 1, 0, 0x0204_03e8);
      s.write(3000);
      s.shutdown();
      assertThat(s.sent.stream().skip(1)).isNotEmpty().allMatch(x -> x.mss() == -1);
    }
  }

  @Test
  void lastSegmentOfAWrite_hasPush() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(2500);
      List<Boolean> pushed = new ArrayList<>();
      s.sent.forEach(x -> pushed.add((x.flags() & PacketView.PSH) != 0));
      assertThat(pushed).containsExactly(false, false, true);
    }
  }

  @Test
  void windowShrinks_noNewDataButTheOldIsSentAgainAndTheConnectionLives() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(20_000);
      assertThat(s.sent).hasSize(10);
      s.sent.clear();
      s.pass(100);
      s.window = 500;
      s.peer(ACK, 1, 1001, 0);
      s.nothing();
      s.pass(60_000);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
      assertThat(s.sent).isNotEmpty().allMatch(x -> x.seq() + x.length() <= 10_001);
      s.sent.clear();
      s.window = 60_000;
      s.peer(ACK, 1, 10_001, 0);
      assertThat(s.sent.getFirst().seq()).isEqualTo(10_001);
    }
  }

  @Test
  void zeroWindowProbes_firstAfterATimeoutThenAtDoublingIntervals() {
    try (TcpScript s = new TcpScript().established()) {
      s.window = 0;
      s.peer(ACK, 1, 1, 0);
      s.sent.clear();
      long rto = s.c.estimates().rtoNs() / MS;
      s.write(500);
      List<Long> at = new ArrayList<>();
      for (long ms = 1; at.size() < 5; ms++) {
        s.pass(1);
        if (!s.sent.isEmpty()) {
          at.add(ms);
          s.sent.clear();
        }
      }
      assertThat(at.getFirst()).isBetween(rto, rto + 1);
      for (int i = 1; i < at.size(); i++) {
        assertThat(at.get(i) - at.get(i - 1)).isBetween((rto << i) - 1, (rto << i) + 1);
      }
    }
  }

  @Test
  void ourWindowIsShut_resetStillCountsAndAcksAreTaken() {
    try (TcpScript s = new TcpScript()) {
      s.end.windowBytes = 0;
      s.established();
      s.write(500);
      s.peer(ACK, 1, 501, 0);
      assertThat(s.c.unackedCount()).isZero();
      s.peer(RST, 1, 0, 0);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.RESET);
    }
  }

  @Test
  void urgentData_isDeliveredInLine() {
    try (TcpScript s = new TcpScript().established()) {
      s.peer(ACK | PacketView.URG, 1, 1, 300);
      s.peer(ACK, 301, 1, 200);
      assertThat(s.end.got.size()).isEqualTo(500);
    }
  }

  @Test
  void sentTwice_measuresNothing() {
    try (TcpScript s = new TcpScript()) {
      s.config.sack = false;
      s.established();
      s.write(500);
      long before = s.c.estimates().smoothedRttNs();
      while (s.c.stats().timeouts == 0) {
        s.pass(10);
      }
      s.pass(50);
      s.peer(ACK, 1, 501, 0);
      assertThat(s.c.estimates().smoothedRttNs()).isEqualTo(before);
    }
  }

  @Test
  void peerOpensItsWindowByALittle_noSillySegments() {
    try (TcpScript s = new TcpScript().established()) {
      s.window = 3000;
      s.peer(ACK, 1, 1, 0);
      s.sent.clear();
      s.write(20_000);
      assertThat(s.sent).hasSize(3);
      s.sent.clear();
      s.window = 2000;
      s.peer(ACK, 1, 1001, 0);
      s.window = 1400;
      s.peer(ACK, 1, 2001, 0);
      // The right edge has moved from 3001 to 3401: too little for a segment.
      s.nothing();
      s.window = 2000;
      s.peer(ACK, 1, 3001, 0);
      assertThat(s.sent).hasSize(2).allMatch(x -> x.length() == 1000);
    }
  }

  @Test
  void synRetries_mayCoverThreeMinutes() {
    try (TcpScript s = new TcpScript()) {
      s.config.synRetries = 7;
      s.connect();
      s.pass(180_000);
      assertThat(s.c.state()).isEqualTo(TcpState.SYN_SENT);
      assertThat(s.sent).hasSize(8);
      s.pass(180_000);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.TIMED_OUT);
    }
  }

  @Test
  void keepAlive_isOffUnlessAskedFor_andOneLostAnswerIsNoEnd() {
    assertThat(new TcpConfig().keepIdleNs).isZero();
    try (TcpScript s = new TcpScript()) {
      s.established();
      s.pass(100_000_000);
      s.nothing();
    }
    try (TcpScript s = new TcpScript()) {
      s.config.keepIdleNs = 10_000 * MS;
      s.config.keepIntervalNs = 1_000 * MS;
      s.config.keepProbes = 3;
      s.established();
      s.pass(11_500);
      assertThat(s.sent).hasSize(2).allMatch(x -> x.length() == 0);
      s.peer(ACK, 1, 1, 0);
      s.pass(9_000);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
    }
  }

  @Test
  void outOfOrder_isQueuedAndAckedOnceAllIsProcessed() {
    try (TcpScript s = new TcpScript().established()) {
      s.feed(ACK, 1001, 1, 1000);
      s.feed(ACK, 2001, 1, 1000);
      s.feed(ACK, 1, 1, 1000);
      s.end.turn(s.nowNs);
      Seg ack = s.only();
      assertThat(ack.ack()).isEqualTo(3001);
      assertThat(s.end.got.size()).isEqualTo(3000);
    }
  }
}
