package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmenterTest {
  private static final byte[] TIMESTAMP = HexFormat.of().parseHex("0101080a0000000100000002");
  private static final int ALL = PacketView.CWR | PacketView.ACK | PacketView.PSH | PacketView.FIN;
  private final Segmenter segmenter = new Segmenter();
  private final List<byte[]> sent = new ArrayList<>();
  private final PacketView v = new PacketView();

  private boolean keep(OutgoingPacket packet) {
    assertThat(packet.transportOffset).isZero();
    assertThat(packet.segmentBytes).isZero();
    return sent.add(Packets.bytes(packet));
  }

  private void check(byte[] packet, String hint) {
    assertThat(v.check(Packets.memory(packet), 0, packet.length, false, 0))
        .as(hint)
        .isEqualTo(DropReason.NONE);
    assertThat(v.ipLength).isEqualTo(packet.length);
  }

  private byte[] payload() {
    MemorySegment payload = v.memory.asSlice(v.payloadOffset, v.payloadLength);
    return payload.toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void superSegment_anyShape_becomesSegmentsThatHoldItsBytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      boolean v6 = random.nextBoolean();
      byte[] data = new byte[1 + random.nextInt(6_000)];
      random.nextBytes(data);
      int size = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(1_460);
      size = Math.max(size, size == 0 ? 0 : data.length / 200 + 1);
      int firstPiece = random.nextInt(4) == 0 ? data.length : random.nextInt(data.length + 1);
      String hint = "seed " + seed + " round " + round;
      sent.clear();
      OutgoingPacket whole = Packets.outgoing(v6, ALL, TIMESTAMP, data, firstPiece, size);
      assertThat(segmenter.send(whole, this::keep)).isTrue();
      int count = size == 0 ? 1 : (data.length + size - 1) / size;
      assertThat(sent).as(hint).hasSize(count);
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      for (int i = 0; i < count; i++) {
        check(sent.get(i), hint);
        assertThat(v.seq).isEqualTo(-1000 + joined.size());
        assertThat(v.tsVal).isEqualTo(1);
        assertThat(v.has(PacketView.CWR)).isEqualTo(i == 0);
        assertThat(v.has(PacketView.PSH)).isEqualTo(i == count - 1);
        assertThat(v.has(PacketView.FIN)).isEqualTo(i == count - 1);
        if (!v6) {
          assertThat(Bytes.u16(v.memory, 4)).isEqualTo(65_530 + i & 0xffff);
        }
        joined.writeBytes(payload());
      }
      assertThat(joined.toByteArray()).as(hint).isEqualTo(data);
    }
  }

  @Test
  void segmentWithoutPayload_sent_hasItsChecksum() {
    OutgoingPacket syn = Packets.outgoing(true, PacketView.SYN, TIMESTAMP, new byte[0], 0, 0);
    assertThat(segmenter.send(syn, this::keep)).isTrue();
    check(sent.getFirst(), "syn");
    assertThat(sent).hasSize(1);
  }

  @Test
  void packetThatIsComplete_sent_passesUntouched() {
    OutgoingPacket packet = Packets.outgoing(false, ALL, TIMESTAMP, new byte[100], 100, 0);
    packet.transportOffset = 0;
    List<OutgoingPacket> passed = new ArrayList<>();
    assertThat(segmenter.send(packet, passed::add)).isTrue();
    assertThat(passed).containsExactly(packet);
  }

  @Test
  void sink_refusesTheFirst_nothingIsSent() {
    OutgoingPacket whole = Packets.outgoing(false, ALL, TIMESTAMP, new byte[3_000], 3_000, 1_000);
    List<Integer> offered = new ArrayList<>();
    assertThat(
            segmenter.send(
                whole,
                p -> {
                  offered.add(p.totalPayload());
                  return false;
                }))
        .isFalse();
    assertThat(offered).containsExactly(1_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void sink_refusesALaterOne_isALossAndTheSuperSegmentCountsAsSent(int refused) {
    OutgoingPacket whole = Packets.outgoing(false, ALL, TIMESTAMP, new byte[3_000], 3_000, 1_000);
    List<Integer> offered = new ArrayList<>();
    assertThat(
            segmenter.send(
                whole,
                p -> {
                  offered.add(p.totalPayload());
                  return offered.size() - 1 != refused;
                }))
        .isTrue();
    assertThat(offered).hasSize(3);
  }
}
