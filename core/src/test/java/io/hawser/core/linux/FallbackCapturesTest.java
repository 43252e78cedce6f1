package io.hawser.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.wire.MptcpOption.MpFail;
import io.hawser.wire.PacketView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Falling back to plain TCP with the kernel as in its captures (RFC 8684 section 3.7). */
class FallbackCapturesTest {
  private static void plain(ReplayedPeer peer, String expected) {
    assertThat(peer.received()).as(peer::trace).isEqualTo(expected);
    assertThat(peer.connection().multipath()).as(peer::trace).isFalse();
  }

  /** What Hawser sent last has no MPTCP in it. */
  private static void silentAtTheEnd(ReplayedPeer peer) {
    PacketView last = peer.sent.getLast();
    assertThat(last.hasDss || last.mptcpCount > 0).as(peer::trace).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08c-strip-syn",
        "08d-strip-synack",
        "08e-strip-3rdack-and-on",
        "08f-strip-c2s-after-syn"
      })
  void capture08c_to08f_optionsStripped_bothEndsArePlainAndIntact(String name) {
    try (ReplayedPeer peer = ReplayedPeer.asClient(name + ".client")) {
      plain(peer, "pongreply");
      silentAtTheEnd(peer);
    }
    try (ReplayedPeer peer = ReplayedPeer.asServer(name + ".server")) {
      plain(peer, "pingagain");
      silentAtTheEnd(peer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"08a-fallback-mptcp-client-tcp-server", "08b-fallback-tcp-client-mptcp-server"})
  void capture08a_08b_onePeerIsTcp_isPlainAndIntact(String name) {
    boolean kernelIsServer = name.startsWith("08a");
    try (ReplayedPeer peer = new ReplayedPeer(name, role(kernelIsServer))) {
      peer.play();
      plain(peer, kernelIsServer ? "pong" : "ping");
      assertThat(peer.connection().peerFinished()).isTrue();
    }
  }

  @Test
  void capture08e_ackOfDataWithoutDataAck_meansOptionsAreLost() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("08e-strip-3rdack-and-on.client")) {
      plain(peer, "pongreply");
      assertThat(peer.fellBack()).isTrue();
    }
  }

  @Test
  void capture08f_serverWithoutMpCapableInThirdAck_isPlain() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("08f-strip-c2s-after-syn.server")) {
      plain(peer, "pingagain");
      assertThat(peer.resets()).isEmpty();
    }
  }

  @Test
  void capture08g_clientSeesNoDss_isPlainFromTheFirstAck() {
    try (ReplayedPeer peer = new ReplayedPeer("08g-strip-s2c-data.client", role(true))) {
      peer.play(10);
      plain(peer, "pongpong");
      assertThat(peer.fellBack()).isTrue();
    }
  }

  @Test
  void capture08g_serversDataNeverDataAcked_isNotLost() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("08g-strip-s2c-data.server")) {
      assertThat(peer.received()).isEqualTo("pingagain");
      assertThat(peer.connection().multipath()).isFalse();
    }
  }

  private static ReplayedPeer.Role role(boolean client) {
    return client ? ReplayedPeer.Role.CLIENT : ReplayedPeer.Role.SERVER;
  }

  @Test
  void capture08h_serverSpeaksFirstAndIsStripped_bothEndsArePlainAndIntact() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("08h-strip-s2c-data-server-first.client")) {
      plain(peer, "greetpongreply");
    }
    try (ReplayedPeer peer = ReplayedPeer.asServer("08h-strip-s2c-data-server-first.server")) {
      plain(peer, "pingagain");
    }
  }

  @Test
  void capture09a_checksumFailsOnTheOnlySubflow_mpFailAndPlain() {
    try (ReplayedPeer peer = new ReplayedPeer("09a-mpfail-single.server", role(false))) {
      peer.config.mptcpChecksum = true;
      peer.play();
      plain(peer, "pinga SECRET word\nsecond message\n");
      assertThat(peer.sentOptions(MpFail.class)).isNotEmpty();
    }
  }

  @Test
  void capture09a_kernelSendsMpFail_answeredAndInfiniteMapping() {
    try (ReplayedPeer peer = new ReplayedPeer("09a-mpfail-single.client", role(true))) {
      peer.config.mptcpChecksum = true;
      peer.play();
      plain(peer, "pongfrom server after fail\n");
      assertThat(peer.sentOptions(MpFail.class)).isNotEmpty();
      assertThat(peer.sent)
          .anyMatch(v -> v.hasDss && v.dsnBytes > 0 && v.dataLength == 0 && v.payloadLength > 0);
    }
  }

  @Test
  void capture09b_checksumFailsOnOneOfTwo_thatOneIsReset() {
    try (ReplayedPeer peer = new ReplayedPeer("09b-mpfail-multi.server", role(false))) {
      peer.config.mptcpChecksum = true;
      peer.play();
      assertThat(peer.received()).isEqualTo("pinga secret word\n");
      assertThat(peer.connection().multipath()).isTrue();
      assertThat(peer.fellBack()).isFalse();
      assertThat(peer.sent)
          .anyMatch(v ->
              v.has(PacketView.RST)
                  && ReplayedPeer.options(v).stream().anyMatch(MpFail.class::isInstance));
    }
  }

  @Test
  void capture14y_infiniteMapping_isTcpFromThere() {
    try (ReplayedPeer peer = new ReplayedPeer("14y-infinite-map", role(false))) {
      peer.play();
      // At once, not because the wait for a mapping was over.
      assertThat(peer.events)
          .anyMatch(e -> e instanceof Event.FellBack f && f.reason().startsWith("infinite"));
      plain(peer, "pinginfiniteplain now");
      silentAtTheEnd(peer);
    }
  }

  @Test
  void capture14z_mpFailTakenWithOneSubflow_mpFailBackAndInfiniteMapping() {
    try (ReplayedPeer peer = new ReplayedPeer("14z-mp-fail-in", role(false))) {
      peer.play();
      assertThat(peer.connection().multipath()).isFalse();
      assertThat(peer.sentOptions(MpFail.class)).hasSize(1);
      assertThat(peer.sent)
          .anyMatch(v -> v.hasDss && v.dsnBytes > 0 && v.dataLength == 0 && v.payloadLength > 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "14h-data-without-dss, pingoknodss, 6",
    "14i-first-data-without-dss, plain, 0",
    "14ze-half-mapped-segment, pingaaaabbbb, 8",
    "14za-csum-not-negotiated, pingabcd, 4",
    "14zb-csum-missing, pinggoodabcd, 8"
  })
  void capture14h_14i_14ze_14za_14zb_optionsWrongOnTheOnlySubflow_plainAndNothingLost(
      String name, String expected, int mapped) {
    try (ReplayedPeer peer = new ReplayedPeer(name, role(false))) {
      peer.play();
      plain(peer, expected);
      assertThat(peer.fellBack()).isTrue();
      assertThat(peer.resets()).isEmpty();
      assertThat(peer.dataAcked()).as("what had no mapping").isEqualTo(mapped);
    }
  }

  @Test
  void capture14p_mappingBesideItsSegment_fallsBackSilently() {
    try (ReplayedPeer peer = new ReplayedPeer("14p-bad-ssn", role(false))) {
      peer.play();
      assertThat(peer.received()).startsWith("ping").hasSizeGreaterThan(4);
      assertThat(peer.connection().multipath()).isFalse();
      assertThat(peer.resets()).isEmpty();
    }
  }

  @Test
  void capture14r_mappingAheadOfItsData_isHeld() {
    // Linux forgets it and falls back; RFC 8684 section 3.3.1 lets it stand.
    try (ReplayedPeer peer = new ReplayedPeer("14r-map-ahead", role(false))) {
      peer.play();
      assertThat(peer.received()).isEqualTo("pinglate");
      assertThat(peer.connection().multipath()).isTrue();
      assertThat(peer.dataAcked()).isEqualTo(8);
    }
  }

  @Test
  void capture22c_mpCapableDataAckedPlain_isPlain() {
    try (ReplayedPeer peer = new ReplayedPeer("22c-kernel-mpc-data-acked-plain", role(true))) {
      peer.play();
      assertThat(peer.connection().multipath()).isFalse();
      assertThat(peer.fellBack()).isTrue();
    }
  }
}
