package io.hawser.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.wire.MptcpOption.MpJoinAck;
import io.hawser.wire.MptcpOption.MpJoinSyn;
import io.hawser.wire.MptcpOption.MpJoinSynAck;
import io.hawser.wire.PacketView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Further subflows with the kernel as in its captures (RFC 8684 section 3.2). */
class JoinCapturesTest {
  private static final int FIRST = 0;

  private static void lives(ReplayedPeer peer) {
    assertThat(peer.connection().multipath()).as(peer::trace).isTrue();
    assertThat(peer.fellBack()).isFalse();
    assertThat(peer.connection().failure().name()).isEqualTo("NONE");
  }

  private static int fourthAck(ReplayedPeer peer) {
    for (int i = 0; i < peer.sent.size(); i++) {
      boolean answer =
          ReplayedPeer.options(peer.sent.get(i)).stream().anyMatch(MpJoinSynAck.class::isInstance);
      if (answer) {
        int port = peer.sent.get(i).dstPort;
        for (int k = i + 1; k < peer.sent.size(); k++) {
          PacketView v = peer.sent.get(k);
          if (v.dstPort == port && !v.has(PacketView.SYN)) {
            return k;
          }
        }
      }
    }
    return -1;
  }

  @Test
  void capture03_kernelJoins_bothSubflowsCarryTheStreamIntact() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("03-two-subflows")) {
      lives(peer);
      assertThat(peer.receivedBytes()).isEqualTo(30_004);
      assertThat(peer.joins()).isEqualTo(1);
    }
  }

  @Test
  void capture05_backupBitInJoinSyn_isBelieved() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("05-backup-prio")) {
      lives(peer);
      assertThat(peer.events)
          .anyMatch(e -> e instanceof Event.SubflowEstablished s && s.subflow() == 1 && s.backup());
    }
  }

  @Test
  void capture05b_backupBitInSynAck_isBelieved() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("05b-backup-by-server")) {
      lives(peer);
      assertThat(peer.events)
          .anyMatch(
              e -> e instanceof Event.SubflowEstablished s && s.subflow() != FIRST && s.backup());
    }
  }

  @Test
  void capture10_refusedAfterTheThirdAck_connectionLivesOnTheFirst() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("10-join-over-limit")) {
      lives(peer);
      assertThat(peer.received()).isEqualTo("pong");
      assertThat(peer.events).anyMatch(e -> e instanceof Event.SubflowClosed s && s.subflow() == 1);
    }
  }

  @Test
  void capture10b_plainRstWithoutOption_connectionLivesOnTheFirst() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("10b-join-no-listener")) {
      lives(peer);
      assertThat(peer.received()).isEqualTo("pong");
      assertThat(peer.events).anyMatch(e -> e instanceof Event.SubflowClosed s && s.subflow() == 1);
    }
  }

  @Test
  void capture12_unknownToken_isResetWithReason1() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("12-join-bad-token")) {
      assertThat(peer.connected()).isFalse();
      assertThat(peer.sent).hasSize(1);
      assertThat(peer.resets()).containsExactly(1);
      assertThat(peer.sentWith(PacketView.RST | PacketView.ACK)).isEqualTo(1);
    }
  }

  @Test
  void capture12b_wrongHmacInThirdAck_isResetWithReason1() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("12b-join-bad-hmac")) {
      lives(peer);
      assertThat(peer.resets()).first().isEqualTo(1);
      assertThat(peer.joins()).isZero();
    }
  }

  @Test
  void capture12c_joinByRawPeer_dataOnItArrives() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("12c-join-good-by-raw-peer")) {
      lives(peer);
      assertThat(peer.received()).isEqualTo("pingover subflow 2\n");
    }
  }

  @Test
  void capture12d_dataBeforeTheThirdAck_isResetWithReason1() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("12d-join-data-before-ack")) {
      lives(peer);
      assertThat(peer.resets()).first().isEqualTo(1);
      assertThat(peer.received()).isEqualTo("ping");
      assertThat(peer.joins()).isZero();
    }
  }

  @Test
  void capture12e_thirdAckRepeated_isAnsweredEachTimeWithDataAck() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("12e-join-ack-late-dup")) {
      int fourth = fourthAck(peer);
      assertThat(fourth).isPositive();
      assertThat(peer.dataAcksSince(fourth)).isEqualTo(2);
      assertThat(peer.joins()).isEqualTo(1);
    }
  }

  @Test
  void capture12f_portWithoutListener_isTakenByToken() {
    // Linux refuses here; RFC 8684 section 3.2 asks for the token alone, and so do we.
    try (ReplayedPeer peer = new ReplayedPeer("12f-join-closed-port", ReplayedPeer.Role.SERVER)) {
      peer.play(6);
      lives(peer);
      assertThat(peer.sentOptions(MpJoinSynAck.class)).hasSize(1);
    }
  }

  @Test
  void capture14zd_sameIdTwice_bothJoinsAreTaken() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14zd-join-same-id-twice")) {
      assertThat(peer.joins()).isEqualTo(3);
    }
  }

  @Test
  void capture20_kernelResendsItsThirdAck_everyOneIsAnswered() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("20-kernel-join-no-4th-ack")) {
      lives(peer);
      int fourth = fourthAck(peer);
      assertThat(peer.sent.get(fourth).dataAckBytes).isPositive();
      assertThat(peer.dataAcksSince(fourth)).isGreaterThan(100);
    }
  }

  @ParameterizedTest
  @CsvSource({"20b-kernel-join-bad-synack-hmac", "20c-kernel-join-plain-synack"})
  void capture20b_and20c_wrongOrNoJoinInSynAck_isResetWithReason1(String name) {
    try (ReplayedPeer peer = ReplayedPeer.asClient(name)) {
      lives(peer);
      assertThat(peer.resets()).first().isEqualTo(1);
      assertThat(peer.sentOptions(MpJoinAck.class)).isEmpty();
    }
  }

  @Test
  void capture20d_rstWithLackOfResources_connectionLives() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("20d-kernel-join-rst")) {
      assertThat(peer.connection().multipath()).isTrue();
      assertThat(peer.sentOptions(MpJoinSyn.class)).isNotEmpty();
      assertThat(peer.joins()).isZero();
    }
  }

  @Test
  void capture20e_fourthAckOfJoin_carriesDataAck() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("20e-kernel-join-4th-ack-plain")) {
      int fourth = fourthAck(peer);
      assertThat(fourth).isPositive();
      assertThat(peer.sent.get(fourth).hasDss).isTrue();
      assertThat(peer.sent.get(fourth).dataAckBytes).isPositive();
    }
  }
}
