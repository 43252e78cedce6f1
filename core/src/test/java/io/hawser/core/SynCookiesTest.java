package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listener whose queue is full answers with cookies (RFC 4987), MPTCP among it. */
class SynCookiesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int SYN = PacketView.SYN;
  private static final int ACK = PacketView.ACK;

  /** A segment without payload from an address that nobody has. */
  private static DropReason forged(TwoStacks w, int n, int flags, int seq, int ack) {
    PacketBuffer p = w.buffers.small();
    MemorySegment scratch = MemorySegment.ofArray(new byte[64]);
    IpAddress from = IpAddress.v4(0x0a09_0000 + n);
    int ip = Headers.ip(scratch, from, TwoStacks.B1, PacketView.TCP, 20, 0, 64, 0);
    Headers.tcp(scratch, ip, 1024 + n % 60_000, 80, seq, ack, 20, flags, 60_000, 0);
    MemorySegment.copy(scratch, 0, p.memory(), PacketBuffer.START, ip + 20);
    p.length(ip + 20);
    PacketMeta meta = new PacketMeta();
    meta.checksumTrusted = true;
    DropReason reason = w.b.receive(p, meta, w.nowNs);
    p.release();
    return reason;
  }

  private static void flood(TwoStacks w, int count) {
    for (int i = 0; i < count; i++) {
      DropReason reason = forged(w, i, SYN, i * 77, 0);
      assertThat(reason).isIn(DropReason.NONE, DropReason.BACKLOG_FULL);
    }
  }

  private static void exchange(TwoStacks w, Connection from, Connection to, int bytes) {
    byte[] out = new byte[bytes];
    new Random(bytes).nextBytes(out);
    assertThat(from.write(MemorySegment.ofArray(out), 0, bytes)).isEqualTo(bytes);
    from.wrote(w.nowNs);
    w.run(5 * SECOND);
    byte[] in = new byte[bytes + 1];
    assertThat(to.read(MemorySegment.ofArray(in), 0, in.length)).isEqualTo(bytes);
    to.didRead(w.nowNs);
    assertThat(in).startsWith(out);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void flood_realClientConnects(boolean multipath, boolean timestamps) {
    try (TwoStacks w = new TwoStacks(5)) {
      w.configB.maxHalfOpen = 8;
      w.configA.tcp.timestamps = timestamps;
      w.configA.tcp.firstSendBytes = 1 << 20;
      w.configB.tcp.firstSendBytes = 1 << 20;
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.a.endpoints().limits(2, 2);
      Listener listener = w.listen(80);
      flood(w, 100);
      assertThat(w.b.connections()).as("no more than the queue holds").hasSize(8);
      Connection a = w.connect(80, ConnectionConfig.multipathDefaults().withMultipath(multipath));
      w.run(SECOND / 2);
      assertThat(a.phase()).isEqualTo(Connection.Phase.OPEN);
      Connection b = Objects.requireNonNull(w.accept(listener));
      assertThat(a.multipath()).isEqualTo(multipath);
      assertThat(b.multipath()).isEqualTo(multipath);
      exchange(w, a, b, 200_000);
      exchange(w, b, a, 200_000);
      assertThat(b.snapshot().subflows().getFirst().bytesRetransmitted()).isZero();
      w.a.abortAll(w.nowNs);
      w.b.abortAll(w.nowNs);
      w.run(SECOND);
    }
  }

  @Test
  void off_beyondTheQueueIsDropped() {
    try (TwoStacks w = new TwoStacks(6)) {
      w.configB.maxHalfOpen = 8;
      w.configB.synCookies = false;
      w.listen(80);
      flood(w, 20);
      assertThat(w.b.dropped(DropReason.BACKLOG_FULL)).isEqualTo(12);
    }
  }

  @Test
  void guesses_openNothing() {
    try (TwoStacks w = new TwoStacks(7)) {
      w.configB.maxHalfOpen = 4;
      w.listen(80);
      assertThat(forged(w, 1, ACK, 100, 200)).isEqualTo(DropReason.NO_CONNECTION);
      flood(w, 10);
      Random random = new Random(3);
      for (int i = 0; i < 20_000; i++) {
        forged(w, 100 + i % 50, ACK, random.nextInt(), random.nextInt());
      }
      assertThat(w.b.connections()).hasSize(4);
    }
  }

  @Test
  void cookie_isGoodForItsPeerAndTwoMinutesOnly() {
    try (TwoStacks w = new TwoStacks(8)) {
      w.configB.maxHalfOpen = 1;
      w.listen(80);
      List<int[]> answers = new ArrayList<>();
      w.filter =
          p -> {
            PacketView v = new PacketView();
            PacketMeta trusted = new PacketMeta();
            trusted.checksumTrusted = true;
            v.check(p, trusted);
            if (v.has(SYN | ACK) && v.destination().low() != 0) {
              answers.add(new int[] {v.destination().bits4() - 0x0a09_0000, v.seq, v.ack});
            }
            return false;
          };
      flood(w, 3);
      w.run(1000);
      int[] last = answers.stream().filter(x -> x[0] == 2).toList().getLast();
      assertThat(forged(w, 3, ACK, last[2], last[1] + 1)).isEqualTo(DropReason.NO_CONNECTION);
      assertThat(forged(w, 2, ACK, last[2] + 1, last[1] + 1)).isEqualTo(DropReason.NO_CONNECTION);
      int before = w.b.connections().size();
      assertThat(forged(w, 2, ACK, last[2], last[1] + 1)).isEqualTo(DropReason.NONE);
      assertThat(w.b.connections()).hasSize(before + 1);
      Endpoint peer = w.b.connections().getLast().remote();
      assertThat(peer.address()).isEqualTo(IpAddress.v4(0x0a09_0002));
      int[] other = answers.stream().filter(x -> x[0] == 1).toList().getLast();
      w.run(121 * SECOND);
      flood(w, 1);
      assertThat(forged(w, 1, ACK, other[2], other[1] + 1)).isEqualTo(DropReason.NO_CONNECTION);
      w.b.abortAll(w.nowNs);
      w.run(SECOND);
    }
  }
}
