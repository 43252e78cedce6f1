package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.DropReason;
import io.hawser.wire.Headers;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fast Open over paths that lose, reorder and alter packets. */
class FastOpenWeatherTest extends FastOpenFixture {
  /**
   * RFC 7413 section 4.2.1: SYNs and SYN/ACKs go without cookie options the second time, and who
   * does not answer a request is not asked again for a time.
   */
  @Test
  void cookieRequestLost_goesPlainAndIsNotRepeatedForATime() {
    try (TwoStacks w = world(30)) {
      Listener listener = listen(w, config(false));
      passes = s -> s.cookie() == null;
      connect(w, false, REQUEST);
      w.run(3 * SECOND);
      assertThat(syns()).hasSize(2);
      assertThat(syns().getFirst().cookie()).isEmpty();
      assertThat(syns().getLast().cookie()).isNull();
      assertThat(read(w, Objects.requireNonNull(w.accept(listener)))).isEqualTo(REQUEST);
      passes = s -> true;
      connect(w, false, REQUEST);
      w.run(SECOND);
      assertThat(syns().getLast().cookie()).isNull();
      w.run(60 * SECOND);
      connect(w, false, REQUEST);
      w.run(SECOND);
      assertThat(syns().getLast().cookie()).isEmpty();
      assertThat(synAcks().getLast().cookie()).hasSize(8);
    }
  }

  @Test
  void cookieGivenAndLost_synAckGoesPlain() {
    try (TwoStacks w = world(31)) {
      Listener listener = listen(w, config(false));
      passes = s -> !s.is(PacketView.SYN | PacketView.ACK) || s.cookie() == null;
      connect(w, false, REQUEST);
      w.run(3 * SECOND);
      assertThat(synAcks().getFirst().cookie()).hasSize(8);
      assertThat(synAcks().get(1).cookie()).isNull();
      assertThat(read(w, Objects.requireNonNull(w.accept(listener)))).isEqualTo(REQUEST);
    }
  }

  /** RFC 7413 section 4.1.3.1: an ICMP error is a negative answer too. */
  @Test
  void icmpAnswersTheSyn_isRemembered() {
    try (TwoStacks w = world(32)) {
      Listener listener = listen(w, config(false));
      fetchCookie(w, listener, false);
      passes = s -> !s.toServer();
      Connection a = connect(w, false, REQUEST);
      w.run(SECOND / 10);
      unreachable(w, syns().getFirst().view());
      w.run(SECOND / 10);
      assertThat(a.failure()).isEqualTo(Connection.Failure.UNREACHABLE);
      passes = s -> true;
      connect(w, false, REQUEST);
      w.run(SECOND);
      assertThat(syns().getLast().length()).isZero();
      assertThat(syns().getLast().cookie()).isNull();
      assertThat(read(w, Objects.requireNonNull(w.accept(listener)))).isEqualTo(REQUEST);
    }
  }

  private static void unreachable(TwoStacks w, PacketView syn) {
    MemorySegment m = MemorySegment.ofArray(new byte[80]);
    int ip = Headers.ip(m, TwoStacks.B1, TwoStacks.A1, PacketView.ICMP, 36, 0, 64, 0);
    Bytes.put16(m, ip, 3 << 8 | 1);
    MemorySegment.copy(syn.memory, syn.ipOffset, m, ip + 8, 28);
    Bytes.put16(m, ip + 2, Checksum.finish(Checksum.add(0, m, ip, 36)));
    PacketBuffer p = w.buffers.small();
    MemorySegment.copy(m, 0, p.memory(), PacketBuffer.START, ip + 36);
    p.length(ip + 36);
    assertThat(w.a.receive(p, new PacketMeta(), w.nowNs)).isEqualTo(DropReason.NONE);
    p.release();
  }

  /**
   * RFC 7413 section 4.2.2, step 6: before the third ACK no more than the initial window leaves.
   */
  @Test
  void earlyReply_isBoundedByTheInitialWindow() {
    try (TwoStacks w = world(33)) {
      Listener listener = listen(w, config(false));
      fetchCookie(w, listener, false);
      passes = s -> !s.toServer() || s.is(PacketView.SYN);
      Connection a = connect(w, false, REQUEST);
      w.run(w.delayNs + 1);
      Connection b = Objects.requireNonNull(w.accept(listener));
      write(w, b, new byte[200_000]);
      w.run(SECOND / 2);
      long sent = seen.stream().filter(s -> !s.toServer()).mapToLong(Seen::length).sum();
      assertThat(sent).isEqualTo(10 * 1448);
      passes = s -> true;
      w.run(10 * SECOND);
      int got = 0;
      for (byte[] part = read(w, a); part.length > 0; part = read(w, a)) {
        got += part.length;
        w.run(SECOND);
      }
      assertThat(got).isEqualTo(200_000);
    }
  }

