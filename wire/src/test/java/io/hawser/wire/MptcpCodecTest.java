package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MptcpCodecTest {
  private static final int ROUNDS = 300_000;

  /** Bytes that are often, not always, an option of RFC 8684. */
  private static byte[] likely(Random random) {
    byte[] option = new byte[3 + random.nextInt(38)];
    random.nextBytes(option);
    option[0] = MptcpCodec.KIND;
    option[1] = (byte) option.length;
    int low = random.nextInt(4) == 0 ? random.nextInt(16) : random.nextInt(2);
    option[2] = (byte) (random.nextInt(9) << 4 | low);
    if (option.length > 3 && random.nextBoolean()) {
      option[3] = (byte) random.nextInt(32);
    }
    return option;
  }

  @Test
  void anyOption_decodedAndEncoded_keepsItsBytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int known = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocate(64);
      MemorySegment out = arena.allocate(64);
      for (int i = 0; i < ROUNDS; i++) {
        byte[] option = likely(random);
        MemorySegment.copy(option, 0, in, ValueLayout.JAVA_BYTE, 1, option.length);
        MptcpOption decoded = MptcpCodec.decode(in, 1, option.length);
        int length = MptcpCodec.encode(decoded, out, 3);
        assertThat(length).isEqualTo(MptcpCodec.length(decoded));
        assertThat(out.asSlice(3, length).toArray(ValueLayout.JAVA_BYTE))
            .as("seed %s, %s", seed, decoded)
            .isEqualTo(option);
        known += decoded instanceof MptcpOption.Unknown ? 0 : 1;
      }
    }
    assertThat(known).as("seed %s", seed).isGreaterThan(ROUNDS / 100);
  }

  @Test
  void anyDss_inAPacket_hasTheFieldsOfItsRecord() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    PacketView v = new PacketView();
    int seen = 0;
    for (int i = 0; i < 20_000; i++) {
      int flags = random.nextInt(32);
      int length = MptcpCodec.dssLength(flags) + (random.nextBoolean() ? 2 : 0);
      byte[] option = new byte[length];
      random.nextBytes(option);
      option[0] = MptcpCodec.KIND;
      option[1] = (byte) length;
      option[2] = 0x20;
      option[3] = (byte) flags;
      byte[] packet = Packets.tcp(false, PacketView.ACK, option, new byte[0]);
      assertThat(v.check(Packets.memory(packet), 0, packet.length, false, 0))
          .as("seed %s", seed)
          .isEqualTo(DropReason.NONE);
      MptcpOption decoded = MptcpCodec.decode(Packets.memory(option), 0, length);
      assertThat(v.hasDss).isEqualTo(decoded instanceof MptcpOption.Dss);
      if (decoded instanceof MptcpOption.Dss d) {
        seen++;
        int checksum = v.hasDataChecksum ? v.dataChecksum : -1;
        boolean mapped = v.dsnBytes != 0;
        MptcpOption.Dss fields =
            new MptcpOption.Dss(
                v.dataFin,
                v.dataAckBytes,
                v.dataAck,
                v.dsnBytes,
                mapped ? v.dsn : 0,
                mapped ? v.ssn : 0,
                mapped ? v.dataLength : 0,
                checksum);
        assertThat(fields).as("seed %s", seed).isEqualTo(d);
      }
    }
    assertThat(seen).isGreaterThan(1_000);
  }
}
