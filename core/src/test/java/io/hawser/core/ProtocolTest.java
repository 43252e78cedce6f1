package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.TransferTest.Flow;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.Event;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What RFC 8684 and RFC 9293 ask of a connection in particular situations; the peer is a second
 * stack behind a middlebox.
 */
class ProtocolTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int MP_CAPABLE = 0;
  private static final int MP_JOIN = 1;
  private static final int DSS = 2;
  private static final int ADD_ADDR = 3;

  /** A client and a server that have found each other. */
  private record Pair(Connection client, Connection server) {}

  private static Pair open(TwoStacks w, ConnectionConfig config) {
    Listener listener = w.listen(80);
    Connection client = w.connect(80, config);
    w.run(2 * SECOND);
    send(client, w, 1);
    w.run(SECOND);
    Connection server = listener.accept();
    assertThat(server).isNotNull();
    return new Pair(client, Objects.requireNonNull(server));
  }

  private static void send(Connection c, TwoStacks w, int bytes) {
    assertThat(c.write(MemorySegment.ofArray(new byte[bytes]), 0, bytes)).isEqualTo(bytes);
    c.wrote(w.nowNs);
  }

  private static int drain(Connection c, TwoStacks w) {
    byte[] sink = new byte[1 << 20];
    int total = 0;
    int n = c.read(MemorySegment.ofArray(sink), 0, sink.length);
    while (n > 0) {
      total += n;
      c.didRead(w.nowNs);
      n = c.read(MemorySegment.ofArray(sink), 0, sink.length);
    }
    return total;
  }

  private static boolean saw(TwoStacks w, Class<? extends Event> kind) {
    return w.events.stream().anyMatch(kind::isInstance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SYN", "SYN/ACK", "third ACK"})
  void handshake_mpCapableStripped_fallsBackToTcp(String where) {
    try (TwoStacks w = new TwoStacks(21)) {
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean syn = v.has(PacketView.SYN);
            boolean ack = v.has(PacketView.ACK);
            boolean hit =
                switch (where) {
                  case "SYN" -> syn && !ack;
                  case "SYN/ACK" -> syn && ack;
                  default -> !syn && v.dstPort == 80;
                };
            if (hit) {
              Altered.strip(p, s -> s == MP_CAPABLE || s == DSS);
            }
            return true;
          };
      TransferTest.transfer(w, ConnectionConfig.multipathDefaults(), 200_000, 60);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void handshake_onePeerWithoutMptcp_isPlainTcp(boolean client) {
    try (TwoStacks w = new TwoStacks(22)) {
      (client ? w.configA : w.configB).mptcpEnabled = false;
      Pair pair = open(w, ConnectionConfig.multipathDefaults());
      assertThat(pair.client.multipath()).isFalse();
      assertThat(pair.server.multipath()).isFalse();
      assertThat(drain(pair.server, w)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "server"})
  void handshake_checksumAskedByOne_isUsedByBoth(String side) {
    try (TwoStacks w = new TwoStacks(23)) {
      w.configA.mptcpChecksum = side.equals("client");
      w.configB.mptcpChecksum = side.equals("server");
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      int[] checked = new int[2];
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            checked[v.dstPort == 80 ? 0 : 1] += v.hasDss && v.hasDataChecksum ? 1 : 0;
            return true;
          };
      w.loss = 0.01;
      TransferTest.transfer(w, ConnectionConfig.multipathDefaults(), 500_000, 100);
      assertThat(checked[0]).isPositive();
      assertThat(checked[1]).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void established_payloadAltered_onlySubflow_sendsMpFailAndFallsBack(boolean firstFailLost) {
    try (TwoStacks w = new TwoStacks(24)) {
      w.configA.mptcpChecksum = true;
      Pair pair = open(w, ConnectionConfig.multipathDefaults());
      drain(pair.server, w);
      boolean[] once = new boolean[2];
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            if (v.dstPort == 80 && v.payloadLength > 0 && !once[0]) {
              once[0] = true;
              Altered.alterPayload(p);
            }
            for (int i = 0; i < v.mptcpCount; i++) {
              if (v.mptcp(i) instanceof MptcpOption.MpFail && !once[1]) {
                once[1] = true;
                return !firstFailLost;
              }
            }
            return true;
          };
      send(pair.client, w, 100);
      w.run(SECOND);
      send(pair.client, w, 100);
      w.run(2 * SECOND);
      assertThat(once[1]).as("MP_FAIL seen").isTrue();
      assertThat(pair.client.multipath()).isFalse();
      assertThat(pair.server.multipath()).isFalse();
      assertThat(drain(pair.server, w)).isEqualTo(200);
    }
  }

  @Test
  void twoSubflows_payloadAlteredOnOne_resetsItAndDeliversIntact() {
    try (TwoStacks w = new TwoStacks(25)) {
      w.configA.mptcpChecksum = true;
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      boolean[] once = new boolean[1];
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean second = v.source().equals(TwoStacks.A2);
            if (second && v.payloadLength > 0 && !once[0]) {
              once[0] = true;
              Altered.alterPayload(p);
            }
            return true;
          };
      TransferTest.transfer(w, ConnectionConfig.multipathDefaults(), 1_000_000, 100);
      assertThat(once[0]).isTrue();
      assertThat(saw(w, Event.FellBack.class)).isFalse();
    }
  }

  @Test
  void twoSubflows_everyPayloadAlteredOnOne_deliversIntact() {
    try (TwoStacks w = new TwoStacks(37)) {
      w.configA.mptcpChecksum = true;
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      int[] altered = new int[1];
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            if (v.source().equals(TwoStacks.A2) && v.payloadLength > 0) {
              altered[0]++;
              Altered.alterPayload(p);
            }
            return true;
          };
      // What follows a failed mapping on its subflow fails too, and is not to be taken for plain
      // TCP.
      TransferTest.transfer(w, ConnectionConfig.multipathDefaults(), 1_000_000, 100);
      assertThat(altered[0]).isGreaterThan(1);
      assertThat(saw(w, Event.FellBack.class)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "hmac-b", "hmac-a", "stripped"})
  void join_damaged_isResetAndConnectionLives(String damage) {
    try (TwoStacks w = new TwoStacks(26)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean second =
                v.source().equals(TwoStacks.A2) || v.destination().equals(TwoStacks.A2);
            boolean syn = v.has(PacketView.SYN);
            boolean ack = v.has(PacketView.ACK);
            if (second && damage.equals("token") && syn && !ack) {
              Altered.alterOption(p, MP_JOIN, 4);
            } else if (second && damage.equals("hmac-b") && syn && ack) {
              Altered.alterOption(p, MP_JOIN, 4);
            } else if (second && damage.equals("hmac-a") && !syn) {
              Altered.alterOption(p, MP_JOIN, 4);
            } else if (second && damage.equals("stripped")) {
              Altered.strip(p, s -> s == MP_JOIN);
            }
            return true;
          };
      Pair pair = open(w, ConnectionConfig.multipathDefaults());
      w.run(3 * SECOND);
      assertThat(pair.client.multipath()).isTrue();
      assertThat(saw(w, Event.SubflowClosed.class)).isTrue();
      Flow flow = new Flow(100_000, 1);
      long end = w.nowNs + 30 * SECOND;
      while (w.nowNs < end && flow.read < 100_000) {
        w.step(w.nowNs + 10_000_000);
        flow.pump(pair.client, pair.server, w.nowNs);
        drainInto(flow);
      }
      assertThat(flow.read).isGreaterThanOrEqualTo(100_000);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void join_thirdAckOrItsAnswerLost_thirdAckGoesAgainAndThePathIsUsed(int lost) {
    try (TwoStacks w = new TwoStacks(27)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      int[] dropped = {0};
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean answer = v.destination().equals(TwoStacks.A2) && !v.has(PacketView.SYN);
            return !answer || dropped[0]++ >= lost;
          };
      Pair pair = open(w, ConnectionConfig.multipathDefaults());
      Flow flow = new Flow(100, 1);
      flow.pump(pair.client, pair.server, w.nowNs);
      w.run(lost * lost * SECOND);
      assertThat(dropped[0]).isGreaterThan(lost);
      assertThat(w.events)
          .filteredOn(Event.SubflowEstablished.class::isInstance)
          .as("both paths")
          .hasSize(2);
    }
  }

  @Test
  void join_neverAnswered_isGivenUp() {
    try (TwoStacks w = new TwoStacks(28)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            return !v.destination().equals(TwoStacks.A2) || v.has(PacketView.SYN);
          };
      Pair pair = open(w, ConnectionConfig.multipathDefaults());
      Flow flow = new Flow(100, 1);
      flow.pump(pair.client, pair.server, w.nowNs);
      w.run(100 * SECOND);
      assertThat(saw(w, Event.SubflowClosed.class)).isTrue();
      assertThat(pair.client.multipath()).isTrue();
    }
  }

  private static void drainInto(Flow flow) {
    assertThat(flow.read).isLessThanOrEqualTo(flow.got.length);
  }

  @Test
  void server_signalEndpoint_isAnnouncedEchoedAndJoined() {
    try (TwoStacks w = new TwoStacks(27)) {
      IpAddress second = IpAddress.parse("10.2.0.2");
      w.b.addAddress(second, w.nowNs);
      w.b.endpoints().execute("endpoint add 10.2.0.2 id 7 signal");
      w.b.endpoints().execute("limits set subflows 4 add_addr_accepted 4");
      w.a.endpoints().execute("limits set subflows 4 add_addr_accepted 4");
      boolean[] lost = new boolean[1];
      w.filter =
          p -> {
            // The first ADD_ADDR is lost: it is repeated.
            PacketView v = Altered.view(p);
            for (int i = 0; i < v.mptcpCount; i++) {
              if (v.mptcp(i) instanceof MptcpOption.AddAddr a && !a.echo() && !lost[0]) {
                lost[0] = true;
                return false;
              }
            }
            return true;
          };
      Pair pair = open(w, ConnectionConfig.multipathDefaults());
      w.run(3 * SECOND);
      assertThat(lost[0]).isTrue();
      assertThat(saw(w, Event.AddressAnnounced.class)).isTrue();
      assertThat(pair.client.snapshot().subflows())
          .anyMatch(s -> s.remote().address().equals(second) && s.state().equals("ESTABLISHED"));
      w.b.endpoints().execute("endpoint delete id 7");
      w.run(3 * SECOND);
      assertThat(saw(w, Event.AddressRemoved.class)).isTrue();
      assertThat(pair.client.snapshot().subflows())
          .noneMatch(s -> s.remote().address().equals(second) && s.state().equals("ESTABLISHED"));
      assertThat(pair.client.multipath()).isTrue();
    }
  }

  @Test
  void addAddr_wrongHmac_isIgnored() {
    try (TwoStacks w = new TwoStacks(28)) {
      w.b.addAddress(IpAddress.parse("10.2.0.2"), w.nowNs);
      w.b.endpoints().execute("endpoint add 10.2.0.2 signal");
      w.a.endpoints().execute("limits set subflows 4 add_addr_accepted 4");
      w.filter =
          p -> {
            if (!Altered.view(p).has(PacketView.SYN)) {
              Altered.alterOption(p, ADD_ADDR, 9);
            }
            return true;
          };
      open(w, ConnectionConfig.multipathDefaults());
      w.run(3 * SECOND);
      assertThat(saw(w, Event.AddressAnnounced.class)).isFalse();
    }
  }

  @Test
  void backupEndpoint_regularPathLives_carriesNothing() {
    try (TwoStacks w = new TwoStacks(29)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.a.endpoints().execute("endpoint add 10.2.0.1 subflow backup");
      w.a.endpoints().execute("limits set subflows 4 add_addr_accepted 4");
      Listener listener = w.listen(80);
      Connection client = w.connect(80, ConnectionConfig.multipathDefaults());
      Flow up = new Flow(2_000_000, 5);
      Connection server = null;
      long end = w.nowNs + 60 * SECOND;
      while (w.nowNs < end && !up.eof) {
        w.step(w.nowNs + 10_000_000);
        server = server == null ? listener.accept() : server;
        if (server != null) {
          up.pump(client, server, w.nowNs);
        }
        if (up.read > 1_000_000 && w.cut.isEmpty()) {
          assertThat(client.snapshot().subflows().get(1).bytesSent()).isZero();
          w.cut.add(TwoStacks.A1);
        }
      }
      up.check();
      assertThat(client.snapshot().subflows().get(1).bytesSent()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void established_halfClosed_otherDirectionGoesOn(boolean multipath) {
    try (TwoStacks w = new TwoStacks(30)) {
      Pair pair = open(w, ConnectionConfig.multipathDefaults().withMultipath(multipath));
      drain(pair.server, w);
      pair.client.shutdownOutput(w.nowNs);
      w.run(SECOND);
      assertThat(pair.server.atEnd()).isTrue();
      send(pair.server, w, 5_000);
      w.run(SECOND);
      assertThat(drain(pair.client, w)).isEqualTo(5_000);
      assertThat(pair.client.write(MemorySegment.ofArray(new byte[1]), 0, 1)).isEqualTo(-1);
      pair.server.shutdownOutput(w.nowNs);
      w.run(2 * SECOND);
      assertThat(pair.client.atEnd()).isTrue();
      assertThat(pair.client.failure()).isEqualTo(Connection.Failure.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void close_unreadData_resetsPeer(boolean multipath) {
    try (TwoStacks w = new TwoStacks(31)) {
      boolean[] fastClose = new boolean[1];
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            for (int i = 0; i < v.mptcpCount; i++) {
              fastClose[0] |= v.mptcp(i) instanceof MptcpOption.MpFastclose;
            }
            return true;
          };
      Pair pair = open(w, ConnectionConfig.multipathDefaults().withMultipath(multipath));
      assertThat(pair.server.readableBytes()).isEqualTo(1);
      pair.server.close(w.nowNs);
      w.run(SECOND);
      assertThat(pair.client.failure()).isEqualTo(Connection.Failure.RESET);
      assertThat(fastClose[0]).isEqualTo(multipath);
      pair.client.close(w.nowNs);
      w.run(SECOND);
      assertThat(w.a.connections()).isEmpty();
      assertThat(w.buffers.lentBuffers()).isZero();
    }
  }

  @Test
  void connect_nobodyListens_isRefused() {
    try (TwoStacks w = new TwoStacks(32)) {
      Connection client = w.connect(81, ConnectionConfig.multipathDefaults());
      w.run(SECOND);
      assertThat(client.failure()).isEqualTo(Connection.Failure.REFUSED);
      assertThat(w.b.dropped(DropReason.NO_CONNECTION)).isPositive();
    }
  }

  @Test
  void connect_blackHole_triesWithoutMpCapableThenTimesOut() {
    try (TwoStacks w = new TwoStacks(33)) {
      int[] syns = new int[2];
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            syns[v.mptcpCount > 0 ? 0 : 1]++;
            return false;
          };
      w.listen(80);
      Connection client = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(200 * SECOND);
      assertThat(syns[0]).isEqualTo(3);
      assertThat(syns[1]).isEqualTo(4);
      assertThat(client.failure()).isEqualTo(Connection.Failure.TIMED_OUT);
    }
  }

  @Test
  void receiver_neverReads_windowClosesAndOpensAgain() {
    try (TwoStacks w = new TwoStacks(34)) {
      Pair pair = open(w, ConnectionConfig.multipathDefaults().withBuffers(8 << 20, 1 << 18));
      int written = 0;
      for (int i = 0; i < 200; i++) {
        written += Math.max(0, pair.client.write(MemorySegment.ofArray(new byte[65536]), 0, 65536));
        pair.client.wrote(w.nowNs);
        w.run(50_000_000);
      }
      w.run(20 * SECOND);
      int read = 0;
      long end = w.nowNs + 120 * SECOND;
      while (w.nowNs < end && read < written + 1) {
        w.run(20_000_000);
        read += drain(pair.server, w);
      }
      assertThat(read).isEqualTo(written + 1);
    }
  }

  @Test
  void fullMesh_firstSubflowReset_secondCarriesOn() {
    try (TwoStacks w = new TwoStacks(35)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      Pair pair = open(w, ConnectionConfig.multipathDefaults());
      drain(pair.server, w);
      w.run(SECOND);
      pair.client.closeSubflow(0, w.nowNs);
      w.run(SECOND);
      send(pair.client, w, 3_000);
      w.run(SECOND);
      assertThat(drain(pair.server, w)).isEqualTo(3_000);
      send(pair.server, w, 3_000);
      w.run(SECOND);
      assertThat(drain(pair.client, w)).isEqualTo(3_000);
    }
  }

  @Test
  void listen_portTaken_isRefused() {
    try (TwoStacks w = new TwoStacks(36)) {
      w.listen(80);
      org.assertj.core.api.Assertions.assertThatThrownBy(() ->
              w.b.listen(new Endpoint(TwoStacks.B1, 80), 1, ConnectionConfig.multipathDefaults()))
          .isInstanceOf(AddressInUseException.class)
          .hasMessageContaining("in use");
    }
  }
}
