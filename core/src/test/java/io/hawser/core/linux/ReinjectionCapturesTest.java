package io.hawser.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.linux.ReplayedPeer.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data that comes again at data level (RFC 8684 section 3.3.6). */
class ReinjectionCapturesTest {
  @ParameterizedTest
  @CsvSource({
    "13-path-blackhole-reinject, 90004",
    "13b-link-down-reinject, 90004",
    "13c-endpoint-removed-reinject, 60004"
  })
  void capture13_13b_13c_reinjectedRangesCutDifferently_areIntact(String name, long bytes) {
    try (ReplayedPeer peer = ReplayedPeer.asServer(name)) {
      assertThat(peer.receivedBytes()).isEqualTo(bytes);
      assertThat(peer.dataAcked()).isEqualTo(bytes + 1);
      assertThat(peer.fellBack()).isFalse();
    }
  }

  @Test
  void capture22_dataSentAgainUntilDataAcked_isDeliveredOnce() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("22-kernel-data-rtx")) {
      assertThat(peer.received()).isEqualTo("pingpayload");
      assertThat(peer.dataAcked()).isEqualTo(11);
    }
  }

  @Test
  void capture22_ourDataWithoutDataAck_isSentAgainWithItsDsn() {
    // The raw server of the capture acknowledges as TCP only: our timer has to run out.
    try (ReplayedPeer peer = new ReplayedPeer("22-kernel-data-rtx", Role.CLIENT)) {
      peer.play(20);
      long dsn = peer.sent.stream().filter(v -> v.payloadLength == 7).findFirst().orElseThrow().dsn;
      assertThat(peer.sent.stream().filter(v -> v.payloadLength == 7 && v.dsn == dsn).count())
          .isGreaterThan(1);
    }
  }

  @Test
  void capture22b_dataFinRepeated_isDataAckedEachTime() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("22b-kernel-datafin-rtx")) {
      assertThat(peer.connection().peerFinished()).isTrue();
      assertThat(peer.dataAcked()).isEqualTo(5);
    }
  }

  @Test
  void capture22b_ourDataFinWithoutDataAck_isRepeated() {
    try (ReplayedPeer peer = new ReplayedPeer("22b-kernel-datafin-rtx", Role.CLIENT)) {
      peer.play(11);
      assertThat(peer.sent.stream().filter(v -> v.dataFin).count()).isGreaterThan(2);
    }
  }

  @Test
  void capture17_zeroWindow_duplicateRangesAreDeliveredOnce() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("17-zero-window")) {
      assertThat(peer.receivedBytes()).isEqualTo(30_004);
      assertThat(peer.dataAcked()).isEqualTo(30_005);
    }
  }

  @Test
  void capture18_sackBesideDss_lostSegmentsAreRepeated() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("18-loss-sack")) {
      assertThat(peer.receivedBytes()).isEqualTo(40_004);
    }
    try (ReplayedPeer peer = ReplayedPeer.asClient("18-loss-sack")) {
      assertThat(peer.received()).isEqualTo("pong");
      assertThat(peer.connection().snapshot().bytesAcked()).isEqualTo(40_004);
    }
  }
}
