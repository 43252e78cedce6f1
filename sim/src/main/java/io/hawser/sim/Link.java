package io.hawser.sim;

import io.hawser.wire.BufferPool;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a link: a queue that drops at its tail and, with CoDel, at its head; a
 * transmitter of a certain rate, and a wire with delay and faults. It is fed packets and time, and
 * asked; no clock and no thread of its own.
 *
 * <p>Transmission times are exact: what a division leaves over is carried to the next packet, so a
 * busy link sends its rate to the bit.
 */
public final class Link {
  private static final long BIT_NS = 8_000_000_000L;

  /** Takes packets that arrive. */
  @FunctionalInterface
  public interface Exit {
    /** One packet, lent for the call, and the time it was due. */
    void arrived(PacketBuffer packet, long dueNs);
  }

  /** Watches what happens on a link. */
  @FunctionalInterface
  public interface Tap {
    void saw(PacketBuffer packet, Fate fate, long atNs);
  }

  private final BufferPool pool;
  private final LinkCounters counters = new LinkCounters();
  private final TimedPackets flight = new TimedPackets();
  private final TimedPackets queue = new TimedPackets();
  private final CoDel codel = new CoDel(new QueueHead());
  private LinkConfig config;
  private RandomGenerator random;
  private long codelNowNs;
  private @Nullable Tap tap;
  private int queuedBytes;

  /** When the packet at the head of the queue is out, and what that division left over. */
  private long finishNs;

  private long leftOver;
  private long lastDueNs = Long.MIN_VALUE;

  /** A link whose packets live in buffers of this pool. */
  public Link(LinkConfig config, BufferPool pool, RandomGenerator random) {
    this.config = config;
    this.pool = pool;
    this.random = random;
  }

  /** A buffer of this link's pool for a packet of this length; the caller holds the reference. */
  static PacketBuffer buffer(BufferPool pool, int length) {
    boolean isSmall = length <= BufferPool.SMALL_BYTES - PacketBuffer.START;
    return isSmall ? pool.small() : pool.large();
  }

  /** Offers a copy of a finished packet. */
  public void offer(OutgoingPacket packet, long nowNs) {
    offer(Packets.copy(packet, pool), nowNs);
  }

  /** Offers a packet; the caller's reference passes to the link. */
  public void offer(PacketBuffer packet, long nowNs) {
    advance(nowNs);
    note(packet, Fate.OFFERED, nowNs);
    int length = packet.length();
    if (!config.up()) {
      drop(packet, Fate.LINK_DOWN, nowNs);
    } else if (length > config.mtuBytes()) {
      drop(packet, Fate.TOO_BIG, nowNs);
    } else if (!queue.isEmpty() && queuedBytes + length > config.queueBytes()) {
      drop(packet, Fate.QUEUE_FULL, nowNs);
    } else if (config.rateBitsPerSecond() == 0) {
      depart(packet, nowNs);
    } else {
      boolean idle = queue.isEmpty();
      queue.add(packet, nowNs);
      queuedBytes += length;
      if (idle) {
        // A transmitter that idled owes nothing from before.
        leftOver = nowNs > finishNs ? 0 : leftOver;
        transmit(packet, Math.max(nowNs, finishNs));
      }
      counters.queuedBytes(queuedBytes);
    }
  }

  /** Hands over what is due, in the order of arrival. */
  public void poll(long nowNs, Exit exit) {
    advance(nowNs);
    while (flight.firstNs() <= nowNs) {
      long dueNs = flight.firstNs();
      PacketBuffer packet = flight.take();
      note(packet, Fate.DELIVERED, dueNs);
      try {
        exit.arrived(packet, dueNs);
      } finally {
        packet.release();
      }
    }
  }

  /** When {@link #poll} has something to do next; Long.MAX_VALUE: nothing is under way. */
  public long nextDeadlineNs() {
    return Math.min(queue.isEmpty() ? Long.MAX_VALUE : finishNs, flight.firstNs());
  }

  /** Changes the link while it runs; what the old settings did until now stays done. */
  public void configure(LinkConfig next, long nowNs) {
    advance(nowNs);
    long oldRate = config.rateBitsPerSecond();
    long newRate = next.rateBitsPerSecond();
    if (next.codelTargetNs() == 0) {
      codel.reset();
    }
    config = next;
    if (!next.up()) {
      clear(nowNs);
    }
    if (oldRate != newRate && !queue.isEmpty()) {
      leftOver = 0;
      // The bits of the packet in transmission that are still to go take the new rate.
      finishNs = newRate == 0 ? nowNs : nowNs + scaled(finishNs - nowNs, oldRate, newRate);
      advance(nowNs);
    }
  }

