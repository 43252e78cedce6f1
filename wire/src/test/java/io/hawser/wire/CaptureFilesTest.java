package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureFilesTest {
  private static final long TIME_NS = 1_700_000_000_123_456_789L;
  private static final byte[] PACKET = Packets.tcp(false, PacketView.ACK, new byte[0], new byte[7]);

  @TempDir Path folder;

  private record Read(long timestampNs, int capturer, byte[] bytes) {}

  private static List<Read> read(Path file) throws IOException {
    List<Read> out = new ArrayList<>();
    try (PcapReader reader = new PcapReader(file)) {
      while (reader.next()) {
        byte[] bytes =
            reader
                .memory()
                .asSlice(reader.packetOffset(), reader.packetLength())
                .toArray(ValueLayout.JAVA_BYTE);
        out.add(new Read(reader.timestampNs(), reader.capturer(), bytes));
      }
    }
    return out;
  }

  private static OutgoingPacket outgoing(byte[] packet, int headerLength, int firstPiece) {
    OutgoingPacket out = new OutgoingPacket();
    out.header = Packets.memory(packet);
    out.headerLength = headerLength;
    out.payload = out.header;
    out.payloadOffset = headerLength;
    out.payloadLength = firstPiece;
    out.wrapped = out.header;
    out.wrappedOffset = headerLength + firstPiece;
    out.wrappedLength = packet.length - headerLength - firstPiece;
    return out;
  }

  private List<byte[]> written(Path file, int count) throws IOException {
    List<byte[]> packets = new ArrayList<>();
    try (PcapngWriter writer = new PcapngWriter(file)) {
      assertThat(writer.addInterface("one")).isZero();
      assertThat(writer.addInterface("zw\u00f6lf")).isEqualTo(1);
      for (int i = 0; i < count; i++) {
        byte[] packet = Packets.tcp(i % 2 == 1, PacketView.ACK, new byte[0], new byte[i]);
        packets.add(packet);
        writer.write(i % 2, TIME_NS + i, outgoing(packet, 20, i / 3));
      }
      assertThat(writer.packets()).isEqualTo(count);
    }
    return packets;
  }

  @Test
  void pcapng_written_readsBackToTheNanosecond() throws IOException {
    Path file = folder.resolve("a.pcapng");
    // More than the writer's buffer holds.
    List<byte[]> packets = written(file, 1_000);
    List<Read> read = read(file);
    assertThat(read).hasSize(packets.size());
    for (int i = 0; i < packets.size(); i++) {
      assertThat(read.get(i).bytes()).isEqualTo(packets.get(i));
      assertThat(read.get(i).timestampNs()).isEqualTo(TIME_NS + i);
      assertThat(read.get(i).capturer()).isEqualTo(i % 2);
    }
    assertThat(Files.size(file) % 4).isZero();
  }

  @Test
  void pcapng_flushed_isReadableWhileOpen() throws IOException {
    Path file = folder.resolve("open.pcapng");
    try (PcapngWriter writer = new PcapngWriter(file)) {
      assertThat(read(file)).isEmpty();
      writer.addInterface("eth0");
      writer.write(0, TIME_NS, outgoing(PACKET, 20, 0));
      writer.flush();
      assertThat(read(file)).hasSize(1);
      assertThat(writer.failure()).isNull();
    }
  }

  @Test
  void pcapng_cutAnywhere_givesTheWholePacketsBeforeTheCut() throws IOException {
    Path file = folder.resolve("whole.pcapng");
    List<byte[]> packets = written(file, 4);
    byte[] whole = Files.readAllBytes(file);
    Path cut = folder.resolve("cut.pcapng");
    int before = 0;
    for (int length = 28; length <= whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      int count = read(cut).size();
      assertThat(count).isBetween(before, packets.size());
      before = count;
    }
    assertThat(before).isEqualTo(packets.size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void file_mutated_neverThrows(boolean next) throws IOException {
    Path file = folder.resolve("whole");
    if (next) {
      written(file, 4);
    } else {
      Files.write(file, pcap(ByteOrder.BIG_ENDIAN, 0xa1b2c3d4, 1, link(1)));
    }
    byte[] whole = Files.readAllBytes(file);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 4_000; i++) {
      byte[] bad = Arrays.copyOf(whole, 28 + random.nextInt(whole.length - 27));
      for (int k = random.nextInt(6); k >= 0; k--) {
        int value = random.nextBoolean() ? random.nextInt(40) : random.nextInt();
        bad[random.nextInt(4, bad.length)] = (byte) value;
      }
      Files.write(file, bad);
      try {
        for (Read packet : read(file)) {
          assertThat(packet.bytes()).isNotEmpty();
        }
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + i, e);
      }
    }
  }

  @Test
  void pcapng_shortPacketBlockAtTheEnd_isPassedOver() throws IOException {
    Path file = folder.resolve("short.pcapng");
    written(file, 1);
    byte[] whole = Files.readAllBytes(file);
    ByteBuffer more = ByteBuffer.allocate(whole.length + 12).order(ByteOrder.LITTLE_ENDIAN);
    more.put(whole).putInt(6).putInt(12).putInt(0);
    Files.write(file, more.array());
    assertThat(read(file)).hasSize(1);
  }

  /** The packet behind a link header. */
  private static byte[] link(int type) {
    String ethernet = "020000000001020000000002";
    String front =
        switch (type) {
          case 0 -> "02000000";
          case 1 -> ethernet + "0800";
          case 1001 -> ethernet + "8100" + "0005" + "0800";
          case 113 -> "0000000100060200000000010000" + "0800";
          case 276 -> "0800" + "0000" + "00000001" + "0001" + "00" + "06" + "0200000000010000";
          default -> "";
        };
    byte[] head = HexFormat.of().parseHex(front);
    byte[] out = Arrays.copyOf(head, head.length + PACKET.length);
    System.arraycopy(PACKET, 0, out, head.length, PACKET.length);
    return out;
  }

  private static byte[] pcap(ByteOrder order, int magic, int linkType, byte[] frame) {
    ByteBuffer out = ByteBuffer.allocate(24 + 16 + frame.length).order(order);
    out.putInt(magic).putShort((short) 2).putShort((short) 4).putLong(0).putInt(262_144);
    out.putInt(linkType);
    out.putInt(1_700_000_000).putInt(999_999).putInt(frame.length).putInt(frame.length).put(frame);
    return out.array();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "1, 1001", "101, 101", "113, 113", "228, 228", "276, 276"})
  void pcap_ofAnyLinkType_givesTheIpPacket(int linkType, int frame) throws IOException {
    Path file = folder.resolve("link.pcap");
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      Files.write(file, pcap(order, 0xa1b2c3d4, linkType, link(frame)));
      assertThat(read(file)).singleElement().satisfies(CaptureFilesTest::isThePacket);
      assertThat(read(file).getFirst().timestampNs()).isEqualTo(1_700_000_000_999_999_000L);
      Files.write(file, pcap(order, 0xa1b23c4d, linkType, link(frame)));
      assertThat(read(file)).singleElement().satisfies(CaptureFilesTest::isThePacket);
      assertThat(read(file).getFirst().timestampNs()).isEqualTo(1_700_000_000_000_999_999L);
    }
  }

  private static void isThePacket(Read read) {
    assertThat(read.bytes()).isEqualTo(PACKET);
  }

  @Test
  void pcap_withArp_passesItOver() throws IOException {
    byte[] frame = link(1);
    frame[13] = 6;
    Path file = folder.resolve("arp.pcap");
    Files.write(file, pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 1, frame));
    assertThat(read(file)).isEmpty();
  }

  @Test
  void file_thatIsNoCapture_isRefusedByName() throws IOException {
    Path file = folder.resolve("letter.txt");
    Files.write(file, new byte[100]);
    assertThatIOException().isThrownBy(() -> read(file)).withMessageContaining("letter.txt");
    Files.write(file, new byte[5]);
    assertThatIOException().isThrownBy(() -> read(file)).withMessageContaining("letter.txt");
  }
}
