package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureDeviceTest {
  private static final int ACK_PSH = PacketView.ACK | PacketView.PSH;

  /** A device that keeps what it is given and gives what it was filled with. */
  private static final class Shelf implements PacketDevice {
    final List<byte[]> sent = new ArrayList<>();
    final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    boolean full;
    boolean trusted;
    int segmentBytes;

    @Override
    public boolean emit(OutgoingPacket packet) {
      return !full && sent.add(Packets.bytes(packet));
    }

    @Override
    public boolean read(PacketBuffer into, PacketMeta meta) {
      byte[] packet = waiting.poll();
      if (packet == null) {
        return false;
      }
      MemorySegment.copy(
          packet, 0, into.memory(), ValueLayout.JAVA_BYTE, PacketBuffer.START, packet.length);
      into.length(packet.length);
      meta.clear();
      meta.checksumTrusted = trusted;
      meta.segmentBytes = segmentBytes;
      return true;
    }

    @Override
    public void await(long timeoutNs) {}

    @Override
    public void wakeup() {}

    @Override
    public int mtuBytes() {
      return 1_500;
    }

    @Override
    public int superSegmentBytes() {
      return 65_000;
    }

    @Override
    public void close() {}
  }

  @TempDir Path folder;
  private final Shelf shelf = new Shelf();
  private long clockNs = 1_000;

  private interface Use {
    void of(PacketDevice device, PacketBuffer buffer, PacketMeta meta);
  }

  private List<byte[]> captured(Use use) throws IOException {
    Path file = folder.resolve("device.pcapng");
    try (BufferPool pool = new BufferPool();
        PcapngWriter writer = new PcapngWriter(file)) {
      PacketDevice device = new CaptureDevice(shelf, writer, "shelf", () -> clockNs++);
      use.of(device, pool.large(), new PacketMeta());
      device.close();
    }
    List<byte[]> out = new ArrayList<>();
    try (PcapReader reader = new PcapReader(file)) {
      while (reader.next()) {
        assertThat(reader.timestampNs()).isBetween(1_000L, clockNs);
        out.add(
            reader
                .memory()
                .asSlice(reader.packetOffset(), reader.packetLength())
                .toArray(ValueLayout.JAVA_BYTE));
      }
    }
    return out;
  }

  private static void assertAsOnAWire(List<byte[]> packets, int... payloads) {
    PacketView v = new PacketView();
    List<Integer> lengths = new ArrayList<>();
    for (byte[] packet : packets) {
      assertThat(v.check(Packets.memory(packet), 0, packet.length, false, 0))
          .isEqualTo(DropReason.NONE);
      lengths.add(v.payloadLength);
    }
    assertThat(lengths.stream().mapToInt(Integer::intValue).toArray()).containsExactly(payloads);
  }

  @Test
  void superSegment_emitted_isOneForTheDeviceAndSegmentsInTheFile() throws IOException {
    OutgoingPacket whole =
        Packets.outgoing(true, ACK_PSH, new byte[0], new byte[2_500], 777, 1_000);
    byte[] bytes = Packets.bytes(whole);
    List<byte[]> file = captured((d, b, m) -> assertThat(d.emit(whole)).isTrue());
    assertThat(shelf.sent).containsExactly(bytes);
    assertAsOnAWire(file, 1_000, 1_000, 500);
  }

  @Test
  void packet_refusedByTheDevice_isNotInTheFile() throws IOException {
    shelf.full = true;
    OutgoingPacket packet = Packets.outgoing(true, ACK_PSH, new byte[0], new byte[10], 10, 0);
    assertThat(captured((d, b, m) -> assertThat(d.emit(packet)).isFalse())).isEmpty();
  }

  @Test
  void packet_readUnverified_isInTheFileAsItCame() throws IOException {
    byte[] packet = Packets.tcp(false, ACK_PSH, new byte[0], new byte[100]);
    packet[60] ^= 1;
    shelf.waiting.add(packet);
    List<byte[]> file =
        captured((d, b, m) -> {
          assertThat(d.read(b, m)).isTrue();
          assertThat(d.read(b, m)).isFalse();
        });
    assertThat(file).containsExactly(packet);
  }

  @Test
  void superSegment_readFromTheKernel_isSegmentsInTheFileAndUntouchedForTheReader()
      throws IOException {
    byte[] packet = Packets.tcp(false, ACK_PSH, new byte[0], new byte[2_500]);
    packet[36] ^= 1;
    shelf.waiting.add(packet);
    shelf.trusted = true;
    shelf.segmentBytes = 1_000;
    List<byte[]> file =
        captured((d, b, m) -> {
          assertThat(d.read(b, m)).isTrue();
          assertThat(m.segmentBytes).isEqualTo(1_000);
          byte[] read =
              b.memory().asSlice(PacketBuffer.START, b.length()).toArray(ValueLayout.JAVA_BYTE);
          assertThat(read).isEqualTo(packet);
        });
    assertAsOnAWire(file, 1_000, 1_000, 500);
  }

  @Test
  void trustedPacket_withManyExtensionHeaders_isInTheFile() throws IOException {
    byte[] extension = new byte[1_000];
    HexFormat hex = HexFormat.of();
    System.arraycopy(hex.parseHex("067c01ff"), 0, extension, 0, 4);
    byte[] packet =
        Packets.extended(Packets.tcp(true, ACK_PSH, new byte[0], new byte[9]), 60, extension);
    shelf.waiting.add(packet);
    shelf.trusted = true;
    List<byte[]> file = captured((d, b, m) -> assertThat(d.read(b, m)).isTrue());
    assertThat(file).containsExactly(packet);
  }

  @Test
  void segmentingDevice_emits_finishedPackets() {
    SegmentingDevice device = new SegmentingDevice(shelf);
    OutgoingPacket whole = Packets.outgoing(false, ACK_PSH, new byte[0], new byte[2_500], 1, 1_000);
    assertThat(device.emit(whole)).isTrue();
    assertAsOnAWire(shelf.sent, 1_000, 1_000, 500);
    assertThat(device.mtuBytes()).isEqualTo(1_500);
    assertThat(device.superSegmentBytes()).isPositive();
  }
}
