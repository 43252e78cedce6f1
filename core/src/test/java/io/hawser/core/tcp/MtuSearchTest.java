package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.tcp.TcpScript.Seg;
import org.junit.jupiter.api.Test;

/** Black holes and larger packets again (RFC 4821), segment by segment. MTU 1500, RTT 100 ms. */
class MtuSearchTest {
  private static final int FULL = 1460;
  private static final int SMALL = 1240;

  private static TcpScript open() {
    TcpScript s = new TcpScript();
    s.connect();
    s.only();
    s.pass(100);
    s.peer(SYN | ACK, 0, 1, 0, 0x0204_05b4, 0x0101_0402);
    s.only();
    assertThat(s.c.mssBytes()).isEqualTo(FULL);
    return s;
  }

  private static void timeouts(TcpScript s, int count) {
    long wanted = s.c.stats().timeouts + count;
    while (s.c.stats().timeouts < wanted) {
      s.pass(10);
    }
  }

  /** Through the black hole: three timeouts, everything acknowledged in pieces of 1240. */
  private static int throughTheHole(TcpScript s) {
    s.write(20_000);
    timeouts(s, 3);
    assertThat(s.c.mssBytes()).isEqualTo(SMALL);
    assertThat(s.sent.getLast().length()).isEqualTo(SMALL);
    int acked = 0;
    for (int i = 0; i < 40 && acked < 20_000; i++) {
      s.pass(10);
      acked = Math.min(20_000, acked + SMALL);
      s.peer(ACK, 1, 1 + acked, 0);
    }
    assertThat(s.c.unackedCount()).isZero();
    s.sent.clear();
    return acked;
  }

  @Test
  void fullSegmentsTimeOut_segmentsShrinkStepByStep() {
    try (TcpScript s = open()) {
      s.write(20_000);
      timeouts(s, 2);
      assertThat(s.c.mssBytes()).isEqualTo(FULL);
      for (int smaller : new int[] {SMALL, 1024 - 40, 552 - 40, 552 - 40}) {
        timeouts(s, 1);
        assertThat(s.c.mssBytes()).isEqualTo(smaller);
        timeouts(s, 1);
        assertThat(s.c.mssBytes()).as("it may be an outage").isEqualTo(FULL);
      }
    }
  }

  @Test
  void segmentThatHadMoreOptionsTimesOut_isABlackHoleToo() {
    try (TcpScript s = open()) {
      s.write(FULL - 28);
      timeouts(s, 3);
      assertThat(s.c.mssBytes()).isEqualTo(SMALL);
    }
  }

  @Test
  void smallSegmentTimesOut_isNoBlackHole() {
    try (TcpScript s = open()) {
      s.write(500);
      timeouts(s, 5);
      assertThat(s.c.mssBytes()).isEqualTo(FULL);
    }
  }

  @Test
  void peerSpeaksMeanwhile_stillABlackHole() {
    try (TcpScript s = open()) {
      s.write(20_000);
      int at = 1;
      for (int i = 0; i < 200 && s.c.mssBytes() == FULL; i++) {
        s.pass(100);
        s.peer(ACK, at, 1, 10);
        at += 10;
      }
      assertThat(s.c.mssBytes()).isEqualTo(SMALL);
    }
  }

  @Test
  void sizesChangeBetweenTimeouts_thresholdIsReducedOnce() {
    try (TcpScript s = open()) {
      s.write(20_000);
      timeouts(s, 1);
      int threshold = s.c.estimates().ssthreshBytes();
      timeouts(s, 5);
      assertThat(s.c.estimates().ssthreshBytes()).isEqualTo(threshold).isGreaterThan(5_000);
    }
  }

  @Test
  void off_nothingShrinks() {
    try (TcpScript s = open()) {
      s.config.mtuProbing = false;
      s.write(20_000);
      timeouts(s, 6);
      assertThat(s.c.mssBytes()).isEqualTo(FULL);
    }
  }

  @Test
  void outageOver_oldSizeIsTriedFirstAndKept() {
    try (TcpScript s = open()) {
      int acked = throughTheHole(s);
      s.write(20_000);
      Seg probe = s.sent.getFirst();
      assertThat(probe.length()).isEqualTo(FULL);
      assertThat(probe.unit()).as("one packet").isZero();
      assertThat(s.sent.get(1).length()).isEqualTo(SMALL);
      s.pass(100);
      s.peer(ACK, 1, acked + 1 + FULL + SMALL, 0);
      assertThat(s.c.mssBytes()).isEqualTo(FULL);
    }
  }

  @Test
  void probeLost_isCutAndNoSignOfCongestion_thenHalfWay() {
    try (TcpScript s = open()) {
      int acked = throughTheHole(s);
      int cwnd = s.c.estimates().cwndBytes();
      s.write(FULL + 4 * SMALL);
      s.sent.clear();
      s.pass(100);
      int behind = acked + 1 + FULL;
      s.peer(ACK, 1, acked + 1, 0, s.sack(behind, behind + 4 * SMALL));
      assertThat(s.c.estimates().cwndBytes()).isGreaterThanOrEqualTo(cwnd);
      assertThat(s.sent).hasSize(2);
      assertThat(s.sent.get(0).length()).isEqualTo(SMALL);
      assertThat(s.sent.get(1).length()).isEqualTo(FULL - SMALL);
      s.sent.clear();
      acked += FULL + 4 * SMALL;
      s.peer(ACK, 1, acked + 1, 0);
      s.write(30_000);
      assertThat(s.sent.getFirst().length()).isEqualTo((1280 + 1499 + 1) / 2 - 40);
    }
  }

  @Test
  void routerTold_largerIsTriedAfterTenMinutesOnly() {
    try (TcpScript s = open()) {
      s.c.pathMtu(1400, s.nowNs);
      s.write(10_000);
      assertThat(s.sent).allMatch(x -> x.length() <= 1360);
      s.pass(100);
      s.peer(ACK, 1, 10_001, 0);
      s.pass(599_000);
      s.sent.clear();
      s.write(10_000);
      assertThat(s.sent).allMatch(x -> x.length() <= 1360);
      s.pass(100);
      s.peer(ACK, 1, 20_001, 0);
      s.pass(1_000);
      s.sent.clear();
      s.write(10_000);
      assertThat(s.sent.getFirst().length()).isEqualTo(FULL);
    }
  }

  @Test
  void littleToSay_staysWithinOnePacketEach() {
    try (TcpScript s = open()) {
      int acked = throughTheHole(s);
      s.write(1300);
      assertThat(s.sent).allMatch(x -> x.unit() == 0);
      s.pass(100);
      s.peer(ACK, 1, acked + 1301, 0);
      assertThat(s.c.unackedCount()).isZero();
    }
  }
}
