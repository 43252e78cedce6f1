package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketViewTest {
  private static final byte[] NONE = {};
  private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};
  private final PacketView v = new PacketView();

  private DropReason check(byte[] packet) {
    return v.check(Packets.memory(packet), 0, packet.length, false, 0);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tcp_plain_fillsTheFields(boolean v6) {
    assertThat(check(Packets.tcp(v6, PacketView.ACK | PacketView.PSH, NONE, HELLO)))
        .isEqualTo(DropReason.NONE);
    assertThat(v.source()).isEqualTo(v6 ? Packets.A6 : Packets.A4);
    assertThat(v.destination()).isEqualTo(v6 ? Packets.B6 : Packets.B4);
    assertThat(v.srcPort).isEqualTo(4000);
    assertThat(v.dstPort).isEqualTo(80);
    assertThat(v.seq).isEqualTo(100);
    assertThat(v.ack).isEqualTo(200);
    assertThat(v.window).isEqualTo(500);
    assertThat(v.hopLimit).isEqualTo(64);
    assertThat(v.payloadLength).isEqualTo(5);
    assertThat(Bytes.u8(v.memory, v.payloadOffset)).isEqualTo('h');
    assertThat(v.sequenceLength()).isEqualTo(5);
    assertThat(v.mss).isEqualTo(-1);
    assertThat(v.fastOpenOffset).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tcp_anyBitFlipped_isNeverTakenAsTheSame(boolean v6) {
    byte[] packet = Packets.tcp(v6, PacketView.ACK, NONE, HELLO);
    int from = Headers.ipBytes(v6);
    for (int bit = from * 8; bit < packet.length * 8; bit++) {
      byte[] bad = packet.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(check(bad)).as("bit %s", bit).isNotEqualTo(DropReason.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tcp_wrongChecksumButTrusted_isTaken(boolean v6) {
    byte[] packet = Packets.tcp(v6, PacketView.ACK, NONE, HELLO);
    packet[packet.length - 1] ^= 1;
    assertThat(check(packet)).isEqualTo(DropReason.TRANSPORT_CHECKSUM);
    assertThat(v.check(Packets.memory(packet), 0, packet.length, true, 1000))
        .isEqualTo(DropReason.NONE);
    assertThat(v.segmentBytes).isEqualTo(1000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void packet_paddedByTheLink_isTrimmed(boolean v6) {
    byte[] packet = Packets.tcp(v6, PacketView.ACK, NONE, HELLO);
    assertThat(check(Arrays.copyOf(packet, packet.length + 9))).isEqualTo(DropReason.NONE);
    assertThat(v.ipLength).isEqualTo(packet.length);
    assertThat(v.payloadLength).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void packet_cutAnywhere_isTruncated(boolean v6) {
    byte[] packet = Packets.tcp(v6, PacketView.ACK, NONE, HELLO);
    for (int length = 0; length < packet.length; length++) {
      assertThat(check(Arrays.copyOf(packet, length))).isEqualTo(DropReason.TRUNCATED);
    }
  }

  @Test
  void ipv4_headerChecksumWrong_isDropped() {
    byte[] packet = Packets.tcp(false, PacketView.ACK, NONE, HELLO);
    packet[8]--;
    assertThat(check(packet)).isEqualTo(DropReason.IP_CHECKSUM);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x2000, 0x0001, 0x1fff})
  void ipv4_fragment_isDroppedAsSuch(int field) {
    byte[] packet = Packets.tcp(false, PacketView.ACK, NONE, HELLO);
    packet[6] = (byte) (field >> 8);
    packet[7] = (byte) field;
    assertThat(v.check(Packets.memory(packet), 0, packet.length, true, 0))
        .isEqualTo(DropReason.FRAGMENT);
  }

  @Test
  void ipv6_extensionHeaders_areWalked() {
    byte[] packet = Packets.tcp(true, PacketView.ACK, NONE, HELLO);
    // Hop-by-hop (8), destination options (16), routing with nothing left (8), then TCP.
    byte[] chain =
        hex("3c00010400000000" + "2b01010c000000000000000000000000" + "0600000000000000");
    assertThat(check(Packets.extended(packet, 0, chain))).isEqualTo(DropReason.NONE);
    assertThat(v.transportOffset).isEqualTo(72);
    assertThat(v.payloadLength).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({
    "44, 0600000000000001, FRAGMENT",
    "43, 0600000100000000, IPV6_EXTENSION",
    "60, 06ff000000000000, IPV6_EXTENSION",
    "59, 0600000000000000, UNKNOWN_PROTOCOL",
    "132, 0600000000000000, UNKNOWN_PROTOCOL"
  })
  void ipv6_extensionNotTaken_isDropped(int kind, String bytes, DropReason reason) {
    byte[] packet = Packets.tcp(true, PacketView.ACK, NONE, HELLO);
    assertThat(check(Packets.extended(packet, kind, hex(bytes)))).isEqualTo(reason);
  }

  @Test
  void ipv6_endlessChain_isDropped() {
    byte[] packet = Packets.tcp(true, PacketView.ACK, NONE, HELLO);
    byte[] chain = hex("3c00010400000000".repeat(9));
    assertThat(check(Packets.extended(packet, 60, chain))).isEqualTo(DropReason.IPV6_EXTENSION);
  }

  @Test
  void tcp_allSynOptions_areRead() {
    byte[] options = hex("020405b4 01030307 0402 080a0000000100000002 2206aabbccdd");
    assertThat(check(Packets.tcp(false, PacketView.SYN, options, NONE))).isEqualTo(DropReason.NONE);
    assertThat(v.mss).isEqualTo(1460);
    assertThat(v.windowScale).isEqualTo(7);
    assertThat(v.sackPermitted).isTrue();
    assertThat(v.hasTimestamp).isTrue();
    assertThat(v.tsVal).isEqualTo(1);
    assertThat(v.tsEcr).isEqualTo(2);
    assertThat(v.fastOpenLength).isEqualTo(4);
    assertThat(Bytes.i32(v.memory, v.fastOpenOffset)).isEqualTo(0xaabbccdd);
    assertThat(v.sequenceLength()).isEqualTo(1);
  }

  @Test
  void tcp_fastOpenRequest_hasLengthZeroAndAnOffset() {
    assertThat(check(Packets.tcp(false, PacketView.SYN, hex("2202"), NONE)))
        .isEqualTo(DropReason.NONE);
    assertThat(v.fastOpenOffset).isNotNegative();
    assertThat(v.fastOpenLength).isZero();
  }

  @Test
  void tcp_fastOpenInvalidLength_isIgnored() {
    for (String option :
        List.of("2203aa", "2204aabb", "2207aabbccddee", "2214" + "aa".repeat(18))) {
      assertThat(check(Packets.tcp(false, PacketView.SYN, hex(option), NONE)))
          .isEqualTo(DropReason.NONE);
      assertThat(v.fastOpenOffset).as(option).isEqualTo(-1);
      assertThat(v.fastOpenLength).isZero();
    }
    byte[] longest = hex("2212" + "ab".repeat(16));
    assertThat(check(Packets.tcp(false, PacketView.SYN, longest, NONE))).isEqualTo(DropReason.NONE);
    assertThat(v.fastOpenCookie()).isEqualTo(hex("ab".repeat(16)));
  }

  @Test
  void tcp_fastOpenWithoutSyn_isIgnored() {
    assertThat(check(Packets.tcp(false, PacketView.ACK, hex("2206aabbccdd"), NONE)))
        .isEqualTo(DropReason.NONE);
    assertThat(v.fastOpenOffset).isEqualTo(-1);
  }

  @Test
  void tcp_fastOpenExperimental_isRead() {
    byte[] options = hex("fe08f989aabbccdd");
    assertThat(check(Packets.tcp(false, PacketView.SYN, options, NONE))).isEqualTo(DropReason.NONE);
    assertThat(v.fastOpenExperimental).isTrue();
    assertThat(v.fastOpenCookie()).isEqualTo(hex("aabbccdd"));
    byte[] other = hex("fe08f98aaabbccdd");
    assertThat(check(Packets.tcp(false, PacketView.SYN, other, NONE))).isEqualTo(DropReason.NONE);
    assertThat(v.fastOpenOffset).isEqualTo(-1);
    MemorySegment m = MemorySegment.ofArray(new byte[8]);
    MemorySegment cookie = MemorySegment.ofArray(hex("aabbccdd"));
    assertThat(TcpOptionCodec.fastOpenExperimental(m, 0, cookie)).isEqualTo(8);
    assertThat(m.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(options);
  }

  @Test
  void tcp_fourSackBlocks_areRead() {
    String blocks = "0000000100000002 0000000300000004 0000000500000006 0000000700000008";
    assertThat(check(Packets.tcp(true, PacketView.ACK, hex("0101 0522" + blocks), NONE)))
        .isEqualTo(DropReason.NONE);
    assertThat(v.sackCount).isEqualTo(4);
    assertThat(v.sackLeft).containsExactly(1, 3, 5, 7);
    assertThat(v.sackRight).containsExactly(2, 4, 6, 8);
  }

  @Test
  void view_reused_keepsNoOptionOfThePacketBefore() {
    byte[] dss = hex("1e082005 00000001");
    byte[] all = hex("020405b4 01030307 0402 0101 1e08200100000001 1e032501");
    assertThat(dss).hasSize(8);
    assertThat(check(Packets.tcp(false, PacketView.SYN, all, NONE))).isEqualTo(DropReason.NONE);
    assertThat(v.hasDss).isTrue();
    assertThat(v.mptcpCount).isEqualTo(1);
    assertThat(check(Packets.tcp(false, PacketView.ACK, NONE, NONE))).isEqualTo(DropReason.NONE);
    assertThat(v.mss).isEqualTo(-1);
    assertThat(v.windowScale).isEqualTo(-1);
    assertThat(v.sackPermitted).isFalse();
    assertThat(v.hasDss).isFalse();
    assertThat(v.mptcpCount).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0200", "0201", "0205b4", "1eff0000"})
  void tcp_optionOfImpossibleLength_dropsTheSegment(String options) {
    byte[] four = Arrays.copyOf(hex(options), 4);
    assertThat(check(Packets.tcp(false, PacketView.ACK, four, NONE)))
        .isEqualTo(DropReason.TCP_OPTION);
  }

  @Test
  void tcp_kindAsLastByte_dropsTheSegment() {
    assertThat(check(Packets.tcp(false, PacketView.ACK, hex("01010102"), NONE)))
        .isEqualTo(DropReason.TCP_OPTION);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x40, 0xf0})
  void tcp_impossibleDataOffset_isDropped(int offset) {
    byte[] packet = Packets.tcp(false, PacketView.ACK, NONE, HELLO);
    packet[32] = (byte) offset;
    assertThat(check(packet)).isEqualTo(DropReason.TCP_HEADER);
  }

  @Test
  void dss_allFields_areRead() {
    byte[] option = hex("1e1c201f 0000000100000002 0000000300000004 00000005 0006 abcd");
    assertThat(check(Packets.tcp(false, PacketView.ACK, option, HELLO))).isEqualTo(DropReason.NONE);
    assertThat(v.hasDss).isTrue();
    assertThat(v.dataFin).isTrue();
    assertThat(v.dataAckBytes).isEqualTo(8);
    assertThat(v.dataAck).isEqualTo(0x1_0000_0002L);
    assertThat(v.dsnBytes).isEqualTo(8);
    assertThat(v.dsn).isEqualTo(0x3_0000_0004L);
    assertThat(v.ssn).isEqualTo(5);
    assertThat(v.dataLength).isEqualTo(6);
    assertThat(v.hasDataChecksum).isTrue();
    assertThat(v.dataChecksum).isEqualTo(0xabcd);
    assertThat(v.mptcpCount).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e072001000000", // Shorter than its flags.
        "1e0a2001000000010000", // A checksum without a mapping.
        "1e0c20010000000100000002", // Longer than its flags.
        "1e08202100000001", // A reserved flag.
        "1e08210100000001", // A reserved bit beside the subtype.
        "1e032000" // No flags at all.
      })
  void dss_malformed_isAnUnknownOptionAndTheSegmentStays(String bytes) {
    assertThat(check(Packets.tcp(false, PacketView.ACK, hex(bytes), HELLO)))
        .isEqualTo(DropReason.NONE);
    assertThat(v.hasDss).isFalse();
    assertThat(v.mptcpCount).isEqualTo(1);
    assertThat(v.mptcp(0)).isInstanceOf(MptcpOption.Unknown.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void udp_plain_isTaken(boolean v6) {
    assertThat(check(Packets.udp(v6, 13, HELLO))).isEqualTo(DropReason.NONE);
    assertThat(v.srcPort).isEqualTo(4000);
    assertThat(v.dstPort).isEqualTo(53);
    assertThat(v.payloadLength).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 14, 65_535})
  void udp_lengthThatCannotBe_isDropped(int length) {
    byte[] packet = Packets.udp(false, length, HELLO);
    assertThat(v.check(Packets.memory(packet), 0, packet.length, true, 0))
        .isEqualTo(DropReason.TRUNCATED);
  }

  @Test
  void udp_withoutChecksum_isTakenOnIpv4Only() {
    byte[] four = Packets.udp(false, 13, HELLO);
    four[26] = 0;
    four[27] = 0;
    assertThat(check(four)).isEqualTo(DropReason.NONE);
    byte[] six = Packets.udp(true, 13, HELLO);
    six[46] = 0;
    six[47] = 0;
    assertThat(check(six)).isEqualTo(DropReason.TRANSPORT_CHECKSUM);
  }

  @Test
  void icmp_checksum_coversThePseudoHeaderOnIpv6Only() {
    byte[] echo = hex("08000000 00010002 61626364");
    assertThat(check(Packets.ip(false, PacketView.ICMP, 2, echo))).isEqualTo(DropReason.NONE);
    assertThat(v.transportOffset).isEqualTo(20);
    echo[0] = (byte) 128;
    byte[] six = Packets.ip(true, PacketView.ICMP6, 2, echo);
    assertThat(check(six)).isEqualTo(DropReason.NONE);
    six[50] ^= 1;
    assertThat(check(six)).isEqualTo(DropReason.TRANSPORT_CHECKSUM);
  }

  @Test
  void icmp_ofTheOtherFamily_isUnknown() {
    byte[] echo = hex("08000000 00010002");
    assertThat(check(Packets.ip(true, PacketView.ICMP, 2, echo)))
        .isEqualTo(DropReason.UNKNOWN_PROTOCOL);
  }

  @Test
  void version_neither4Nor6_isNotIp() {
    byte[] packet = Packets.tcp(false, PacketView.ACK, NONE, HELLO);
    packet[0] = 0x55;
    assertThat(check(packet)).isEqualTo(DropReason.NOT_IP);
    packet[0] = 0x44;
    assertThat(check(packet)).isEqualTo(DropReason.NOT_IP);
  }
}
