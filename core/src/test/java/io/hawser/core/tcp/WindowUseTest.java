package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.MS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * How the congestion window is used: the first ten segments, limited transmit, idleness, windows
 * that are not filled. RTT 100 ms, MSS 1000.
 */
class WindowUseTest {
  @Test
  void fresh_tenSegmentsThenOneMoreForEachAcknowledged() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(40_000);
      assertThat(s.sent).hasSize(10);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 2001, 0);
      assertThat(s.sent).hasSize(4);
    }
  }

  @Test
  void noSack_firstTwoDuplicates_letOneNewSegmentGoEach() {
    try (TcpScript s = new TcpScript()) {
      s.config.sack = false;
      s.established();
      s.write(40_000);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 1, 0);
      assertThat(s.only().seq()).isEqualTo(10_001);
      s.peer(ACK, 1, 1, 0);
      assertThat(s.only().seq()).isEqualTo(11_001);
      s.peer(ACK, 1, 1, 0);
      assertThat(s.sent.getFirst().seq()).isEqualTo(1);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 12_001, 0);
      assertThat(s.c.estimates().inFlightBytes()).isLessThanOrEqualTo(s.c.estimates().cwndBytes());
    }
  }

  @Test
  void sack_firstTwoDuplicates_letOneNewSegmentGoEach() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(40_000);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 1, 0, s.sack(1001, 2001));
      assertThat(s.sent).as("new data only").allMatch(x -> x.seq() > 10_000).isNotEmpty();
    }
  }

  @Test
  void applicationLimited_windowStaysThenHalvesAfterFiveMinutes() {
    try (TcpScript s = new TcpScript()) {
      s.config.slowStartAfterIdle = false;
      s.established();
      int sent = 0;
      for (; s.c.estimates().cwndBytes() < 40_000; sent += 20_000) {
        s.write(20_000);
        s.pass(100);
        s.peer(ACK, 1, sent + 10_001, 0);
        s.peer(ACK, 1, sent + 20_001, 0);
      }
      int full = s.c.estimates().cwndBytes();
      for (int i = 0; i < 29; i++, sent += 1000) {
        s.pass(9_900);
        s.write(1000);
        s.pass(100);
        s.peer(ACK, 1, sent + 1001, 0);
      }
      assertThat(s.c.estimates().cwndBytes()).as("no growth, no loss").isEqualTo(full);
      for (int i = 0; i < 3; i++, sent += 1000) {
        s.pass(9_900);
        s.write(1000);
        s.pass(100);
        s.peer(ACK, 1, sent + 1001, 0);
      }
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(full / 2);
      assertThat(s.c.estimates().ssthreshBytes()).isGreaterThanOrEqualTo(full * 3 / 4);
    }
  }

  @Test
  void peerLimited_windowDoesNotGrow() {
    try (TcpScript s = new TcpScript().established()) {
      s.window = 3000;
      s.peer(ACK, 1, 1, 0);
      s.sent.clear();
      s.write(40_000);
      for (int i = 0; i < 10; i++) {
        s.pass(50);
        s.peer(ACK, 1, 3000 * i + 3001, 0);
      }
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(10_000);
    }
  }

  @Test
  void idle_longerThanATimeout_beginsWithTenSegmentsAgain() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(10_000);
      s.pass(100);
      s.peer(ACK, 1, 10_001, 0);
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(20_000);
      s.pass(2_000);
      s.sent.clear();
      s.write(40_000);
      assertThat(s.sent).hasSize(10);
      assertThat(s.c.estimates().ssthreshBytes()).isGreaterThanOrEqualTo(15_000);
    }
  }

  @Test
  void peerRenegesOnSacks_everythingGoesAgain() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(3000);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 1, 0, s.sack(1, 3001));
      s.nothing();
      while (s.c.stats().timeouts == 0) {
        s.pass(10);
      }
      assertThat(s.sent.getLast().seq()).isEqualTo(1);
      s.sent.clear();
      s.peer(ACK, 1, 1001, 0);
      assertThat(s.sent.getFirst().seq()).isEqualTo(1001);
      s.peer(ACK, 1, 2001, 0);
      s.peer(ACK, 1, 3001, 0);
      assertThat(s.c.unackedCount()).isZero();
    }
  }

  @Test
  void reordering_seenByDsack_isWaitedForLonger() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(2000);
      s.pass(100);
      s.sent.clear();
      s.peer(ACK, 1, 1, 0, s.sack(1001, 2001));
      s.pass(26);
      assertThat(s.only().seq()).as("a quarter of the RTT").isEqualTo(1);
      s.peer(ACK, 1, 2001, 0);
      s.peer(ACK, 1, 2001, 0, s.sack(1, 1001));
      assertThat(s.c.stats().dsacks).isEqualTo(1);
      s.write(2000);
      s.sent.clear();
      s.pass(100);
      s.peer(ACK, 1, 2001, 0, s.sack(3001, 4001));
      long wait = s.c.nextDeadlineNs() - s.nowNs;
      assertThat(wait).as("twice that now").isBetween(45 * MS, 55 * MS);
    }
  }

  @Test
  void silence_thenData_acknowledgedAtOnceAgain() {
    try (TcpScript s = new TcpScript().established()) {
      for (int i = 0; i < 20; i++) {
        s.peer(ACK, 1 + 100 * i, 1, 100);
      }
      s.pass(40);
      s.sent.clear();
      s.peer(ACK, 2001, 1, 100);
      s.nothing();
      s.pass(5_000);
      s.sent.clear();
      s.peer(ACK, 2101, 1, 100);
      assertThat(s.only().ack()).isEqualTo(2201);
    }
  }

  /** One acknowledgement may tell of many segments at once: behind a receiver's offload it does. */
  @Test
  void loss_toldWithAllThatCame_halvesWhatWasOutstandingNotWhatIsLeft() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(60_000);
      s.pass(100);
      s.peer(ACK, 1, 10_001, 0);
      s.pass(100);
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(20_000);
      s.peer(ACK, 1, 10_001, 0, s.sack(11_001, 30_001));
      assertThat(s.c.estimates().ssthreshBytes()).isEqualTo(10_000);
    }
  }

  /** Linux's tcp_cwnd_restart: half for each timeout that passed, no less than ten segments. */
  @Test
  void idle_aLittleLongerThanATimeout_halvesTheWindow() {
    try (TcpScript s = new TcpScript().established()) {
      s.window = 65_000;
      int una = 1;
      for (int window = 10; window <= 40; window *= 2) {
        s.write(window * 1000);
        s.pass(100);
        una += window * 1000;
        s.peer(ACK, 1, una, 0);
      }
      int cwnd = s.c.estimates().cwndBytes();
      assertThat(cwnd).isGreaterThan(60_000);
      s.pass(s.c.estimates().rtoNs() / MS * 3 / 2);
      s.write(1000);
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(cwnd / 2);
      assertThat(s.c.estimates().ssthreshBytes()).isGreaterThanOrEqualTo(cwnd * 3 / 4);
    }
  }
}