  /** RFC 7413 section 4.2.2: what the SYN/ACK does not take is in the segment that answers it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void dataNotTaken_ridesOnTheThirdAck(boolean multipath) {
    try (TwoStacks w = world(34)) {
      Listener listener = listen(w, config(multipath));
      fetchCookie(w, listener, multipath);
      w.configB.maxFastOpens = 0;
      connect(w, multipath, REQUEST);
      w.run(SECOND);
      Seen third =
          seen.stream().filter(s -> s.toServer() && s.is(PacketView.ACK)).toList().getFirst();
      assertThat(third.length()).isEqualTo(REQUEST.length);
      assertThat(read(w, Objects.requireNonNull(w.accept(listener)))).isEqualTo(REQUEST);
      connect(w, multipath, REQUEST);
      w.run(SECOND);
      assertThat(syns().getLast().length()).as("a negative answer").isZero();
    }
  }

  /** Only the first subflow's numbers leave out what the SYN carried (RFC 8684 appendix B.2). */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void furtherPaths_countFromTheirOwnSyns(boolean checksums) {
    try (TwoStacks w = world(35)) {
      w.configA.mptcpChecksum = checksums;
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      Listener listener = listen(w, config(true));
      fetchCookie(w, listener, true);
      Connection a = connect(w, true, REQUEST);
      w.run(SECOND);
      Connection b = Objects.requireNonNull(w.accept(listener));
      assertThat(syns().getFirst().length()).isEqualTo(REQUEST.length);
      assertThat(read(w, b)).isEqualTo(REQUEST);
      assertThat(a.snapshot().subflows()).hasSize(2);
      for (int i = 0; i < 6; i++) {
        bothWays(w, a, b);
      }
      assertThat(a.snapshot().subflows()).allMatch(s -> s.bytesSent() > 10_000);
      assertThat(b.snapshot().subflows()).allMatch(s -> s.bytesSent() > 10_000);
      w.cut.add(TwoStacks.A1);
      bothWays(w, a, b);
      assertThat(a.multipath()).isTrue();
      assertThat(b.multipath()).isTrue();
    }
  }

  /** A middlebox that takes MPTCP away after the handshake: plain TCP, not a byte more or less. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void optionsLostAfterTheSyn_fallsBackIntact(boolean thirdAckToo) {
    try (TwoStacks w = new TwoStacks(36)) {
      Listener listener = listen(w, config(true));
      Connection first = connect(w, true, REQUEST);
      w.run(SECOND);
      assertThat(first.multipath()).isTrue();
      over(w, first, Objects.requireNonNull(w.accept(listener)));
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean capable = v.mptcpCount > 0 && !v.has(PacketView.SYN);
            if (!v.has(PacketView.SYN) && (thirdAckToo || !capable)) {
              Altered.strip(p, subtype -> true);
            }
            return true;
          };
      Connection a = connect(w, true, REQUEST);
      w.run(SECOND);
      Connection b = Objects.requireNonNull(w.accept(listener));
      assertThat(read(w, b)).isEqualTo(REQUEST);
      bothWays(w, a, b);
      assertThat(a.multipath()).isFalse();
      assertThat(b.multipath()).isFalse();
      end(w, a, b);
    }
  }

  @Test
  void manySeeds_lossReorderingAndNoRoom_streamsAreIntact() {
    int carried = 0;
    int taken = 0;
    for (int seed = 0; seed < 300; seed++) {
      int[] counts = new int[2];
      try {
        oneWorld(seed, counts);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      carried += counts[0];
      taken += counts[1];
    }
    System.out.printf("Fast Open in 300 worlds: %d SYNs with data, %d taken%n", carried, taken);
    assertThat(carried).isGreaterThan(250);
    assertThat(taken).isBetween(150, carried - 30);
  }

  private static void over(TwoStacks w, Connection a, Connection b) {
    assertThat(read(w, b)).isEqualTo(REQUEST);
    end(w, a, b);
  }

  private static void oneWorld(int seed, int[] counts) {
    Random random = new Random(seed * 31L + 7);
    boolean multipath = random.nextBoolean();
    try (TwoStacks w = new TwoStacks(seed)) {
      w.configA.mptcpChecksum = random.nextInt(3) == 0;
      w.configA.tcp.timestamps = random.nextInt(4) > 0;
      w.configB.fastOpenKeyLifeNs = 250 * SECOND;
      Listener listener = listen(w, config(multipath));
      Connection first = connect(w, multipath, REQUEST);
      w.run(SECOND);
      over(w, first, Objects.requireNonNull(w.accept(listener)));
      if (random.nextBoolean()) {
        w.a.addAddress(TwoStacks.A2, w.nowNs);
      }
      w.loss = random.nextInt(3) * 0.08;
      w.reorder = random.nextInt(3) * 0.15;
      w.refuse = random.nextInt(3) * 0.1;
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            counts[0] += v.has(PacketView.SYN) && v.payloadLength > 0 ? 1 : 0;
            return true;
          };
      w.run(random.nextLong(400 * SECOND));
      byte[] up = new byte[1 + random.nextInt(random.nextBoolean() ? 1000 : 60_000)];
      byte[] down = new byte[1 + random.nextInt(60_000)];
      random.nextBytes(up);
      random.nextBytes(down);
      Connection a = connect(w, multipath, up);
      Connection b = null;
      for (long until = w.nowNs + 100 * SECOND; b == null; b = w.accept(listener)) {
        assertThat(w.step(until)).as("accepted at last").isTrue();
      }
      counts[1] += a.phase() == Connection.Phase.CONNECTING ? 1 : 0;
      write(w, b, down);
      if (random.nextBoolean()) {
        b.shutdownOutput(w.nowNs);
      }
      w.run(300 * SECOND);
      assertThat(Arrays.equals(read(w, b), up)).as("what the client sent").isTrue();
      assertThat(Arrays.equals(read(w, a), down)).as("what the server sent").isTrue();
      end(w, a, b);
    }
  }
}
