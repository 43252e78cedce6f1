package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.DropReason;
import io.hawser.wire.PacketBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private final BufferPool pool = new BufferPool();
  private final List<Long> times = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();

  @AfterEach
  void everyBufferCameBack() {
    assertThat(pool.lentBuffers()).isZero();
    pool.close();
  }

  private Link link(String config) {
    return new Link(LinkConfig.parse(config), pool, new SplittableRandom(42));
  }

  private void send(Link link, int bytes, int mark, long nowNs) {
    PacketBuffer packet = TestPackets.ofLength(pool, bytes);
    Bytes.put16(packet.memory(), PacketBuffer.START + 4, mark);
    Bytes.put16(packet.memory(), PacketBuffer.START + 10, 0);
    int sum = Packets.sum(packet.memory(), PacketBuffer.START, 20);
    Bytes.put16(packet.memory(), PacketBuffer.START + 10, ~sum);
    link.offer(packet, nowNs);
  }

  private void drain(Link link, long untilNs) {
    while (link.nextDeadlineNs() <= untilNs) {
      link.poll(
          link.nextDeadlineNs(),
          (packet, dueNs) -> {
            times.add(dueNs);
            marks.add(Bytes.u16(packet.memory(), PacketBuffer.START + 4));
          });
    }
  }

  @Test
  void aBusyLinkSendsExactlyItsRate() {
    // 7 Mbit/s does not divide a packet's bits: the remainders must not be lost.
    Link link = link("rate=7mbit delay=10ms queue=100mb");
    for (int i = 0; i < 7000; i++) {
      send(link, 1250, i, 0);
    }
    drain(link, Long.MAX_VALUE - 1);
    assertThat(times).hasSize(7000);
    assertThat(times.getLast()).isEqualTo(10 * SECOND + 10 * MS);
    assertThat(times.getFirst()).isEqualTo(10_000_000_000L / 7000 + 10 * MS);
  }

  @Test
  void anIdleLinkOwesNothing() {
    Link link = link("rate=8mbit delay=5ms");
    send(link, 1000, 0, 0);
    drain(link, SECOND);
    send(link, 1000, 1, SECOND);
    send(link, 500, 2, SECOND + MS / 2);
    drain(link, 2 * SECOND);
    assertThat(times).containsExactly(6 * MS, SECOND + 6 * MS, SECOND + 6 * MS + MS / 2);
  }

  @Test
  void theQueueDropsAtItsTail() {
    Link link = link("rate=8mbit queue=3000b");
    for (int i = 0; i < 5; i++) {
      send(link, 1000, i, 0);
    }
    assertThat(link.counters().queuedBytes()).isEqualTo(3000);
    send(link, 1000, 5, MS);
    drain(link, SECOND);
    assertThat(marks).containsExactly(0, 1, 2, 5);
    assertThat(link.counters().packets(Fate.QUEUE_FULL)).isEqualTo(2);
    assertThat(link.counters().longestQueueDelayNs()).isEqualTo(3 * MS);
    assertThat(link.counters().queuedBytes()).isZero();
  }

  @Test
  void anEmptyQueueTakesAnyPacket() {
    Link link = link("rate=8mbit queue=0b");
    send(link, 1500, 0, 0);
    send(link, 1500, 1, 0);
    drain(link, SECOND);
    assertThat(marks).containsExactly(0);
  }

  @Test
  void lossIsWhatWasAskedFor() {
    Link link = link("loss=3%");
    int sent = 100_000;
    for (int i = 0; i < sent; i++) {
      send(link, 40, 0, i);
      drain(link, i);
    }
    // Four standard deviations of a binomial: sqrt(n p (1 - p)) is 54.
    assertThat((double) link.counters().packets(Fate.LOST)).isBetween(3000 - 216.0, 3000 + 216.0);
    assertThat(times).hasSize(sent - (int) link.counters().packets(Fate.LOST));
  }

  @Test
  void jitterVariesTheDelayAndKeepsTheOrder() {
    Link link = link("delay=10ms jitter=3ms");
    for (int i = 0; i < 1000; i++) {
      send(link, 100, i, i * 10_000L);
    }
    drain(link, SECOND);
    assertThat(marks).isSorted().hasSize(1000);
    assertThat(times.getFirst()).isBetween(7 * MS, 13 * MS);
    assertThat(times.stream().distinct().count()).isGreaterThan(5);
  }

  @Test
  void reorderedPacketsComeLaterOrEarlier() {
    Link late = link("delay=10ms reorder=5%:3ms");
    for (int i = 0; i < 1000; i++) {
      send(late, 100, i, i * MS);
    }
    drain(late, 2 * SECOND);
    long moved = late.counters().packets(Fate.REORDERED);
    assertThat(moved).isBetween(20L, 80L);
    for (int i = 0; i < 1000; i++) {
      assertThat(times.get(i) - marks.get(i) * MS).isIn(10 * MS, 13 * MS);
    }
    assertThat(times).isSorted();
    times.clear();
    marks.clear();
    Link early = link("delay=10ms reorder=100%:-20ms");
    send(early, 100, 1, 0);
    early.configure(early.config().withReorder(0, 0), 0);
    send(early, 100, 2, 0);
    drain(early, SECOND);
    assertThat(times).containsExactly(0L, 10 * MS);
  }

  @Test
  void duplicatesAndCorruptionAreCounted() {
    Link link = link("duplicate=100% corrupt=100%");
    send(link, 500, 3, 0);
    List<DropReason> verdicts = new ArrayList<>();
    link.poll(0, (packet, dueNs) -> verdicts.add(TestPackets.verdict(packet)));
    assertThat(verdicts).hasSize(2);
    assertThat(verdicts.getFirst()).isEqualTo(DropReason.NONE);
    assertThat(verdicts.getLast()).isNotEqualTo(DropReason.NONE);
    assertThat(link.counters().packets(Fate.CORRUPTED)).isEqualTo(1);
    assertThat(link.counters().packets(Fate.DUPLICATED)).isEqualTo(1);
  }

  @Test
  void hiddenCorruptionPassesTheTcpChecksum() {
    Link link = link("corrupt=100% hidden");
    for (int i = 0; i < 200; i++) {
      send(link, 41 + i, 0, 0);
    }
    List<DropReason> verdicts = new ArrayList<>();
    int[] changed = {0};
    link.poll(
        0,
        (packet, dueNs) -> {
          verdicts.add(TestPackets.verdict(packet));
          for (int i = 40; i < packet.length(); i++) {
            int value = Bytes.u8(packet.memory(), PacketBuffer.START + i);
            changed[0] += value == ((i - 40) & 255) ? 0 : 1;
          }
        });
    assertThat(verdicts).hasSize(200).containsOnly(DropReason.NONE);
    assertThat(changed[0]).isEqualTo(200);
  }

  @Test
  void downLosesWhatIsUnderWayAndBlackholeWhatComes() {
    Link link = link("rate=8mbit delay=10ms");
    send(link, 1000, 0, 0);
    send(link, 1000, 1, 0);
    link.configure(link.config().withUp(false), MS + 1);
    send(link, 1000, 2, 2 * MS);
    assertThat(link.counters().packets(Fate.LINK_DOWN)).isEqualTo(3);
    assertThat(link.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    link.configure(link.config().withUp(true), 3 * MS);
    send(link, 1000, 3, 3 * MS);
    drain(link, 5 * MS);
    link.configure(link.config().withBlackhole(true), 5 * MS);
    send(link, 1000, 4, 5 * MS);
    drain(link, SECOND);
    assertThat(marks).containsExactly(3);
    assertThat(link.counters().packets(Fate.BLACKHOLED)).isEqualTo(1);
  }

  @Test
  void aNewRateHoldsForTheBitsStillToGo() {
    Link link = link("rate=1mbit");
    send(link, 1000, 0, 0);
    send(link, 1000, 1, 0);
    // Half of the first packet's 8 ms is over; the rest goes at ten times the rate.
    link.configure(link.config().withRate(10_000_000), 4 * MS);
    drain(link, SECOND);
    assertThat(times).containsExactly(4_400_000L, 5_200_000L);
  }

  @Test
  void tooBigPacketsAreDropped() {
    Link link = link("mtu=1400");
    send(link, 1400, 0, 0);
    send(link, 1401, 1, 0);
    drain(link, 0);
    assertThat(marks).containsExactly(0);
    assertThat(link.counters().packets(Fate.TOO_BIG)).isEqualTo(1);
  }

  @Test
  void manyPacketsInFlightKeepTheirOrder() {
    Link link = link("delay=1s");
    for (int i = 0; i < 5000; i++) {
      send(link, 40, i, i);
      drain(link, i);
    }
    drain(link, 3 * SECOND);
    assertThat(marks).isSorted().hasSize(5000);
  }
}
