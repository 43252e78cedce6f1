package io.hawser.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection.Failure;
import io.hawser.core.api.Connection.Phase;
import io.hawser.core.linux.ReplayedPeer.Role;
import io.hawser.wire.MptcpOption.MpFastclose;
import io.hawser.wire.PacketView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ends of connections and subflows (RFC 8684 sections 3.3.3 and 3.5). */
class CloseCapturesTest {
  @ParameterizedTest
  @ValueSource(strings = {"01-mpcapable-v4", "01c-no-data-close", "07-checksum"})
  void capture01_01c_07_dataFinBeforeFin_closesInOrder(String name) {
    for (Role role : Role.values()) {
      try (ReplayedPeer peer = new ReplayedPeer(name, role)) {
        peer.config.mptcpChecksum = name.startsWith("07");
        peer.play();
        assertThat(peer.connection().peerFinished()).isTrue();
        assertThat(peer.connection().failure()).isEqualTo(Failure.NONE);
        // The kernel's last ACK comes twice; the second finds the subflow gone: a bare RST.
        assertThat(peer.resets()).as(peer::trace).allMatch(r -> r < 0);
        assertThat(peer.resets()).hasSizeLessThan(2);
        int dataFin = first(peer, true);
        assertThat(dataFin).isNotNegative();
        assertThat(first(peer, false)).as(peer::trace).isGreaterThan(dataFin);
      }
    }
  }

  /** Hawser's first packet with a DATA_FIN, or with a FIN. */
  private static int first(ReplayedPeer peer, boolean dataFin) {
    for (int i = 0; i < peer.sent.size(); i++) {
      PacketView v = peer.sent.get(i);
      if (dataFin ? v.dataFin : v.has(PacketView.FIN)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void capture06_kernelClosesWithUnreadData_weAreReset() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("06-fastclose-unread")) {
      assertThat(peer.connection().failure()).isEqualTo(Failure.RESET);
      assertThat(peer.connection().phase()).isEqualTo(Phase.CLOSED);
    }
  }

  @Test
  void capture06_weAbort_fastCloseGoesOnEverySubflow() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("06-fastclose-unread")) {
      assertThat(peer.sentOptions(MpFastclose.class)).hasSize(2);
      assertThat(peer.resets()).containsExactly(0, 0);
    }
  }

  @Test
  void capture06b_lingerZero_isAnAbortBothWays() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("06b-fastclose-linger0")) {
      assertThat(peer.connection().failure()).isEqualTo(Failure.RESET);
    }
    try (ReplayedPeer peer = ReplayedPeer.asServer("06b-fastclose-linger0")) {
      assertThat(peer.sentOptions(MpFastclose.class)).hasSize(1);
      assertThat(peer.sentWith(PacketView.RST | PacketView.ACK)).isEqualTo(1);
    }
  }

  @Test
  void capture06c_kernelShutBothWaysAndMoreComes_weAreReset() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("06c-shutdown-rdwr")) {
      assertThat(peer.connection().peerFinished()).isTrue();
      assertThat(peer.connection().failure()).isEqualTo(Failure.RESET);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10d-only-subflow-killed", "14u-rst-single"})
  void capture10d_14u_onlySubflowReset_connectionWaitsForAnother(String name) {
    try (ReplayedPeer peer = ReplayedPeer.asServer(name)) {
      assertThat(peer.received()).isEqualTo("ping");
      assertThat(peer.connection().phase()).isEqualTo(Phase.OPEN);
      assertThat(peer.connection().failure()).isEqualTo(Failure.NONE);
      assertThat(peer.connection().atEnd()).isFalse();
      // Without a subflow for long enough it is over.
      peer.idle(180_000_000_000L);
      assertThat(peer.connection().phase()).isEqualTo(Phase.CLOSED);
    }
  }

  @Test
  void capture10c_oneOfTwoReset_connectionLives() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("10c-subflow-killed")) {
      assertThat(peer.received()).isEqualTo("pingx");
      assertThat(peer.connection().multipath()).isTrue();
      assertThat(peer.connection().failure()).isEqualTo(Failure.NONE);
    }
  }

  @Test
  void capture14v_finWithoutDataFin_closesOnlyTheSubflow() {
    try (ReplayedPeer peer = new ReplayedPeer("14v-fin-without-datafin", Role.SERVER)) {
      peer.play(9);
      assertThat(peer.connection().phase()).isEqualTo(Phase.OPEN);
      assertThat(peer.connection().peerFinished()).isFalse();
      assertThat(peer.sentWith(PacketView.FIN)).isPositive();
    }
  }

  @Test
  void capture14s_fastCloseOnAnAck_wrongKeyIsIgnoredRightKeyResets() {
    try (ReplayedPeer peer = new ReplayedPeer("14s-fastclose-ack", Role.SERVER)) {
      peer.play(8);
      assertThat(peer.connection().phase()).as("after the wrong key").isEqualTo(Phase.OPEN);
      peer.play();
      assertThat(peer.connection().failure()).isEqualTo(Failure.RESET);
      assertThat(peer.resets()).containsExactly(0);
    }
  }

  @Test
  void capture14t_fastCloseOnARst_endsWithoutAnAnswer() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14t-fastclose-rst")) {
      assertThat(peer.connection().failure()).isEqualTo(Failure.RESET);
      assertThat(peer.resets()).isEmpty();
    }
  }
}
