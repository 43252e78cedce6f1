package io.hawser.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.linux.ReplayedPeer.Role;
import io.hawser.wire.PacketView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data and its mappings as the kernel and its raw peers sent them (RFC 8684 section 3.3). */
class DataCapturesTest {
  private static void multipath(ReplayedPeer peer) {
    assertThat(peer.connection().multipath()).as(peer::trace).isTrue();
    assertThat(peer.fellBack()).isFalse();
  }

  @Test
  void capture03_wholeWriteMappedOnEverySegment_isIntact() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("03-two-subflows")) {
      multipath(peer);
      assertThat(peer.dataAcked()).isEqualTo(30_005);
    }
    try (ReplayedPeer peer = ReplayedPeer.asClient("03-two-subflows")) {
      multipath(peer);
      assertThat(peer.receivedBytes()).isEqualTo(8_008);
    }
  }

  @Test
  void capture07_checksumOverAWholeMapping_isVerifiedAndIntact() {
    try (ReplayedPeer peer = new ReplayedPeer("07-checksum", Role.SERVER)) {
      peer.config.mptcpChecksum = true;
      peer.play();
      multipath(peer);
      assertThat(peer.received()).isEqualTo("pingodd number of bytes\nxeven");
    }
    try (ReplayedPeer peer = new ReplayedPeer("07-checksum", Role.CLIENT)) {
      peer.config.mptcpChecksum = true;
      peer.play();
      multipath(peer);
      assertThat(peer.dataAcked()).isEqualTo(7_685);
    }
  }

  @Test
  void capture09c_alteredWithoutChecksums_isNotNoticed() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("09c-mangle-no-checksum.server")) {
      multipath(peer);
      assertThat(peer.received()).isEqualTo("pinga SECRET word\n");
    }
  }

  @Test
  void capture11_bothWidths_areTakenAndThe64BitDsnIsAckedIn64Bits() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("11-dack-4-and-8")) {
      multipath(peer);
      assertThat(peer.received()).isEqualTo("onetwo4three8four4fin");
      assertThat(peer.connection().peerFinished()).isTrue();
    }
    try (ReplayedPeer peer = new ReplayedPeer("11-dack-4-and-8", Role.SERVER)) {
      // Packet 10 carries a DSN of 8 bytes.
      peer.play(10);
      PacketView last = peer.sent.stream().filter(v -> v.dataAckBytes > 0).toList().getLast();
      assertThat(last.dataAckBytes).isEqualTo(8);
    }
  }

  @Test
  void capture01c_fourByteDataAckBeforeAnyData_isTaken() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("01c-no-data-close")) {
      multipath(peer);
      assertThat(peer.connection().peerFinished()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "14q-map-longer-than-segment, pingaaaabbbbccccnext",
    "14zf-map-covers-later-data, pingAAAABBBB",
    "14n-overlap-dup, pingabcdefghiYYYZZZ"
  })
  void capture14q_14zf_14n_mappingsLongRepeatedOverlapping_areIntact(String name, String bytes) {
    try (ReplayedPeer peer = ReplayedPeer.asServer(name)) {
      multipath(peer);
      assertThat(peer.received()).as(peer::trace).isEqualTo(bytes);
      assertThat(peer.dataAcked()).isEqualTo(bytes.length());
    }
  }

  @Test
  void capture14o_dsnOutsideTheWindow_isDroppedAndNotDataAcked() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14o-dsn-out-of-window")) {
      multipath(peer);
      assertThat(peer.received()).isEqualTo("pingstill fine");
      assertThat(peer.dataAcked()).isEqualTo(14);
    }
  }

  @Test
  void capture14g_unknownSubtype_isIgnoredNextToDssAndAlone() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14g-unknown-subtype")) {
      multipath(peer);
      assertThat(peer.received()).isEqualTo("pingabc");
    }
  }
}
