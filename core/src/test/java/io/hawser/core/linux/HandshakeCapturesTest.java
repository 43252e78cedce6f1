package io.hawser.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.FastOpenUse;
import io.hawser.event.Event;
import io.hawser.wire.MptcpOption.MpCapable;
import io.hawser.wire.PacketView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening a connection with the kernel as in its captures (RFC 8684 section 3.1). */
class HandshakeCapturesTest {
  private static void intact(ReplayedPeer peer, String expected, boolean multipath) {
    assertThat(peer.received()).as(peer::trace).isEqualTo(expected);
    assertThat(peer.connection().multipath()).as(peer::trace).isEqualTo(multipath);
  }

  @Test
  void capture01_kernelServer_isMultipathAndIntact() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("01-mpcapable-v4")) {
      intact(peer, "hello client\nlast words\n", true);
      assertThat(peer.connection().peerFinished()).isTrue();
    }
  }

  @Test
  void capture01_kernelClient_isMultipathAndIntact() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("01-mpcapable-v4")) {
      intact(peer, "hello mptcp\nbye\n", true);
      assertThat(peer.dataAcked()).isEqualTo(17);
    }
  }

  @Test
  void capture01b_serverSpeaksFirst_clientsDataNeedsNoMpCapable() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("01b-server-first")) {
      intact(peer, "220 server greets first\n", true);
      assertThat(peer.sentOptions(MpCapable.class)).allMatch(c -> c.dataLength() < 0);
    }
    try (ReplayedPeer peer = ReplayedPeer.asServer("01b-server-first")) {
      intact(peer, "HELO\n", true);
    }
  }

  @Test
  void capture01d_writeAndCloseAtOnce_isIntactAndEnds() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("01d-data-and-fin")) {
      intact(peer, "request one", true);
      assertThat(peer.connection().peerFinished()).isTrue();
    }
  }

  @Test
  void capture01e_firstFlightMixesMpCapableAndDss_isOneMapping() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("01e-first-flight")) {
      intact(peer, "one,two,three", true);
      assertThat(peer.dataAcked()).isEqualTo(14);
      assertThat(peer.fellBack()).isFalse();
    }
  }

  @Test
  void capture03c_serverSetsC_noJoinGoesToItsFirstAddress() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("03c-c-flag")) {
      intact(peer, "pong", true);
      assertThat(peer.connection().snapshot().subflows())
          .filteredOn(s -> s.id() != 0)
          .isNotEmpty()
          .allMatch(s -> s.remote().address().toString().equals("203.0.113.2"));
      assertThat(peer.joins()).isPositive();
    }
  }

  @Test
  void capture04_addAddrBeforeAnyData_provesTheConnection() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("04-add-addr-v4")) {
      intact(peer, "pong", true);
      assertThat(peer.events).anyMatch(Event.AddressAnnounced.class::isInstance);
      assertThat(peer.joins()).isPositive();
    }
  }

  @Test
  void capture08i_synsWithMpCapableDropped_thirdRetransmissionIsPlain() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("08i-syn-mptcp-dropped")) {
      intact(peer, "pong", false);
    }
    try (ReplayedPeer peer = new ReplayedPeer("08i-syn-mptcp-dropped", ReplayedPeer.Role.CLIENT)) {
      peer.lost = v -> true;
      peer.play().idle(10_000_000_000L);
      assertThat(peer.sent.stream().filter(v -> v.has(PacketView.SYN)))
          .extracting(v -> v.mptcpCount)
          .startsWith(1, 1, 1, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"07c-checksum-client-only", "07b-checksum-server-only"})
  void capture07c_oneSideAsks_checksumsAreInForce(String name) {
    for (ReplayedPeer.Role role : ReplayedPeer.Role.values()) {
      try (ReplayedPeer peer = new ReplayedPeer(name, role)) {
        boolean asks = name.contains("client") == (role == ReplayedPeer.Role.CLIENT);
        peer.config.mptcpChecksum = asks;
        peer.play();
        intact(peer, role == ReplayedPeer.Role.CLIENT ? "pong" : "ping", true);
        assertThat(peer.sent.stream().filter(v -> v.hasDss && v.dsnBytes > 0))
            .isNotEmpty()
            .allMatch(v -> v.hasDataChecksum);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"08j-3rd-ack-lost.server", "08k-mpc-data-lost.server"})
  void capture08j_thirdAckOrFirstDataLost_isMultipathStill(String name) {
    try (ReplayedPeer peer = ReplayedPeer.asServer(name)) {
      intact(peer, "ping", true);
      assertThat(peer.fellBack()).isFalse();
    }
  }

  @Test
  void capture15_serverWithSynCookies_takesConnectionAndJoin() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("15-syncookies")) {
      intact(peer, "pong", true);
      assertThat(peer.joins()).isEqualTo(1);
    }
  }

  @Test
  void capture16_fastOpenAsked_isIntact() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("16-tfo")) {
      intact(peer, "data in syn?\nsecond\n", true);
      assertThat(peer.dataAcked()).isEqualTo(21);
    }
    try (ReplayedPeer peer = ReplayedPeer.asClient("16-tfo")) {
      intact(peer, "reply\n", true);
    }
  }

  /** The second connection of the capture: what the SYN carried has neither DSN nor SSN. */
  @ParameterizedTest
  @EnumSource(ReplayedPeer.Role.class)
  void capture16_dataInTheSyn_isOutsideTheDataSequence(ReplayedPeer.Role role) {
    try (ReplayedPeer peer = new ReplayedPeer("16-tfo#2", role)) {
      boolean client = role == ReplayedPeer.Role.CLIENT;
      peer.settings = peer.settings.withFastOpen(FastOpenUse.WITHOUT_COOKIE);
      peer.play();
      intact(peer, client ? "reply\n" : "data in syn?\nsecond\n", true);
      assertThat(peer.dataAcked()).as("and one for DATA_FIN").isEqualTo(client ? 7 : 8);
      PacketView first = peer.sent.getFirst();
      assertThat(first.has(PacketView.SYN)).isTrue();
      if (client) {
        assertThat(first.payloadLength).isEqualTo(13);
        PacketView second =
            peer.sent.stream().filter(v -> v.hasDss && v.payloadLength == 7).toList().getFirst();
        assertThat(second.seq - first.seq).isEqualTo(14);
        assertThat(second.ssn).isEqualTo(1);
        assertThat(second.dsn).isEqualTo(0x16a6f8786a1b0463L);
      }
    }
  }

  @Test
  void capture14a_clientOfVersion0_isServedAsTcpAndReported() {
    // The raw client of the capture resets; another third ACK is not in it, so ours stops before.
    try (ReplayedPeer peer = new ReplayedPeer("14a-syn-v0", ReplayedPeer.Role.SERVER)) {
      peer.play(2).acknowledgeSynAck();
      assertThat(peer.sentOptions(MpCapable.class)).isEmpty();
      assertThat(peer.connection().multipath()).isFalse();
      assertThat(peer.events)
          .anyMatch(e -> e instanceof Event.FellBack f && f.reason().contains("version 0"));
    }
  }

  @Test
  void capture14b_clientOfVersion2_isAnsweredWithVersion1() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14b-syn-v2")) {
      assertThat(peer.sentOptions(MpCapable.class)).first().matches(c -> c.version() == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"14c-syn-flagB", "14d-syn-noH", "14e-syn-allCH", "14f-syn-len12"})
  void capture14c_to14f_offerThatCannotBeTaken_isAnsweredAsTcp(String name) {
    try (ReplayedPeer peer = new ReplayedPeer(name, ReplayedPeer.Role.SERVER)) {
      peer.play(2).acknowledgeSynAck();
      assertThat(peer.sentWith(PacketView.SYN | PacketView.ACK)).isEqualTo(1);
      assertThat(peer.sentOptions(MpCapable.class)).isEmpty();
      assertThat(peer.connection().multipath()).isFalse();
    }
  }

  @Test
  void capture14m_wrongEchoOfOurKey_doesNotMatter() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14m-bad-mptcp-key")) {
      assertThat(peer.connection().multipath()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"21-kernel-synack-v0", "21b-kernel-synack-flagB"})
  void capture21_synAckWithVersion0OrB_isPlainTcp(String name) {
    try (ReplayedPeer peer = new ReplayedPeer(name, ReplayedPeer.Role.CLIENT)) {
      peer.play(4);
      assertThat(peer.connection().multipath()).isFalse();
      assertThat(peer.sent.stream().filter(v -> v.payloadLength > 0))
          .isNotEmpty()
          .allMatch(v -> v.mptcpCount == 0 && !v.hasDss);
      assertThat(peer.fellBack()).as("version 0 is reported").isEqualTo(name.contains("v0"));
    }
  }
}
