package io.hawser.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.linux.ReplayedPeer.Role;
import io.hawser.wire.PacketView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other habits of Linux that a peer must bear. */
class HabitsCapturesTest {
  @Test
  void capture02_ipv6_isTheSame() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("02-mpcapable-v6")) {
      assertThat(peer.received()).isEqualTo("hello client\nlast words\n");
      assertThat(peer.connection().multipath()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"14j-third-ack-plain", "14k-third-ack-dss-data"})
  void capture14j_14k_noMpCapableInThirdAck_isTcpForGood(String name) {
    try (ReplayedPeer peer = new ReplayedPeer(name, Role.SERVER)) {
      peer.play(name.startsWith("14j") ? 5 : 4);
      assertThat(peer.received()).isEqualTo("ping");
      assertThat(peer.connection().multipath()).isFalse();
      assertThat(peer.sent.stream().filter(v -> !v.has(PacketView.SYN)))
          .isNotEmpty()
          .allMatch(v -> !v.hasDss && v.mptcpCount == 0);
    }
  }

  @Test
  void capture14l_dssInsteadOfMpCapableOnFirstData_isTaken() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14l-third-ack-mpc-then-dss")) {
      assertThat(peer.received()).isEqualTo("ping");
      assertThat(peer.connection().multipath()).isTrue();
    }
  }

  @Test
  void capture14zc_dataAckBeyondWhatWasSent_isIgnored() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14zc-dack-beyond")) {
      assertThat(peer.received()).isEqualTo("pingx");
      assertThat(peer.connection().multipath()).isTrue();
      assertThat(peer.connection().snapshot().bytesAcked()).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void capture10_refusedJoinRst_fromARequestSocketWithoutTimeStamp_isTaken() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("10-join-over-limit")) {
      assertThat(peer.connection().snapshot().subflows())
          .anyMatch(s -> s.id() == 1 && s.state().equals("CLOSED"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"01c-no-data-close", "04-add-addr-v4"})
  void capture01c_04_lastAckIsBare_subflowEndsWithoutReset(String name) {
    try (ReplayedPeer peer = ReplayedPeer.asServer(name)) {
      assertThat(peer.connection().peerFinished()).isTrue();
      assertThat(peer.fellBack()).isFalse();
    }
  }
}
