package io.hawser.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.Seeds;
import io.hawser.wire.BufferPool;
import io.hawser.wire.DropReason;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import io.hawser.wire.Segmenter;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two connections over a path that loses, delays and doubles packets, in virtual time. */
class TcpPairTest {
  /** A packet on its way. */
  private record Flight(long dueNs, long order, boolean toB, PacketBuffer packet) {}

  /** One transfer both ways. */
  private static final class World {
    final Random random;
    final BufferPool pool = new BufferPool();
    final PriorityQueue<Flight> wire =
        new PriorityQueue<>(Comparator.comparingLong(Flight::dueNs).thenComparing(Flight::order));
    final Segmenter segmenter = new Segmenter();
    final PacketView view = new PacketView();
    final PacketMeta meta = new PacketMeta();
    final TcpEnd a;
    final TcpEnd b;
    final double loss;
    final double odd;
    long nowNs = 1_000_000_000L;
    long order;
    boolean accepted;

    World(Random random) {
      this.random = random;
      loss = random.nextInt(4) * 0.04;
      odd = random.nextInt(3) * 0.05;
      int large = random.nextBoolean() ? 60_000 : 0;
      a =
          new TcpEnd(
              config(), true, -random.nextInt(30_000), large, p -> segmenter.send(p, this::fromA));
      b = new TcpEnd(config(), false, random.nextInt(), large, p -> segmenter.send(p, this::fromB));
    }

    TcpConfig config() {
      TcpConfig c = new TcpConfig();
      c.timestamps = random.nextInt(3) > 0;
      c.sack = random.nextInt(4) > 0;
      c.windowScale = random.nextInt(9);
      c.windowScaling = random.nextInt(4) > 0;
      return c;
    }

    boolean fromA(OutgoingPacket p) {
      return carry(p, true);
    }

    boolean fromB(OutgoingPacket p) {
      return carry(p, false);
    }

    boolean carry(OutgoingPacket p, boolean toB) {
      int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < odd ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        PacketBuffer copy = pool.small();
        MemorySegment.copy(p.header, 0, copy.memory(), PacketBuffer.START, p.headerLength);
        long at = PacketBuffer.START + p.headerLength;
        if (p.payloadLength > 0) {
          MemorySegment.copy(p.payload, p.payloadOffset, copy.memory(), at, p.payloadLength);
        }
        if (p.wrappedLength > 0) {
          at += p.payloadLength;
          MemorySegment.copy(p.wrapped, p.wrappedOffset, copy.memory(), at, p.wrappedLength);
        }
        copy.length(p.totalLength());
        long extra = random.nextDouble() < odd ? random.nextInt(30_000_000) : 0;
        wire.add(new Flight(nowNs + 10_000_000 + extra, order++, toB, copy));
      }
      return true;
    }

    void deliver(Flight f) {
      meta.clear();
      assertThat(view.check(f.packet, meta)).isEqualTo(DropReason.NONE);
      if (!f.toB) {
        a.c.receive(view, nowNs);
      } else if (accepted) {
        b.c.receive(view, nowNs);
      } else if (view.flags == PacketView.SYN) {
        accepted = true;
        b.c.accept(view, nowNs);
      }
      f.packet.release();
    }

    boolean step() {
      long next = Math.min(a.c.nextDeadlineNs(), b.c.nextDeadlineNs());
      Flight first = wire.peek();
      next = first == null ? next : Math.min(next, first.dueNs);
      if (next == Long.MAX_VALUE) {
        return false;
      }
      nowNs = Math.max(nowNs, next);
      while (first != null && first.dueNs <= nowNs) {
        wire.poll();
        deliver(first);
        first = wire.peek();
      }
      return true;
    }
  }

  private static byte[] bytes(Random random) {
    byte[] all = new byte[random.nextInt(120_000)];
    random.nextBytes(all);
    return all;
  }

  @Test
  void twoEnds_badPath_dataArrivesAndAllEnds() {
    Seeds.each(300, TcpPairTest::transfer);
  }

  private static void transfer(Random random) {
    World w = new World(random);
    byte[] up = bytes(random);
    byte[] down = bytes(random);
    w.a.write(up, 0, up.length);
    w.b.write(down, 0, down.length);
    w.a.c.connect(w.nowNs);
    int steps = 0;
    do {
      w.a.turn(w.nowNs);
      w.b.turn(w.nowNs);
      shut(w.a, w.nowNs);
      shut(w.b, w.nowNs);
      assertThat(++steps).as("steps").isLessThan(50_000);
    } while (w.step());
    assertThat(w.b.got.toByteArray()).isEqualTo(up);
    assertThat(w.a.got.toByteArray()).isEqualTo(down);
    assertThat(w.a.c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(w.b.c.state()).isEqualTo(TcpState.CLOSED);
    w.a.close();
    w.b.close();
    assertThat(w.pool.lentBuffers()).isZero();
    w.pool.close();
  }

  private static void shut(TcpEnd e, long nowNs) {
    if (e.c.isOpen() && e.allSent() && !e.shut) {
      e.shut = true;
      e.c.shutdown(nowNs);
      e.turn(nowNs);
    }
  }
}
