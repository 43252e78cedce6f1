package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.BufferPool;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** RFC 8289's times, worked out by hand: target 5 ms, interval 100 ms. */
class CoDelTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  /** A head that has always waited as long as the test says. */
  private static final class Standing implements CoDel.Head {
    long nowNs;
    long waitedNs = 20 * MS;
    int bytes = 100_000;
    final List<Long> dropsMs = new ArrayList<>();

    @Override
    public boolean isEmpty() {
      return bytes == 0;
    }

    @Override
    public long sinceNs() {
      return nowNs - waitedNs;
    }

    @Override
    public int bytesBehind() {
      return bytes;
    }

    @Override
    public void drop() {
      dropsMs.add(nowNs / MS);
    }
  }

  private static void run(CoDel codel, Standing head, long fromMs, long toMs) {
    for (long ms = fromMs; ms < toMs; ms++) {
      head.nowNs = ms * MS;
      codel.beforeTransmission(5 * MS, 100 * MS, head.nowNs);
    }
  }

  @Test
  void standingQueue_dropsByTheControlLaw() {
    Standing head = new Standing();
    CoDel codel = new CoDel(head);
    run(codel, head, 1000, 1500);
    // An interval above target, then 100, 100/sqrt(2), 100/sqrt(3), 100/2 ms after one another.
    assertThat(head.dropsMs).containsExactly(1100L, 1200L, 1271L, 1329L, 1379L, 1424L, 1464L);
  }

  @Test
  void waitBelowTarget_orOnePacket_neverDrops() {
    Standing head = new Standing();
    CoDel codel = new CoDel(head);
    head.waitedNs = 5 * MS - 1;
    run(codel, head, 0, 2000);
    head.waitedNs = 50 * MS;
    head.bytes = 1500;
    run(codel, head, 2000, 4000);
    assertThat(head.dropsMs).isEmpty();
  }

  @Test
  void queueThatComesBackSoon_isDroppedFromAtTheRateItHad() {
    Standing head = new Standing();
    CoDel codel = new CoDel(head);
    run(codel, head, 1000, 1500);
    int before = head.dropsMs.size();
    head.waitedNs = MS;
    run(codel, head, 1500, 1600);
    assertThat(head.dropsMs).hasSize(before);
    head.waitedNs = 20 * MS;
    run(codel, head, 1600, 1900);
    // First after an interval; the next ones much sooner than 100 ms apart.
    List<Long> later = head.dropsMs.subList(before, head.dropsMs.size());
    assertThat(later.getFirst()).isEqualTo(1700);
    assertThat(later.get(1) - later.get(0)).isLessThan(50);
  }

  @Test
  void slowLink_withOneFullPacketBehindTheHead_neverDrops() {
    BufferPool pool = new BufferPool();
    Link link = new Link(LinkConfig.parse("rate=500kbit aqm=codel"), pool, new SplittableRandom(1));
    // One in transmission, one at the head, one behind it; each takes 20 ms.
    link.offer(TestPackets.ofLength(pool, 1250), 0);
    link.offer(TestPackets.ofLength(pool, 1250), 0);
    for (long atNs = 0; atNs < 5 * SECOND; atNs += 20 * MS) {
      link.offer(TestPackets.ofLength(pool, 1250), atNs);
      link.poll(atNs, (packet, dueNs) -> {});
    }
    assertThat(link.counters().packets(Fate.QUEUE_SLOW)).isZero();
    link.clear(5 * SECOND);
    assertThat(pool.lentBuffers()).isZero();
    pool.close();
  }

  @Test
  void linkThatWasDown_beginsWithoutMemoryOfItsOldQueue() {
    BufferPool pool = new BufferPool();
    Link link =
        new Link(LinkConfig.parse("rate=1mbit queue=1mb aqm=codel"), pool, new SplittableRandom(1));
    long nowNs = 0;
    for (; nowNs < 2 * SECOND; nowNs += 4 * MS) {
      link.offer(TestPackets.ofLength(pool, 1250), nowNs);
      link.poll(nowNs, (packet, dueNs) -> {});
    }
    link.configure(link.config().with("down"), nowNs);
    long before = link.counters().packets(Fate.QUEUE_SLOW);
    assertThat(before).isPositive();
    nowNs += 5 * SECOND;
    link.configure(link.config().with("up"), nowNs);
    for (int n = 0; n < 20; n++) {
      link.offer(TestPackets.ofLength(pool, 1250), nowNs);
    }
    // Ten milliseconds a packet: the first wait above target is seen after 10 ms.
    link.poll(nowNs + 109 * MS, (packet, dueNs) -> {});
    assertThat(link.counters().packets(Fate.QUEUE_SLOW)).isEqualTo(before);
    link.poll(nowNs + 110 * MS, (packet, dueNs) -> {});
    assertThat(link.counters().packets(Fate.QUEUE_SLOW)).isEqualTo(before + 1);
    link.clear(nowNs + SECOND);
    assertThat(pool.lentBuffers()).isZero();
    pool.close();
  }

  @Test
  void link_withCodel_keepsTheDelayThatDroptailLetsGrow() {
    BufferPool pool = new BufferPool();
    long[] worstNs = new long[2];
    for (int codel = 0; codel < 2; codel++) {
      String aqm = codel == 1 ? " aqm=codel" : "";
      LinkConfig config = LinkConfig.parse("rate=10mbit queue=1mb" + aqm);
      Link link = new Link(config, pool, new SplittableRandom(1));
      // 10.4 Mbit/s into 10 Mbit/s for a minute.
      long gapNs = 1250L * 8 * SECOND / 10_400_000;
      for (long atNs = 0; atNs < 60 * SECOND; atNs += gapNs) {
        link.offer(TestPackets.ofLength(pool, 1250), atNs);
        link.poll(atNs, (packet, dueNs) -> {});
        if (atNs > 30 * SECOND) {
          long queueNs = link.counters().queuedBytes() * 8 * SECOND / 10_000_000;
          worstNs[codel] = Math.max(worstNs[codel], queueNs);
        }
      }
      boolean drops = link.counters().packets(Fate.QUEUE_SLOW) > 0;
      assertThat(drops).isEqualTo(codel == 1);
      link.clear(60 * SECOND);
    }
    assertThat(worstNs[0]).isGreaterThan(200 * MS);
    assertThat(worstNs[1]).isLessThan(60 * MS);
    assertThat(pool.lentBuffers()).isZero();
    pool.close();
  }

  @Test
  void text_readsBack() {
    LinkConfig plain = LinkConfig.parse("rate=10mbit aqm=codel");
    assertThat(plain).isEqualTo(LinkConfig.parse("rate=10mbit aqm=codel:5ms:100ms"));
    assertThat(LinkConfig.parse(plain.toString())).isEqualTo(plain);
    assertThat(plain.with("aqm=droptail")).isEqualTo(LinkConfig.parse("rate=10mbit"));
    assertThatThrownBy(() -> LinkConfig.parse("aqm=red")).hasMessageContaining("aqm=red");
  }
}