  private static long scaled(long ns, long oldRate, long newRate) {
    return BigInteger.valueOf(ns)
        .multiply(BigInteger.valueOf(oldRate))
        .divide(BigInteger.valueOf(newRate))
        .longValue();
  }

  /** Drops everything under way. */
  public void clear(long nowNs) {
    while (!queue.isEmpty()) {
      drop(queue.take(), Fate.LINK_DOWN, nowNs);
    }
    queuedBytes = 0;
    counters.queuedBytes(0);
    codel.reset();
    finishNs = nowNs;
    while (flight.firstNs() != Long.MAX_VALUE) {
      drop(flight.take(), Fate.LINK_DOWN, nowNs);
    }
  }

  /** The settings now. */
  public LinkConfig config() {
    return config;
  }

  /** Counters; readable from any thread. */
  public LinkCounters counters() {
    return counters;
  }

  /** Who is told of every packet; null: nobody. */
  public void tap(@Nullable Tap next) {
    tap = next;
  }

  /** Draws from another generator from now on: a run can be repeated on a link that is in use. */
  public void random(RandomGenerator next) {
    random = next;
  }

  void note(PacketBuffer packet, Fate fate, long atNs) {
    counters.count(fate, packet.length());
    if (tap != null) {
      tap.saw(packet, fate, atNs);
    }
  }

  void drop(PacketBuffer packet, Fate fate, long atNs) {
    note(packet, fate, atNs);
    packet.release();
  }

  /** Moves every packet whose transmission is over to the wire. */
  private void advance(long nowNs) {
    while (!queue.isEmpty() && finishNs <= nowNs) {
      long atNs = finishNs;
      counters.queueDelay(atNs - queue.firstNs());
      PacketBuffer done = queue.take();
      queuedBytes -= done.length();
      counters.queuedBytes(queuedBytes);
      if (config.codelTargetNs() > 0) {
        codelNowNs = atNs;
        codel.beforeTransmission(config.codelTargetNs(), config.codelIntervalNs(), atNs);
      }
      if (!queue.isEmpty()) {
        transmit(queue.first(), atNs);
      }
      depart(done, atNs);
    }
  }

  /** What CoDel sees. */
  private final class QueueHead implements CoDel.Head {
    @Override
    public boolean isEmpty() {
      return queue.isEmpty();
    }

    @Override
    public long sinceNs() {
      return queue.firstNs();
    }

    @Override
    public int bytesBehind() {
      return queuedBytes - queue.first().length();
    }

    @Override
    public void drop() {
      PacketBuffer packet = queue.take();
      queuedBytes -= packet.length();
      counters.queuedBytes(queuedBytes);
      Link.this.drop(packet, Fate.QUEUE_SLOW, codelNowNs);
    }
  }

  private void transmit(PacketBuffer packet, long startNs) {
    long rate = config.rateBitsPerSecond();
    if (rate == 0) {
      finishNs = startNs;
      return;
    }
    long work = (packet.length() + config.overheadBytes()) * BIT_NS + leftOver;
    finishNs = startNs + work / rate;
    leftOver = work % rate;
  }

  private boolean strikes(int ppm) {
    return ppm > 0 && random.nextInt(1_000_000) < ppm;
  }

  /** A packet leaves the transmitter: what the wire does to it. */
  private void depart(PacketBuffer packet, long atNs) {
    if (config.blackhole()) {
      drop(packet, Fate.BLACKHOLED, atNs);
      return;
    }
    if (strikes(config.lossPpm())) {
      drop(packet, Fate.LOST, atNs);
      return;
    }
    if (strikes(config.duplicatePpm())) {
      note(packet, Fate.DUPLICATED, atNs);
      propagate(Packets.copy(packet, pool), atNs);
    }
    if (strikes(config.corruptPpm()) && Packets.flipBit(packet, random, config.corruptHidden())) {
      note(packet, Fate.CORRUPTED, atNs);
    }
    propagate(packet, atNs);
  }

  private void propagate(PacketBuffer packet, long atNs) {
    long jitterNs = config.jitterNs();
    long delayNs = config.delayNs();
    if (jitterNs > 0) {
      delayNs = Math.max(0, delayNs + random.nextLong(-jitterNs, jitterNs + 1));
    }
    long dueNs = atNs + delayNs;
    if (strikes(config.reorderPpm())) {
      note(packet, Fate.REORDERED, atNs);
      dueNs = Math.max(atNs, dueNs + config.reorderNs());
    } else {
      dueNs = Math.max(dueNs, lastDueNs);
      lastDueNs = dueNs;
    }
    flight.add(packet, dueNs);
  }
}
