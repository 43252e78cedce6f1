package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.TransferTest.Flow;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.Bytes;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a subflow has said stays so, however often it says it again: its bytes, although the stream
 * may have them acknowledged by way of another, and its mappings (RFC 8684 sections 3.3.1, 3.3.2
 * and 3.3.6).
 */
class SentAgainTest {
  private static final long MS = 1_000_000;
  private static final int BYTES = 3_000_000;
  private static final int START = PacketBuffer.START;

  /** What one subflow has said so far. */
  private static final class Said {
    private record Mapping(long dsn, int length) {}

    private final int firstSeq;
    private final byte[] bytes = new byte[2 * BYTES];
    private final boolean[] known = new boolean[2 * BYTES];
    private final TreeMap<Integer, Mapping> mappings = new TreeMap<>();
    int again;

    Said(int firstSeq) {
      this.firstSeq = firstSeq;
    }

    void hear(PacketView v) {
      int at = v.seq - firstSeq;
      if (at < 0) {
        return;
      }
      for (int i = 0; i < v.payloadLength; i++) {
        byte b = (byte) Bytes.u8(v.memory, v.payloadOffset + i);
        again += known[at + i] ? 1 : 0;
        if (known[at + i] && bytes[at + i] != b) {
          throw new AssertionError("byte " + (at + i) + " of a subflow has changed");
        }
        known[at + i] = true;
        bytes[at + i] = b;
      }
      if (v.hasDss && v.dsnBytes > 0) {
        map(v.ssn, new Mapping(v.dsn, v.dataLength - (v.dataFin ? 1 : 0)));
      }
    }

    private void map(int ssn, Mapping mapping) {
      Mapping same = mappings.putIfAbsent(ssn, mapping);
      assertThat(same == null || same.equals(mapping)).as("mapping at %d stays", ssn).isTrue();
      Map.Entry<Integer, Mapping> before = mappings.lowerEntry(ssn);
      assertThat(before == null || before.getKey() + before.getValue().length <= ssn)
          .as("mapping at %d begins after %s", ssn, before)
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, 0.03, false",
    "false, true, 0.03, false",
    "false, false, 0.03, false",
    "true, true, 0.01, true",
    "false, true, 0.01, true",
  })
  void retransmissions_sayWhatWasSaidBefore(
      boolean lean, boolean checksums, double loss, boolean cut) {
    try (TwoStacks w = new TwoStacks(81)) {
      w.configA.mptcpChecksum = checksums;
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      Listener listener = w.listen(80);
      Connection client =
          w.connect(
              80,
              ConnectionConfig.multipathDefaults()
                  .withLeanMappings(lean)
                  .withBuffers(200_000, 200_000));
      w.run(100 * MS);
      Connection server = Objects.requireNonNull(listener.accept());
      Map<Integer, Said> said = new HashMap<>();
      Random random = new Random(81);
      boolean[] dark = {false};
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean up = !v.source().equals(TwoStacks.B1);
            if (up && v.payloadLength > 0) {
              said.computeIfAbsent(v.srcPort, _ -> new Said(v.seq)).hear(v);
            }
            boolean first = v.source().equals(TwoStacks.A1) || v.destination().equals(TwoStacks.A1);
            return !(dark[0] && first) && random.nextDouble() >= loss;
          };
      Flow flow = new Flow(BYTES, 7);
      long end = w.nowNs + 120_000 * MS;
      while (!flow.eof && w.nowNs < end) {
        w.step(w.nowNs + MS);
        flow.pump(client, server, w.nowNs);
        dark[0] = cut && flow.read > BYTES / 4 && flow.read < BYTES * 3 / 4;
      }
      flow.check();
      assertThat(said.values().stream().mapToInt(s -> s.again).sum()).isPositive();
    }
  }

  /** RFC 8684 section 3.3.5. */
  @Test
  void otherSubflowRepeatsAnOldAck_theLargestRightEdgeCounts() {
    try (TwoStacks w = new TwoStacks(82)) {
      // An old timestamp would give it away.
      w.configA.tcp.timestamps = false;
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      ConnectionConfig small = ConnectionConfig.multipathDefaults().withBuffers(200_000, 200_000);
      Listener listener = w.b.listen(new Endpoint(IpAddress.ANY4, 80), 64, small);
      Connection client = w.connect(80, small);
      w.run(100 * MS);
      Connection server = Objects.requireNonNull(listener.accept());
      PacketBuffer old = w.buffers.small();
      long[] read = {0};
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean second = v.destination().equals(TwoStacks.A2);
            if (second && v.dataAckBytes > 0 && read[0] < BYTES / 2) {
              MemorySegment.copy(p.memory(), START, old.memory(), START, p.length());
              old.length(p.length());
            }
            return read[0] < BYTES || !v.source().equals(TwoStacks.B1);
          };
      MemorySegment data = MemorySegment.ofArray(new byte[BYTES]);
      for (int sent = 0; read[0] < BYTES; w.step(w.nowNs + MS)) {
        int taken = client.write(data, sent, BYTES - sent);
        if (taken > 0) {
          sent += taken;
          client.wrote(w.nowNs);
        }
        int got = server.read(data, 0, 100_000);
        if (got > 0) {
          read[0] += got;
          server.didRead(w.nowNs);
        }
      }
      // What is on the wire arrives; nothing follows it.
      w.run(8 * MS);
      w.a.receive(old, new PacketMeta(), w.nowNs);
      old.release();
      client.write(data, 0, 10_000);
      client.wrote(w.nowNs);
      w.run(50 * MS);
      assertThat(client.snapshot().bytesSent()).as("sent without another ACK").isGreaterThan(BYTES);
    }
  }
}
