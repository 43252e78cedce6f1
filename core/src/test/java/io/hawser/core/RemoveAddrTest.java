package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats;
import io.hawser.event.Event;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer withdraws an address, or somebody forges that (RFC 8684 section 3.4.2). */
class RemoveAddrTest {
  private static final long MS = 1_000_000;

  private final TwoStacks w = new TwoStacks(31);
  private final TransferTest.Flow flow = new TransferTest.Flow(8_000_000, 5);
  private boolean forged;
  private Connection client;
  private Connection server;

  /** A download over two paths, a part of which is through. */
  @BeforeEach
  void transfer() {
    w.a.addAddress(TwoStacks.A2, w.nowNs);
    Listener listener = w.listen(80);
    client = w.connect(80, ConnectionConfig.multipathDefaults());
    w.run(50 * MS);
    server = Objects.requireNonNull(listener.accept());
    pump(1_000_000);
    assertThat(server.snapshot().subflows()).hasSize(2);
  }

  @AfterEach
  void ends() {
    pump(Integer.MAX_VALUE);
    flow.check();
    client.close(w.nowNs);
    server.close(w.nowNs);
    w.run(400_000 * MS);
    assertThat(w.a.connections()).isEmpty();
    assertThat(w.b.connections()).isEmpty();
    assertThat(w.buffers.lentBuffers()).isZero();
    w.close();
  }

  private void pump(int bytes) {
    long endNs = w.nowNs + 60_000 * MS;
    while (flow.read < bytes && !flow.eof && w.nowNs < endNs) {
      w.step(w.nowNs + MS);
      flow.pump(server, client, w.nowNs);
    }
  }

  private void pumpFor(long ns) {
    long endNs = w.nowNs + ns;
    while (w.nowNs < endNs) {
      w.step(Math.min(endNs, w.nowNs + MS));
    }
  }

  private long serversSubflows() {
    return server.snapshot().subflows().stream()
        .filter(s -> s.state().equals("ESTABLISHED"))
        .count();
  }

  @Test
  void pathAnswersTheProbe_subflowStays() {
    w.filter = this::forge;
    pump(3_000_000);
    assertThat(forged).isTrue();
    pumpFor(1_000 * MS);
    long heldBytes = bytesSentOn(TwoStacks.A2);
    pump(7_500_000);
    assertThat(serversSubflows()).isEqualTo(2);
    assertThat(w.events).noneMatch(Event.SubflowClosed.class::isInstance);
    // It carries data again.
    assertThat(bytesSentOn(TwoStacks.A2)).isGreaterThan(heldBytes + 100_000);
  }

  @Test
  void pathIsDead_subflowIsClosedAfterTheProbe() {
    w.cut.add(TwoStacks.A2);
    w.a.pathWorks(TwoStacks.A2, false, w.nowNs);
    pumpFor(20 * MS);
    assertThat(serversSubflows()).isEqualTo(2);
    pumpFor(1_000 * MS);
    assertThat(serversSubflows()).isEqualTo(1);
    assertThat(w.events).anyMatch(Event.SubflowClosed.class::isInstance);
  }

  @Test
  void peerClosesTheSubflowItself_itGoesWithoutAWait() {
    w.a.removeAddress(TwoStacks.A2, w.nowNs);
    pumpFor(100 * MS);
    assertThat(serversSubflows()).isEqualTo(1);
  }

  private long bytesSentOn(IpAddress remote) {
    return server.snapshot().subflows().stream()
        .filter(one -> one.remote().address().equals(remote))
        .mapToLong(ConnectionStats.SubflowStats::bytesSent)
        .sum();
  }

  /** Turns the DSS of one of the client's ACKs into a REMOVE_ADDR of its second address. */
  private boolean forge(PacketBuffer packet) {
    PacketView v = new PacketView();
    v.check(packet, new PacketMeta());
    MemorySegment m = packet.memory();
    long options = v.transportOffset + 20;
    long end = v.transportOffset + (Bytes.u8(m, v.transportOffset + 12) >> 4) * 4L;
    boolean ours = v.source().equals(TwoStacks.A1) && v.payloadLength == 0 && v.hasDss;
    for (long at = options; ours && !forged && at < end; ) {
      int kind = Bytes.u8(m, at);
      int length = kind == 1 ? 1 : Bytes.u8(m, at + 1);
      if (kind == 30) {
        Bytes.put8(m, at + 1, 4);
        Bytes.put8(m, at + 2, 0x40);
        Bytes.put8(m, at + 3, w.a.endpoints().idFor(TwoStacks.A2));
        for (long rest = at + 4; rest < at + length; rest++) {
          Bytes.put8(m, rest, 1);
        }
        Bytes.put16(m, v.transportOffset + 16, 0);
        int bytes = (int) (end - v.transportOffset);
        long sum =
            Checksum.pseudoHeader(
                false, 0, v.source().low(), 0, v.destination().low(), PacketView.TCP, bytes);
        sum = Checksum.add(sum, m, v.transportOffset, bytes);
        Bytes.put16(m, v.transportOffset + 16, Checksum.finish(sum));
        forged = true;
      }
      at += length;
    }
    return true;
  }
}
