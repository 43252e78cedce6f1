package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats.SubflowStats;
import io.hawser.event.Event;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8684 sections 3.1 and 3.3 in packets that middleboxes have changed. */
class HandshakeRulesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int MP_CAPABLE = 0;
  private static final int FLAGS = 3;
  private static final int B = 0x40;
  private static final int C = 0x20;
  private static final IpAddress B2 = IpAddress.parse("10.2.0.2");

  private static boolean isSynAck(PacketView v) {
    return v.has(PacketView.SYN) && v.has(PacketView.ACK);
  }

  private static Connection accepted(TwoStacks w, Listener listener) {
    return Objects.requireNonNull(w.accept(listener));
  }

  private static void exchange(TwoStacks w, Connection from, Connection to, int bytes) {
    byte[] out = new byte[bytes];
    new Random(bytes).nextBytes(out);
    assertThat(from.write(MemorySegment.ofArray(out), 0, bytes)).isEqualTo(bytes);
    from.wrote(w.nowNs);
    w.run(5 * SECOND);
    byte[] in = new byte[bytes + 1];
    assertThat(to.read(MemorySegment.ofArray(in), 0, in.length)).isEqualTo(bytes);
    to.didRead(w.nowNs);
    assertThat(in).startsWith(out);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void handshake_serverSetsC_noJoinsToItsAddressButToAnnouncedOnes(boolean set) {
    try (TwoStacks w = new TwoStacks(41)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.b.addAddress(B2, w.nowNs);
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            if (set && isSynAck(v)) {
              Altered.flipBits(p, MP_CAPABLE, FLAGS, C);
            }
            return true;
          };
      Listener listener = w.listen(80);
      Connection client = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(SECOND);
      Connection server = accepted(w, listener);
      exchange(w, client, server, 1000);
      exchange(w, server, client, 1000);
      List<SubflowStats> subflows = client.snapshot().subflows();
      long toFirst =
          subflows.stream()
              .filter(s -> s.id() != 0 && s.remote().address().equals(TwoStacks.B1))
              .count();
      assertThat(toFirst == 0).as("%s", subflows).isEqualTo(set);
      assertThat(subflows).anyMatch(s -> s.remote().address().equals(B2));
      assertThat(client.multipath()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"SYN,64", "SYN/ACK,64", "SYN,3", "SYN/ACK,3", "SYN,1", "SYN/ACK,1"})
  void handshake_bitBOrUnknownAlgorithm_isPlainTcp(String where, int bits) {
    try (TwoStacks w = new TwoStacks(42)) {
      boolean[] answered = new boolean[1];
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean synAck = isSynAck(v);
            answered[0] |= synAck && v.mptcpCount > 0;
            boolean hit = where.equals("SYN") ? v.has(PacketView.SYN) && !synAck : synAck;
            if (hit) {
              // 3: algorithm G instead of H; 1: none at all.
              Altered.flipBits(p, MP_CAPABLE, FLAGS, bits);
            }
            return true;
          };
      Listener listener = w.listen(80);
      Connection client = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(SECOND);
      Connection server = accepted(w, listener);
      exchange(w, client, server, 5000);
      exchange(w, server, client, 5000);
      assertThat(client.multipath()).isFalse();
      assertThat(server.multipath()).isFalse();
      assertThat(answered[0]).as("SYN/ACK with MP_CAPABLE").isEqualTo(where.equals("SYN/ACK"));
    }
  }

  /** Gives the same key again and again when told to. */
  private static final class Stubborn extends Random {
    private static final long serialVersionUID = 1;
    private final long key;
    private int repetitions;

    Stubborn(long seed, long key) {
      super(seed);
      this.key = key;
    }

    @Override
    public long nextLong() {
      return repetitions-- > 0 ? key : super.nextLong();
    }
  }

  @Test
  void connect_keyDrawnTwice_isDrawnAgain() {
    Stubborn random = new Stubborn(43, 0x0123_4567_89ab_cdefL);
    try (TwoStacks w = new TwoStacks(43, random)) {
      Set<Long> keys = new HashSet<>();
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            for (int i = 0; i < v.mptcpCount; i++) {
              if (v.mptcp(i) instanceof MptcpOption.MpCapable m && m.keys() == 2) {
                keys.add(m.senderKey());
              }
            }
            return true;
          };
      Listener listener = w.listen(80);
      List<Connection> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        random.repetitions = i == 0 ? 1 : 5;
        clients.add(w.connect(80, ConnectionConfig.multipathDefaults()));
        assertThat(random.repetitions).as("draws left").isLessThanOrEqualTo(0);
      }
      w.run(SECOND);
      for (Connection client : clients) {
        assertThat(client.multipath()).isTrue();
        exchange(w, client, accepted(w, listener), 100);
      }
      assertThat(keys).hasSize(3).contains(random.key);
    }
  }

  @Test
  void onlySubflow_checksumMissing_fallsBackWithoutLoss() {
    try (TwoStacks w = new TwoStacks(44)) {
      w.configA.mptcpChecksum = true;
      boolean[] cut = new boolean[1];
      w.filter =
          p -> {
            if (Altered.view(p).dstPort == 80) {
              cut[0] |= Altered.cutDssChecksum(p);
            }
            return true;
          };
      Listener listener = w.listen(80);
      Connection client = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(SECOND);
      Connection server = accepted(w, listener);
      exchange(w, client, server, 1000);
      exchange(w, client, server, 50_000);
      exchange(w, server, client, 50_000);
      assertThat(cut[0]).isTrue();
      assertThat(server.multipath()).isFalse();
      assertThat(client.multipath()).isFalse();
    }
  }

  @Test
  void twoSubflows_checksumMissingOnOne_closesItAndDeliversIntact() {
    try (TwoStacks w = new TwoStacks(45)) {
      w.configA.mptcpChecksum = true;
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      int[] seen = new int[2];
      long[] cutNs = {-1};
      long[] resetNs = {-1};
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            if (v.source().equals(TwoStacks.A2) && v.payloadLength > 0) {
              boolean cut = Altered.cutDssChecksum(p);
              seen[0] += cut ? 1 : 0;
              cutNs[0] = cut && cutNs[0] < 0 ? w.nowNs : cutNs[0];
            }
            for (int i = 0; i < v.mptcpCount; i++) {
              if (v.mptcp(i) instanceof MptcpOption.MpTcprst told && v.has(PacketView.RST)) {
                seen[1] = told.reason();
                resetNs[0] = w.nowNs;
              }
            }
            return true;
          };
      TransferTest.transfer(w, ConnectionConfig.multipathDefaults(), 1_000_000, 100);
      assertThat(seen[0]).as("checksums cut off").isPositive();
      // Section 3.6: 1 is an MPTCP-specific error.
      assertThat(seen[1]).as("reason of the RST").isEqualTo(1);
      assertThat(resetNs[0] - cutNs[0])
          .as("RST after the first one, ns / one way and a little")
          .isBetween(0L, w.delayNs + 2_000_000);
      assertThat(w.events).noneMatch(Event.FellBack.class::isInstance);
    }
  }

  /** A key whose initial data sequence number ends just before a multiple of 2^32. */
  private static long keyBeforeWrap() throws NoSuchAlgorithmException {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (long key = 1; key < 10_000_000; key++) {
      // Section 3.1: the initial number is the last 64 bits of the key's hash.
      byte[] hash = sha.digest(ByteBuffer.allocate(8).putLong(key).array());
      long low = ByteBuffer.wrap(hash).getInt(28) & 0xffff_ffffL;
      if (low > 0x1_0000_0000L - 300_000 && low < 0x1_0000_0000L - 50_000) {
        return key;
      }
    }
    throw new AssertionError("no such key");
  }

  @Test
  void peerWith32BitNumbers_overTheirWrap_arrivesIntact() throws NoSuchAlgorithmException {
    Stubborn random = new Stubborn(46, keyBeforeWrap());
    try (TwoStacks w = new TwoStacks(46, random)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.loss = 0.01;
      int[] narrow = new int[2];
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            if (!v.has(PacketView.SYN)) {
              narrow[v.dstPort == 80 ? 0 : 1] += Altered.narrowDss(p) ? 1 : 0;
            }
            return true;
          };
      random.repetitions = 1;
      TransferTest.transfer(w, ConnectionConfig.multipathDefaults(), 1_000_000, 100);
      assertThat(narrow[0]).isPositive();
      assertThat(narrow[1]).isPositive();
      assertThat(w.events).noneMatch(Event.FellBack.class::isInstance);
    }
  }
}
