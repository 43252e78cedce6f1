package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Peers that want more than their share, or us to waste ours. RTT 100 ms, MSS 1000. */
class MisbehavingPeerTest {
  @Test
  void ackDivision_growsTheWindowByBytesNotByAcks() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(60_000);
      s.pass(100);
      for (int ack = 11; ack <= 2001; ack += 10) {
        s.peer(ACK, 1, ack, 0);
      }
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(12_000);
    }
  }

  @Test
  void optimisticAck_ofWhatWasNotSent_countsForNothing() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(5_000);
      s.sent.clear();
      s.peer(ACK, 1, 5_002, 0);
      assertThat(s.c.unackedSsn()).isEqualTo(1);
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(10_000);
      assertThat(s.only().is(ACK)).isTrue();
    }
  }

  @Test
  void sacksOfTheUnsentOrUpsideDown_areIgnored() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(5_000);
      s.peer(ACK, 1, 1, 0, s.sack(4_001, 6_001));
      s.peer(ACK, 1, 1, 0, s.sack(3_001, 2_001));
      s.peer(ACK, 1, 1, 0, s.sack(2_001, 2_001));
      s.peer(ACK, 1, 1, 0, s.sack(2_001, -2_000_000_000));
      assertThat(s.c.estimates().sackedBytes()).isZero();
      assertThat(s.c.estimates().lostBytes()).isZero();
    }
  }

  @Test
  void dsacksForNothing_doNotRaiseTheWindow() {
    try (TcpScript s = new TcpScript().established()) {
      s.write(5_000);
      s.pass(100);
      s.peer(ACK, 1, 5_001, 0);
      int before = s.c.estimates().cwndBytes();
      for (int i = 0; i < 50; i++) {
        s.peer(ACK, 1, 5_001, 0, s.sack(1, 1_001));
      }
      assertThat(s.c.estimates().cwndBytes()).isEqualTo(before);
      assertThat(s.c.stats().undos).isZero();
    }
  }

  @Test
  void tinyMss_isNotFollowedAllTheWay() {
    try (TcpScript s = new TcpScript()) {
      s.connect();
      s.only();
      s.peer(SYN | ACK, 0, 1, 0, 0x0204_0001);
      assertThat(s.c.mssBytes()).isEqualTo(88);
    }
  }

  @Test
  void manyHoles_fourBlocksAreTold_andNothingBeyondTheWindowIsHeld() {
    try (TcpScript s = new TcpScript()) {
      // Each piece holds a whole buffer, so no more of them are kept than a few windows have room
      // for.
      s.end.windowBytes = 12_000;
      s.established();
      for (int i = 0; i < 200; i++) {
        s.peer(ACK, 101 + 200 * i, 1, 100);
        assertThat(s.sent.getLast().sack().size()).isLessThanOrEqualTo(8);
        s.sent.clear();
      }
      assertThat(s.end.got.size()).isZero();
      assertThat(s.c.receiveSsn()).isEqualTo(1);
      for (int i = 0; i < 60; i++) {
        s.peer(ACK, 1 + 200 * i, 1, 100);
      }
      assertThat(s.end.got.size()).isEqualTo(12_000);
    }
  }

  /** Segments of a byte each, every second one missing: each would hold a whole buffer. */
  @Test
  void tinySegmentsOutOfOrder_holdABoundedMemory() {
    try (TcpScript s = new TcpScript().established()) {
      for (int i = 0; i < 30_000; i++) {
        s.feed(ACK, 3 + 2 * i, 1, 1);
      }
      long most = 13L * Math.max(65_536, s.end.receiveCapacityBytes()) / 4;
      assertThat(s.c.payload().heldBytes()).isBetween(most / 4, most + 4_096);
    }
  }
}
