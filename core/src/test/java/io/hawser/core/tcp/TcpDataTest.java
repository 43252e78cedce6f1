package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.tcp.TcpScript.Seg;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Loss, windows and acknowledgements, segment by segment. RTT 100 ms, MSS 1000. */
class TcpDataTest {
  @Test
  void established_segmentLost_sackRetransmitsOnce() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(5000);
      assertThat(s.sent).hasSize(5);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 1, 0, s.sack(1001, 2001));
      s.peer(ACK, 1, 1, 0, s.sack(1001, 3001));
      s.nothing();
      s.peer(ACK, 1, 1, 0, s.sack(1001, 4001));
      Seg again = s.only();
      assertThat(again.seq()).isEqualTo(1);
      assertThat(again.length()).isEqualTo(1000);
      assertThat(s.c.stats().timeouts).isZero();
      s.pass(100);
      s.peer(ACK, 1, 5001, 0);
      s.nothing();
      assertThat(s.c.unackedCount()).isZero();
      assertThat(s.c.stats().totalRetransmissions).isEqualTo(1);
    }
  }

  @Test
  void established_reorderingTimer_findsLoss() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(2000);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 1, 0, s.sack(1001, 2001));
      s.nothing();
      s.pass(24);
      s.nothing();
      s.pass(2);
      assertThat(s.only().seq()).isEqualTo(1);
    }
  }

  @Test
  void established_tailLost_probeIsLastSegment() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(3000);
      s.sent.clear();
      s.pass(199);
      s.nothing();
      s.pass(1);
      Seg probe = s.only();
      assertThat(probe.seq()).isEqualTo(2001);
      assertThat(s.c.stats().tailProbes).isEqualTo(1);
      assertThat(s.c.stats().timeouts).isZero();
    }
  }

  @Test
  void established_silence_timeoutsDoubleThenGivesUp() {
    try (TcpScript s = new TcpScript()) {
      s.config.sack = false;
      s.config.retries2 = 4;
      s.connect();
      s.only();
      s.pass(100);
      s.peer(TcpScript.SYN | ACK, 0, 1, 0, 0x0204_03e8);
      s.sent.clear();
      s.write(100);
      s.only();
      long rto = s.c.estimates().rtoNs() / MS;
      for (int i = 0; i < 4; i++) {
        s.pass((rto << i) - 1);
        s.nothing();
        s.pass(1);
        assertThat(s.only().seq()).isEqualTo(1);
      }
      s.pass(rto << 4);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.TIMED_OUT);
    }
  }

  @Test
  void established_zeroWindow_probesUntilItOpens() {
    try (TcpScript s = new TcpScript().established()) {
      s.window = 0;
      s.peer(ACK, 1, 1, 0);
      s.sent.clear();
      s.write(500);
      s.nothing();
      s.pass(310);
      assertThat(s.only().is(ACK)).isTrue();
      s.window = 60_000;
      s.peer(ACK, 1, 1, 0);
      assertThat(s.only().length()).isEqualTo(500);
    }
  }

  @Test
  void established_zeroWindowAnswered_neverGivesUp() {
    try (TcpScript s = new TcpScript()) {
      s.config.retries2 = 3;
      s.established();
      s.window = 0;
      s.peer(ACK, 1, 1, 0);
      s.write(500);
      for (int i = 0; i < 10; i++) {
        s.sent.clear();
        for (int steps = 0; s.sent.isEmpty() && steps < 1300; steps++) {
          s.pass(100);
        }
        assertThat(s.only().is(ACK)).isTrue();
        s.peer(ACK, 1, 1, 0);
        assertThat(s.c.state()).as("round %d", i).isEqualTo(TcpState.ESTABLISHED);
      }
    }
  }

  @Test
  void established_gap_sackNewestFirstThenDsack() {
    try (TcpScript s = new TcpScript().established()) {
      s.peer(ACK, 1001, 1, 1000);
      assertThat(s.only().sack()).containsExactly(1001, 2001);
      s.peer(ACK, 3001, 1, 1000);
      assertThat(s.only().sack()).containsExactly(3001, 4001, 1001, 2001);
      s.peer(ACK, 1, 1, 1000);
      Seg filled = s.only();
      assertThat(filled.ack()).isEqualTo(2001);
      assertThat(filled.sack()).containsExactly(3001, 4001);
      s.peer(ACK, 1, 1, 1000);
      assertThat(s.only().sack()).containsExactly(1, 1001, 3001, 4001);
    }
  }

  @Test
  void established_afterQuickAcks_everySecondOrDelayed() {
    try (TcpScript s = new TcpScript().established()) {
      for (int i = 0; i < 16; i++) {
        s.peer(ACK, 1 + 100 * i, 1, 100);
      }
      s.sent.clear();
      s.peer(ACK, 1601, 1, 100);
      s.nothing();
      s.peer(ACK, 1701, 1, 100);
      assertThat(s.only().ack()).isEqualTo(1801);
      s.peer(ACK, 1801, 1, 100);
      s.nothing();
      s.pass(40);
      assertThat(s.only().ack()).isEqualTo(1901);
      s.unit = 100;
      s.peer(ACK, 1901, 1, 300);
      assertThat(s.only().ack()).isEqualTo(2201);
    }
  }

  @Test
  void established_beyondWindow_trimmedAndEdgeNeverShrinks() {
    try (TcpScript s = new TcpScript()) {
      s.end.windowBytes = 2000;
      s.established();
      s.end.windowBytes = 0;
      s.peer(ACK, 1, 1, 1000);
      assertThat(s.only().window()).isEqualTo(1000);
      s.peer(ACK, 1001, 1, 1400);
      assertThat(s.end.got.size()).isEqualTo(2000);
      Seg full = s.only();
      assertThat(full.ack()).isEqualTo(2001);
      assertThat(full.window()).isZero();
    }
  }

  @Test
  void established_ignorePayload_acksOldNumber() {
    try (TcpScript s = new TcpScript().established()) {
      s.end.verdict = TcpExtension.Verdict.IGNORE_PAYLOAD;
      s.peer(ACK, 1, 1, 100);
      assertThat(s.only().ack()).isEqualTo(1);
      assertThat(s.end.got.size()).isZero();
    }
  }

  @Test
  void established_superSegment_splitWhenPartlySacked() {
    try (TcpScript s = new TcpScript(60_000).established()) {
      s.write(10_000);
      assertThat(s.sent.getFirst().unit()).isEqualTo(1000);
      assertThat(s.sent.getFirst().length()).isGreaterThanOrEqualTo(2000);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 1001, 0, s.sack(2001, 10_001));
      Seg again = s.sent.getFirst();
      assertThat(again.seq()).isEqualTo(1001);
      assertThat(again.length()).isEqualTo(1000);
      assertThat(again.unit()).isZero();
    }
  }

  @Test
  void superSegment_ackedPieceByPiece_isNoReordering() {
    try (TcpScript s = new TcpScript(60_000).established()) {
      s.write(10_000);
      assertThat(s.sent.getFirst().length()).isGreaterThan(1000);
      s.pass(100);
      s.peer(ACK, 1, 1001, 0);
      s.peer(ACK, 1, 1501, 0);
      s.peer(ACK, 1, 2001, 0);
      s.sent.clear();
      s.peer(ACK, 1, 2001, 0, s.sack(3001, 6001));
      assertThat(s.sent.getFirst().seq()).as("lost at once").isEqualTo(2001);
    }
  }

  @Test
  void established_dsackForAllRetransmitted_undoes() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(5000);
      int before = s.c.estimates().cwndBytes();
      s.pass(100);
      s.peer(ACK, 1, 1, 0, s.sack(1001, 4001));
      assertThat(s.c.estimates().ssthreshBytes()).isLessThan(before);
      s.peer(ACK, 1, 5001, 0);
      s.peer(ACK, 1, 5001, 0, s.sack(1, 1001));
      assertThat(s.c.stats().undos).isEqualTo(1);
      assertThat(s.c.estimates().cwndBytes()).isGreaterThanOrEqualTo(before);
    }
  }

  @Test
  void established_timeoutButOldEcho_undoes() {
    try (TcpScript s = new TcpScript()) {
      s.config.timestamps = true;
      s.established();
      s.write(3000);
      int first = s.c.timestamp(s.nowNs);
      s.pass(510);
      assertThat(s.c.stats().timeouts).isPositive();
      s.tsVal++;
      s.peer(ACK, 1, 1001, 0, s.stamp(first));
      assertThat(s.c.stats().undos).isEqualTo(1);
    }
  }

  @Test
  void established_smallerMtu_cutsAndSendsAgain() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(2000);
      s.sent.clear();
      s.c.pathMtu(640, s.nowNs);
      s.end.turn(s.nowNs);
      assertThat(s.c.mssBytes()).isEqualTo(600);
      assertThat(s.sent.getFirst().length()).isEqualTo(600);
      int sum = s.sent.stream().mapToInt(Seg::length).sum();
      assertThat(sum).isEqualTo(2000);
    }
  }

  @Test
  void established_mtuSmallerAgainAndAgain_crumblesNothing() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(1000);
      for (int mss : List.of(731, 729, 670, 616, 560, 512)) {
        s.sent.clear();
        s.c.pathMtu(mss + 40, s.nowNs);
        s.end.turn(s.nowNs);
        assertThat(s.sent).extracting(Seg::length).containsExactly(mss, 1000 - mss);
      }
    }
  }

  @Test
  void established_deviceFull_nothingLostAndWantsPoll() {
    try (TcpScript s = new TcpScript().established()) {
      s.deviceFull = true;
      s.peer(ACK, 1, 1, 100);
      s.write(100);
      s.nothing();
      assertThat(s.c.wantsPoll(s.nowNs)).isTrue();
      assertThat(s.c.nextSsn()).isEqualTo(1);
      s.deviceFull = false;
      s.end.turn(s.nowNs);
      Seg sent = s.only();
      assertThat(sent.length()).isEqualTo(100);
      assertThat(sent.ack()).isEqualTo(101);
    }
  }

  @Test
  void established_keepAliveUnanswered_timesOut() {
    try (TcpScript s = new TcpScript()) {
      s.config.keepIdleNs = 10_000 * MS;
      s.config.keepIntervalNs = 1_000 * MS;
      s.config.keepProbes = 3;
      s.established();
      s.pass(10_000);
      assertThat(s.only().seq()).isZero();
      s.peer(ACK, 1, 1, 0);
      s.pass(9_999);
      s.nothing();
      s.pass(4_000);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.TIMED_OUT);
    }
  }

  @Test
  void noSack_duplicateAcksWithMptcpOption_areNoSignOfLoss() {
    try (TcpScript s = new TcpScript()) {
      s.config.sack = false;
      s.established();
      s.write(5000);
      s.sent.clear();
      s.pass(100);
      for (int i = 0; i < 5; i++) {
        // An echoed ADD_ADDR of 10.0.0.2.
        s.peer(ACK, 1, 1, 0, 0x1e08_3105, 0x0a00_0002);
      }
      s.nothing();
      for (int i = 0; i < 3; i++) {
        s.nothing();
        s.peer(ACK, 1, 1, 0);
      }
      assertThat(s.only().seq()).isEqualTo(1);
    }
  }

  @Test
  void userTimeout_nothingAcknowledged_endsAtItsMoment() {
    try (TcpScript s = new TcpScript()) {
      s.config.userTimeoutNs = 5_300 * MS;
      s.established();
      s.pass(10_000);
      assertThat(s.c.state()).as("nothing was outstanding").isEqualTo(TcpState.ESTABLISHED);
      s.write(1000);
      s.pass(5_299);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
      s.pass(1);
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSED);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.TIMED_OUT);
    }
  }

  @Test
  void userTimeout_progressInBetween_countsAnew() {
    try (TcpScript s = new TcpScript()) {
      s.config.userTimeoutNs = 1_000 * MS;
      s.established();
      s.write(2000);
      s.pass(900);
      s.peer(ACK, 1, 1001, 0);
      s.pass(900);
      assertThat(s.c.state()).isEqualTo(TcpState.ESTABLISHED);
      s.pass(100);
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSED);
    }
  }

  @Test
  void userTimeout_synUnanswered_endsAtItsMoment() {
    try (TcpScript s = new TcpScript()) {
      s.config.userTimeoutNs = 2_500 * MS;
      s.connect();
      s.pass(2_499);
      assertThat(s.c.state()).isEqualTo(TcpState.SYN_SENT);
      s.pass(1);
      assertThat(s.c.state()).isEqualTo(TcpState.CLOSED);
      assertThat(s.c.closeReason()).isEqualTo(TcpClose.TIMED_OUT);
    }
  }
}
