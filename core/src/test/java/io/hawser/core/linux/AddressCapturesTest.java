package io.hawser.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.linux.ReplayedPeer.Role;
import io.hawser.event.Event;
import io.hawser.wire.MptcpOption.AddAddr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses announced, withdrawn and made backup (RFC 8684 sections 3.3.8 and 3.4). */
class AddressCapturesTest {
  @ParameterizedTest
  @CsvSource({
    "04-add-addr-v4, 5, 203.0.113.2, 0",
    "04c-add-addr-port, 7, 203.0.113.2, 5555",
    "04d2-add-addr-v6-port-nots, 8, 2001:db8:1::2, 5556"
  })
  void capture04_04c_04d2_announced_isEchoedWithItsPortAndJoined(
      String name, int id, String address, int port) {
    try (ReplayedPeer peer = ReplayedPeer.asClient(name)) {
      assertThat(peer.sentOptions(AddAddr.class))
          .anyMatch(a ->
              a.echo()
                  && a.addressId() == id
                  && a.port() == port
                  && a.address().toString().equals(address));
      assertThat(peer.joins()).isPositive();
      assertThat(peer.received()).isEqualTo("pong");
    }
  }

  @Test
  void capture04b_ipv6OnAnIpv4Connection_isEchoedAndJoined() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("04b-add-addr-v6")) {
      assertThat(peer.sentOptions(AddAddr.class)).anyMatch(a -> a.echo() && a.address().v6());
      assertThat(peer.joins()).isPositive();
    }
  }

  @Test
  void capture04d_ipv6WithPortNeverAnnounced_nothingIsMissed() {
    // The kernel drops the announcement: 30 bytes do not fit next to time stamps.
    try (ReplayedPeer peer = ReplayedPeer.asClient("04d-add-addr-v6-port")) {
      assertThat(peer.received()).isEqualTo("pong");
      assertThat(peer.connection().multipath()).isTrue();
    }
  }

  @Test
  void capture04e_announcementRepeated_isEchoedEachTime() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("04e-add-addr-retransmit")) {
      long echoes = peer.sentOptions(AddAddr.class).stream().filter(AddAddr::echo).count();
      assertThat(echoes).isEqualTo(4);
    }
  }

  @Test
  void capture04e_ourAnnouncementNotEchoed_isRepeated() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("03c-c-flag")) {
      assertThat(peer.sentOptions(AddAddr.class)).isNotEmpty();
    }
    try (ReplayedPeer peer = new ReplayedPeer("03c-c-flag", Role.SERVER)) {
      // The echoes are lost: they are pure ACKs with an option of their own.
      peer.lost =
          v -> ReplayedPeer.options(v).stream().anyMatch(o -> o instanceof AddAddr a && a.echo());
      peer.play(7).idle(300_000_000_000L);
      assertThat(peer.sentOptions(AddAddr.class)).hasSizeGreaterThan(2);
    }
  }

  @Test
  void capture04f_severalOneByOne_eachIsEchoedAndTheListIsRemoved() {
    try (ReplayedPeer peer = ReplayedPeer.asClient("04f-add-addr-many-flush")) {
      assertThat(peer.sentOptions(AddAddr.class).stream().filter(AddAddr::echo))
          .extracting(AddAddr::addressId)
          .contains(5, 9);
      assertThat(peer.events.stream().filter(Event.AddressRemoved.class::isInstance).count())
          .isEqualTo(2);
    }
  }

  @Test
  void capture04g_notJoined_isEchoedAllTheSame() {
    try (ReplayedPeer peer = new ReplayedPeer("04g-add-addr-not-wanted", Role.CLIENT)) {
      peer.stack.endpoints().execute("limits set subflows 0 add_addr_accepted 0");
      peer.play();
      assertThat(peer.sentOptions(AddAddr.class)).anyMatch(AddAddr::echo);
      assertThat(peer.joins()).isZero();
    }
  }

  @Test
  void capture05_mpPrioNextToDss_changesTheSubflowsPriority() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("05-backup-prio")) {
      assertThat(peer.events)
          .anyMatch(e -> e instanceof Event.PriorityChanged p && p.byPeer() && p.subflow() == 1);
      assertThat(peer.receivedBytes()).isEqualTo(3_004);
    }
  }

  @Test
  void capture13c_removeAddr_lateDataOnTheRemovedPathLosesNothing() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("13c-endpoint-removed-reinject")) {
      assertThat(peer.events).anyMatch(Event.AddressRemoved.class::isInstance);
      assertThat(peer.receivedBytes()).isEqualTo(60_004);
    }
  }

  @Test
  void capture13d_id0Removed_connectionGoesOnOverTheJoinedOne() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("13d-id0-removed")) {
      assertThat(peer.events).anyMatch(e -> e instanceof Event.AddressRemoved r && r.id() == 0);
      assertThat(peer.received()).isEqualTo("pingstill here");
    }
  }

  @Test
  void capture14w_wrongHmacNoHmac_areIgnoredRightHmacIsEchoed() {
    try (ReplayedPeer peer = new ReplayedPeer("14w-add-addr-inputs", Role.SERVER)) {
      peer.play(6);
      assertThat(peer.events).noneMatch(Event.AddressAnnounced.class::isInstance);
      peer.play();
      assertThat(peer.sentOptions(AddAddr.class).stream().filter(AddAddr::echo))
          .singleElement()
          .matches(a -> a.addressId() == 9);
    }
  }

  @Test
  void capture14x_threeBytePrioIsTaken_fourBytePrioIsIgnored() {
    try (ReplayedPeer peer = ReplayedPeer.asServer("14x-prio-forms")) {
      assertThat(peer.events.stream().filter(Event.PriorityChanged.class::isInstance).count())
          .isEqualTo(1);
      assertThat(peer.connection().multipath()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"19-fullmesh", "05b-backup-by-server"})
  void capture19_kernelJoinsFirstAndAnnouncedAddress_bothAreTaken(String name) {
    try (ReplayedPeer peer = ReplayedPeer.asServer(name)) {
      assertThat(peer.joins()).isEqualTo(2);
    }
  }
}
