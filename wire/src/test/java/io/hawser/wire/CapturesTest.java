package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every packet of the kernel captures decodes to what its text says, and its options re-encode to
 * their bytes.
 */
class CapturesTest {
  static final Path FOLDER = Path.of("src/test/resources/captures");

  static List<Path> captures() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(f -> f.toString().endsWith(".pcap")).sorted().toList();
    }
  }

  @Test
  void folder_listed_holdsAllCaptures() throws IOException {
    assertThat(captures()).hasSize(111);
  }

  @ParameterizedTest
  @MethodSource("captures")
  void capture_decoded_equalsItsText(Path pcap) throws IOException {
    List<String> text =
        Files.readAllLines(Path.of(pcap.toString().replace(".pcap", ".txt"))).stream()
            .filter(l -> !l.startsWith("#") && !l.isBlank())
            .toList();
    CaptureText formatter = new CaptureText();
    PacketView v = new PacketView();
    int line = 0;
    try (PcapReader reader = new PcapReader(pcap)) {
      while (reader.next()) {
        DropReason reason =
            v.check(reader.memory(), (int) reader.packetOffset(), reader.packetLength(), true, 0);
        assertThat(reason).as("packet of line %s", line).isEqualTo(DropReason.NONE);
        String expected = text.get(line++).trim();
        assertOptionsReencode(v);
        assertThat(formatter.line(v)).as(expected).isEqualTo(header(expected));
        while (line < text.size() && text.get(line).trim().startsWith("mptcp-raw:")) {
          String raw = text.get(line++).trim().substring("mptcp-raw:".length()).trim();
          assertThat(reencoded(v)).isEqualTo(raw);
        }
      }
    }
    assertThat(line).isEqualTo(text.size());
  }

  /** What the text says of the headers: without number and time in front, without data behind. */
  private static String header(String line) {
    String rest = line.split("\\s+", 3)[2];
    int data = rest.indexOf(" data=");
    return data < 0 ? rest : rest.substring(0, data);
  }

  /**
   * Every option, TCP's own and MPTCP's, comes out of the encoders as it went into the decoders.
   */
  private static void assertOptionsReencode(PacketView v) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(64);
      for (int i = v.transportOffset + 20; i < v.payloadOffset; ) {
        int kind = Bytes.u8(v.memory, i);
        if (kind == TcpOptions.EOL) {
          return;
        }
        int length = kind == TcpOptions.NOP ? 1 : Bytes.u8(v.memory, i + 1);
        int written = encode(v, kind, i, length, out);
        assertThat(written).as("kind %s", kind).isEqualTo(length);
        byte[] want = v.memory.asSlice(i, length).toArray(ValueLayout.JAVA_BYTE);
        assertThat(out.asSlice(0, written).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(want);
        i += length;
      }
    }
  }

  private static int encode(PacketView v, int kind, int at, int length, MemorySegment out) {
    return switch (kind) {
      case TcpOptions.NOP -> TcpOptionCodec.nops(out, 0, 1);
      case 2 -> TcpOptionCodec.mss(out, 0, v.mss);
      case 3 -> TcpOptionCodec.windowScale(out, 0, v.windowScale);
      case 4 -> v.sackPermitted ? TcpOptionCodec.sackPermitted(out, 0) : 0;
      case 5 -> {
        int[] edges = new int[2 * v.sackCount];
        for (int i = 0; i < v.sackCount; i++) {
          edges[2 * i] = v.sackLeft[i];
          edges[2 * i + 1] = v.sackRight[i];
        }
        yield TcpOptionCodec.sack(out, 0, edges, v.sackCount);
      }
      case 8 -> TcpOptionCodec.timestamps(out, 0, v.tsVal, v.tsEcr);
      case 34 ->
          TcpOptionCodec.fastOpen(out, 0, v.memory.asSlice(v.fastOpenOffset, v.fastOpenLength));
      case MptcpCodec.KIND -> MptcpCodec.encode(MptcpCodec.decode(v.memory, at, length), out, 0);
      default -> throw new AssertionError("option kind " + kind + " has no encoder");
    };
  }

  private static String reencoded(PacketView v) {
    StringBuilder out = new StringBuilder();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scratch = arena.allocate(64);
      for (int i = v.transportOffset + 20; i < v.payloadOffset; ) {
        int kind = Bytes.u8(v.memory, i);
        if (kind == TcpOptions.EOL) {
          break;
        }
        int length = kind == TcpOptions.NOP ? 1 : Bytes.u8(v.memory, i + 1);
        if (kind == MptcpCodec.KIND) {
          int written = MptcpCodec.encode(MptcpCodec.decode(v.memory, i, length), scratch, 0);
          byte[] bytes = scratch.asSlice(0, written).toArray(ValueLayout.JAVA_BYTE);
          out.append(out.isEmpty() ? "" : " ").append(HexFormat.of().formatHex(bytes));
        }
        i += length;
      }
    }
    return out.toString();
  }

  @Test
  void vectors_dssChecksum_holds() {
    JsonNode vectors = JsonMapper.shared().readTree(FOLDER.resolve("vectors.json").toFile());
    int count = 0;
    try (Arena arena = Arena.ofConfined()) {
      for (JsonNode v : vectors.get("dss_checksum")) {
        byte[] data = HexFormat.of().parseHex(v.has("data") ? v.get("data").asString() : "");
        MemorySegment memory = arena.allocate(Math.max(1, data.length));
        MemorySegment.copy(data, 0, memory, ValueLayout.JAVA_BYTE, 0, data.length);
        long sum = Checksum.add(0, memory, 0, data.length);
        sum = Checksum.add64(sum, Long.parseUnsignedLong(v.get("dsn64").asString(), 16));
        sum = Checksum.add32(sum, v.get("ssn").asInt());
        sum = Checksum.add16(sum, v.get("dll").asInt());
        if (v.get("dll").asInt() == 0) {
          // RFC 8684 section 3.7: the infinite mapping carries zero instead of a checksum.
          assertThat(v.get("checksum").asString()).isEqualTo("0000");
          count++;
          continue;
        }
        String want = v.get("computed").asString();
        assertThat(String.format("%04x", Checksum.finish(sum))).as(v.toString()).isEqualTo(want);
        count++;
      }
    }
    assertThat(count).isEqualTo(27);
  }
}
