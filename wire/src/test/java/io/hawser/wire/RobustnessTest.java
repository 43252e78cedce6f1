package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes from the network is a reason or a view, never an exception. */
class RobustnessTest {
  private static final int MUTATIONS = 1_000_000;

  private static List<byte[]> packets() throws IOException {
    List<byte[]> all = new ArrayList<>();
    for (Path pcap : CapturesTest.captures()) {
      try (PcapReader reader = new PcapReader(pcap)) {
        while (reader.next()) {
          all.add(
              reader
                  .memory()
                  .asSlice(reader.packetOffset(), reader.packetLength())
                  .toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
    return all;
  }

  @Test
  void anyPacket_mutated_neverThrows() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<byte[]> packets = packets();
    PacketView v = new PacketView();
    int taken = 0;
    try (Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < MUTATIONS; i++) {
        byte[] packet = packets.get(random.nextInt(packets.size())).clone();
        int length = random.nextInt(8) == 0 ? random.nextInt(packet.length + 1) : packet.length;
        for (int k = random.nextInt(4); k >= 0 && length > 0; k--) {
          packet[random.nextInt(Math.min(length, 100))] = (byte) random.nextInt();
        }
        MemorySegment exact = i % 1000 == 0 ? Arena.ofAuto().allocate(Math.max(1, length)) : null;
        MemorySegment memory =
            exact != null ? exact : MemorySegment.ofArray(java.util.Arrays.copyOf(packet, length));
        if (exact != null) {
          MemorySegment.copy(packet, 0, memory, ValueLayout.JAVA_BYTE, 0, length);
        }
        if (v.check(memory, 0, length, true, 0) == DropReason.NONE) {
          taken++;
          readAll(v);
        }
      }
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
    assertThat(taken).as("seed %s", seed).isGreaterThan(MUTATIONS / 10);
  }

  private static void readAll(PacketView v) {
    if (v.protocol != PacketView.TCP) {
      return;
    }
    assertThat(v.payloadOffset + v.payloadLength).isEqualTo(v.ipOffset + v.ipLength);
    for (int i = 0; i < v.mptcpCount; i++) {
      MptcpOption option = v.mptcp(i);
      assertThat(MptcpCodec.length(option)).isBetween(2, 40);
    }
  }

  @Test
  void checksum_anyLengthAndAlignment_equalsNaiveSum() {
    Random random = new Random(3);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(70_000);
      for (long i = 0; i < memory.byteSize(); i++) {
        memory.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
      }
      for (int i = 0; i < 2_000; i++) {
        int offset = random.nextInt(64);
        int length = i % 10 == 0 ? random.nextInt(66_000) : random.nextInt(200);
        long naive = 0;
        for (int k = 0; k < length; k++) {
          naive += (long) Bytes.u8(memory, offset + k) << (k % 2 == 0 ? 8 : 0);
        }
        while (naive >> 16 != 0) {
          naive = (naive & 0xffff) + (naive >> 16);
        }
        int folded = Checksum.fold(Checksum.add(0, memory, offset, length));
        assertThat(folded % 0xffff).isEqualTo((int) (naive % 0xffff));
        int half = length / 2;
        long parts = Checksum.add(0, memory, offset, half);
        parts =
            half % 2 == 0
                ? Checksum.add(parts, memory, offset + half, length - half)
                : Checksum.addAtOdd(parts, memory, offset + half, length - half);
        assertThat(Checksum.fold(parts) % 0xffff).isEqualTo((int) (naive % 0xffff));
      }
    }
  }
}
