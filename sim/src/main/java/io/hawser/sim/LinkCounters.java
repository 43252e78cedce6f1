package io.hawser.sim;

import java.util.concurrent.atomic.AtomicLongArray;

/** A link's counters: written by its owner alone, read from any thread. */
public final class LinkCounters {
  private static final Fate[] FATES = Fate.values();
  private static final int QUEUE_DELAY_NS = 2 * FATES.length;
  private static final int LONGEST_QUEUE_DELAY_NS = QUEUE_DELAY_NS + 1;
  private static final int QUEUED_BYTES = QUEUE_DELAY_NS + 2;

  // Opaque stores: a reader sees whole and fresh values, the writer pays nothing.
  private final AtomicLongArray values = new AtomicLongArray(QUEUE_DELAY_NS + 3);

  LinkCounters() {}

  void count(Fate fate, int bytes) {
    add(fate.ordinal(), 1);
    add(FATES.length + fate.ordinal(), bytes);
  }

  void queueDelay(long ns) {
    add(QUEUE_DELAY_NS, ns);
    if (ns > values.getPlain(LONGEST_QUEUE_DELAY_NS)) {
      values.setOpaque(LONGEST_QUEUE_DELAY_NS, ns);
    }
  }

  void queuedBytes(long bytes) {
    values.setOpaque(QUEUED_BYTES, bytes);
  }

  private void add(int index, long by) {
    values.setOpaque(index, values.getPlain(index) + by);
  }

  /** Packets that met this fate. */
  public long packets(Fate fate) {
    return values.getOpaque(fate.ordinal());
  }

  /** Bytes of the packets that met this fate. */
  public long bytes(Fate fate) {
    return values.getOpaque(FATES.length + fate.ordinal());
  }

  /** Packets dropped for whatever reason. */
  public long droppedPackets() {
    long sum = 0;
    for (Fate fate : FATES) {
      sum += fate.isDrop() ? packets(fate) : 0;
    }
    return sum;
  }

  /** Time that all packets together spent in the queue and in transmission. */
  public long totalQueueDelayNs() {
    return values.getOpaque(QUEUE_DELAY_NS);
  }

  /** The longest time one packet spent in the queue and in transmission. */
  public long longestQueueDelayNs() {
    return values.getOpaque(LONGEST_QUEUE_DELAY_NS);
  }

  /** Bytes in the queue now, those in transmission included. */
  public long queuedBytes() {
    return values.getOpaque(QUEUED_BYTES);
  }

  /** All that is not zero. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (Fate fate : FATES) {
      if (packets(fate) > 0) {
        out.append(out.isEmpty() ? "" : " ").append(fate).append('=').append(packets(fate));
      }
    }
    return out.toString();
  }
}
