package io.hawser.sim;

import static io.hawser.sim.TestPackets.A4;
import static io.hawser.sim.TestPackets.A6;
import static io.hawser.sim.TestPackets.B4;
import static io.hawser.sim.TestPackets.B6;
import static io.hawser.sim.TestPackets.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MiddleboxTest {
  private static final int SYN = PacketView.SYN;
  private static final int ACK = PacketView.ACK;

  /** MSS, NOP, window scale, then MP_CAPABLE without key: 12 bytes. */
  private static final byte[] SYN_OPTIONS = {2, 4, 5, (byte) 0xb4, 1, 3, 3, 7, 30, 4, 0x01, 0x01};

  private final BufferPool pool = new BufferPool();

  @AfterEach
  void free() {
    pool.close();
  }

  private PacketBuffer packet(Endpoint from, Endpoint to, int flags, byte[] options, int payload) {
    return TestPackets.tcp(pool, from, to, flags, options, payload);
  }

  private static Endpoint source(PacketView v) {
    return new Endpoint(v.source(), v.srcPort);
  }

  private static Endpoint destination(PacketView v) {
    return new Endpoint(v.destination(), v.dstPort);
  }

  private void translates(Endpoint a, Endpoint b, IpAddress outside) {
    Nat nat = new Nat(outside);
    PacketBuffer out = packet(a, b, SYN, SYN_OPTIONS, 0);
    assertThat(nat.pass(out, Direction.A_TO_B, 0)).isTrue();
    PacketView seen = TestPackets.view(out);
    assertThat(seen.source()).isEqualTo(outside);
    assertThat(destination(seen)).isEqualTo(b);
    Endpoint mapped = source(seen);

    PacketBuffer answer = packet(b, mapped, SYN | ACK, new byte[0], 33);
    assertThat(nat.pass(answer, Direction.B_TO_A, 1)).isTrue();
    assertThat(destination(TestPackets.view(answer))).isEqualTo(a);

    PacketBuffer second = packet(a, b, ACK, new byte[0], 77);
    assertThat(nat.pass(second, Direction.A_TO_B, 2)).isTrue();
    assertThat(source(TestPackets.view(second))).as("same port again").isEqualTo(mapped);

    PacketBuffer stranger = packet(new Endpoint(b.address(), 99), mapped, ACK, new byte[0], 0);
    assertThat(nat.pass(stranger, Direction.B_TO_A, 3)).isFalse();

    nat.rebind();
    PacketBuffer late = packet(b, mapped, ACK, new byte[0], 0);
    assertThat(nat.pass(late, Direction.B_TO_A, 4)).isFalse();
    PacketBuffer again = packet(a, b, ACK, new byte[0], 5);
    assertThat(nat.pass(again, Direction.A_TO_B, 5)).isTrue();
    assertThat(source(TestPackets.view(again))).isNotEqualTo(mapped);
  }

  @Test
  void natTranslatesBothWays() {
    translates(A4, B4, IpAddress.parse("203.0.113.5"));
    translates(A6, B6, IpAddress.parse("2001:db8:5::5"));
  }

  @Test
  void natKeepsAWrongChecksumWrong() {
    Nat nat = new Nat(IpAddress.parse("203.0.113.5"));
    PacketBuffer out = packet(A4, B4, ACK, new byte[0], 100);
    Bytes.put8(out.memory(), PacketBuffer.START + 90, 0xee);
    assertThat(nat.pass(out, Direction.A_TO_B, 0)).isTrue();
    assertThat(TestPackets.verdict(out)).isEqualTo(DropReason.TRANSPORT_CHECKSUM);
  }

  @Test
  void natForgetsIdleMappings() {
    Nat nat = new Nat(IpAddress.parse("203.0.113.5"), 1_000);
    PacketBuffer out = packet(A4, B4, ACK, new byte[0], 1);
    assertThat(nat.pass(out, Direction.A_TO_B, 0)).isTrue();
    Endpoint mapped = source(TestPackets.view(out));
    assertThat(nat.pass(packet(B4, mapped, ACK, new byte[0], 1), Direction.B_TO_A, 900)).isTrue();
    assertThat(nat.pass(packet(B4, mapped, ACK, new byte[0], 1), Direction.B_TO_A, 2000)).isFalse();
    assertThat(nat.size()).isZero();
  }

  @Test
  void stripperErasesWhatItWasToldWhenItWasTold() {
    OptionStripper all = OptionStripper.ofKinds(OptionStripper.When.SYN, OptionStripper.MPTCP);
    PacketBuffer syn = packet(A4, B4, SYN, SYN_OPTIONS, 0);
    all.pass(syn, Direction.A_TO_B, 0);
    PacketView seen = TestPackets.view(syn);
    assertThat(seen.mptcpCount).isZero();
    assertThat(seen.mss).isEqualTo(1460);
    assertThat(seen.windowScale).isEqualTo(7);
    PacketBuffer synAck = packet(B4, A4, SYN | ACK, SYN_OPTIONS, 0);
    all.pass(synAck, Direction.B_TO_A, 0);
    assertThat(TestPackets.view(synAck).mptcpCount).isEqualTo(1);
    assertThat(all.stripped()).isEqualTo(1);

    // Window scale lies at an odd place: the checksum must hold nevertheless.
    OptionStripper scale = OptionStripper.ofKinds(OptionStripper.When.HANDSHAKE, 3);
    scale.pass(synAck, Direction.B_TO_A, 0);
    assertThat(TestPackets.view(synAck).windowScale).isEqualTo(-1);

    OptionStripper join = OptionStripper.ofMptcpSubtypes(OptionStripper.When.ALWAYS, 1);
    join.pass(synAck, Direction.B_TO_A, 0);
    assertThat(TestPackets.view(synAck).mptcpCount).isEqualTo(1);
    OptionStripper capable = OptionStripper.ofMptcpSubtypes(OptionStripper.When.ALWAYS, 0);
    capable.pass(synAck, Direction.B_TO_A, 0);
    assertThat(TestPackets.view(synAck).mptcpCount).isZero();
  }

  @Test
  void altererChangesPayloadAndMendsTheChecksum() {
    PayloadAlterer every = PayloadAlterer.everyNth(Direction.A_TO_B, 2);
    for (int i = 1; i <= 4; i++) {
      PacketBuffer data = packet(A6, B6, ACK, new byte[0], 11);
      every.pass(data, Direction.A_TO_B, 0);
      PacketView seen = TestPackets.view(data);
      assertThat(Bytes.u8(seen.memory, seen.payloadOffset)).isEqualTo(i % 2 == 0 ? 1 : 0);
    }
    PayloadAlterer text =
        PayloadAlterer.replacing(Direction.A_TO_B, new byte[] {3, 4, 5}, new byte[] {9, 9, 9});
    PacketBuffer data = packet(A4, B4, ACK, new byte[0], 300);
    text.pass(data, Direction.A_TO_B, 0);
    PacketView seen = TestPackets.view(data);
    assertThat(Bytes.u8(seen.memory, seen.payloadOffset + 4)).isEqualTo(9);
    assertThat(Bytes.u8(seen.memory, seen.payloadOffset + 256 + 5)).isEqualTo(9);
    assertThat(text.altered()).isEqualTo(2);
  }

  @Test
  void firewallDropsResetsAndLetsGo() {
    Firewall wall = new Firewall();
    wall.block(A4, new Endpoint(IpAddress.ANY4, 80), Firewall.Action.RESET);
    wall.block(endpoint("0.0.0.0", 0), endpoint("192.0.2.9", 443), Firewall.Action.DROP);
    PacketBuffer data = packet(A4, B4, ACK, SYN_OPTIONS, 50);
    assertThat(wall.pass(data, Direction.A_TO_B, 0)).isTrue();
    PacketView reset = TestPackets.view(data);
    assertThat(reset.flags).isEqualTo(PacketView.RST | ACK);
    assertThat(reset.payloadLength).isZero();
    assertThat(reset.seq).isEqualTo(1_000_000);
    PacketBuffer six = packet(A6, B6, ACK, SYN_OPTIONS, 50);
    wall.block(A6, B6, Firewall.Action.RESET);
    assertThat(wall.pass(six, Direction.A_TO_B, 0)).isTrue();
    assertThat(TestPackets.view(six).flags).isEqualTo(PacketView.RST | ACK);

    PacketBuffer other = packet(A4, endpoint("192.0.2.9", 443), ACK, new byte[0], 5);
    assertThat(wall.pass(other, Direction.A_TO_B, 0)).isFalse();
    PacketBuffer back = packet(endpoint("192.0.2.9", 443), A4, ACK, new byte[0], 5);
    assertThat(wall.pass(back, Direction.B_TO_A, 0)).isFalse();
    wall.clear();
    assertThat(wall.pass(back, Direction.B_TO_A, 0)).isTrue();

    wall.refuseSynOption(30);
    assertThat(wall.pass(packet(A4, B4, SYN, SYN_OPTIONS, 0), Direction.A_TO_B, 0)).isFalse();
    assertThat(wall.pass(packet(A4, B4, ACK, SYN_OPTIONS, 0), Direction.A_TO_B, 0)).isTrue();
    wall.block(Direction.B_TO_A, true);
    assertThat(wall.pass(back, Direction.B_TO_A, 0)).isFalse();
    assertThat(wall.pass(packet(A4, B4, ACK, SYN_OPTIONS, 0), Direction.A_TO_B, 0)).isTrue();
  }

  @Test
  void noMiddleboxStumblesOverGarbage() {
    java.util.SplittableRandom random = new java.util.SplittableRandom(7);
    Nat nat = new Nat(IpAddress.parse("203.0.113.5"));
    Firewall wall = new Firewall();
    wall.block(A4, B4, Firewall.Action.RESET);
    wall.refuseSynOption(99);
    OptionStripper stripper = OptionStripper.ofKinds(OptionStripper.When.ALWAYS, 3, 30, 200);
    PayloadAlterer alterer = PayloadAlterer.everyNth(Direction.A_TO_B, 1);
    for (int i = 0; i < 20_000; i++) {
      PacketBuffer data = packet(A4, B4, SYN, SYN_OPTIONS, random.nextInt(30));
      for (int n = random.nextInt(6); n > 0; n--) {
        int at = PacketBuffer.START + random.nextInt(data.length());
        Bytes.put8(data.memory(), at, random.nextInt(256));
      }
      data.length(random.nextInt(4) == 0 ? random.nextInt(data.length()) : data.length());
      Direction way = random.nextBoolean() ? Direction.A_TO_B : Direction.B_TO_A;
      if (stripper.pass(data, way, 0) && alterer.pass(data, way, 0) && nat.pass(data, way, 0)) {
        wall.pass(data, way, 0);
      }
      data.release();
    }
    assertThat(pool.lentBuffers()).isZero();
  }
}
