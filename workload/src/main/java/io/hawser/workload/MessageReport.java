package io.hawser.workload;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What became of messages; several threads may write, one reads. */
public final class MessageReport {
  /** One message that arrived: when, and how long it took. Times are nanoTime. */
  public record Arrival(long atNs, long delayNs) {}

  private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong arrived = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final Progress progress = new Progress();

  void sent() {
    sent.incrementAndGet();
  }

  void arrived(long atNs, long delayNs, long deadlineNs, int size) {
    arrivals.add(new Arrival(atNs, delayNs));
    arrived.incrementAndGet();
    progress.received(size);
    if (delayNs > deadlineNs) {
      late.incrementAndGet();
    }
  }

  void wrong() {
    wrong.incrementAndGet();
  }

  /** The next arrival that nobody has asked for yet, or null. */
  public @Nullable Arrival poll() {
    return arrivals.poll();
  }

  /** Messages handed to the socket. */
  public long sentCount() {
    return sent.get();
  }

  /** Messages that came. */
  public long arrivedCount() {
    return arrived.get();
  }

  /** Messages that came after their deadline. */
  public long lateCount() {
    return late.get();
  }

  /** Messages whose bytes were not those that were sent. */
  public long wrongCount() {
    return wrong.get();
  }

  /** Bytes of messages that came. */
  public Progress progress() {
    return progress;
  }
}
