package io.hawser.workload;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Watches a film: fetches segment after segment, plays what is there, stands still when nothing is.
 * Playing is arithmetic on times, so no thread plays.
 */
public final class VideoSession {
  /** Playback stood still from one time to another (nanoTime). */
  public record Stall(long fromNs, long toNs) {}

  private final HttpDownload download;
  private final long bitsPerSecond;
  private final long segmentNs;
  private final long startNs;
  private final long aheadNs;
  private final ConcurrentLinkedQueue<Stall> stalls = new ConcurrentLinkedQueue<>();
  private final AtomicLong wrong = new AtomicLong();
  private volatile long startUpNs = -1;

  /**
   * A film.
   *
   * @param bitsPerSecond its rate
   * @param segmentNs how much one segment holds
   * @param startNs how much must be there before playing begins, or goes on after a stall
   * @param aheadNs how much is fetched ahead
   */
  public VideoSession(
      HttpDownload download, long bitsPerSecond, long segmentNs, long startNs, long aheadNs) {
    this.download = download;
    this.bitsPerSecond = bitsPerSecond;
    this.segmentNs = segmentNs;
    this.startNs = Math.max(startNs, segmentNs);
    this.aheadNs = Math.max(aheadNs, segmentNs);
  }

  /** Fetches a film of this length. */
  public void watch(long filmNs) throws IOException {
    long segmentBytes = Math.max(1, (long) (bitsPerSecond / 8.0 * segmentNs / 1e9));
    long beganNs = System.nanoTime();
    long fetchedNs = 0;
    long playedNs = 0;
    long sinceNs = beganNs;
    boolean playing = false;
    while (fetchedNs < filmNs) {
      try {
        if (!download.get("/bytes/" + segmentBytes)) {
          wrong.incrementAndGet();
        }
      } catch (IOException e) {
        // What stood still when the connection failed counts as well.
        long ranOutNs = playing ? sinceNs + fetchedNs - playedNs : sinceNs;
        long failedNs = System.nanoTime();
        if (startUpNs >= 0 && failedNs > ranOutNs) {
          stalls.add(new Stall(ranOutNs, failedNs));
        }
        throw e;
      }
      long nowNs = System.nanoTime();
      if (playing) {
        long playableNs = fetchedNs - playedNs;
        long passedNs = nowNs - sinceNs;
        playedNs += Math.min(playableNs, passedNs);
        if (passedNs > playableNs) {
          playing = false;
          sinceNs += playableNs;
        } else {
          sinceNs = nowNs;
        }
      }
      fetchedNs += segmentNs;
      if (!playing && (fetchedNs - playedNs >= startNs || fetchedNs >= filmNs)) {
        if (startUpNs < 0) {
          startUpNs = nowNs - beganNs;
        } else {
          stalls.add(new Stall(sinceNs, nowNs));
        }
        playing = true;
        sinceNs = nowNs;
      }
      rest(playing ? fetchedNs - playedNs - (System.nanoTime() - sinceNs) : 0);
    }
  }

  /** Enough is there: waits until it is less. */
  private void rest(long bufferedNs) {
    long untilNs = System.nanoTime() + bufferedNs - aheadNs;
    for (long left = untilNs - System.nanoTime();
        bufferedNs > aheadNs && left > 0;
        left = untilNs - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** The next stall that is over and that nobody has asked for yet, or null. */
  public @Nullable Stall poll() {
    return stalls.poll();
  }

  /** How long it took until playing began; -1: it has not. */
  public long startUpNs() {
    return startUpNs;
  }

  /** Segments whose bytes were wrong. */
  public long wrongCount() {
    return wrong.get();
  }
}
