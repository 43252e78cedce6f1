package io.hawser.cli.demo;

import io.hawser.socket.HawserSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One transfer from client to server for some seconds, watched while it runs. */
final class DemoRun {
  private static final int BLOCK = 64 * 1024;
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long TICK_NS = 250_000_000L;

  /**
   * What one run came to. Times are nanoseconds; {@code linkBytes} are IP bytes out of each link,
   * data direction.
   */
  record Result(
      String name,
      long bytes,
      long durationNs,
      long[] linkBytes,
      long longestStallNs,
      boolean verified,
      boolean multipath,
      int headerBytes) {
    double megabitsPerSecond() {
      return bytes * 8e3 / durationNs;
    }
  }

  private final DemoHosts hosts;
  private final DemoLinks links;
  private final LiveLine live;
  private final long runNs;
  private final long cutAtNs;
  private final long restoreAtNs;
  private final AtomicLong received = new AtomicLong();
  private volatile long firstNs;
  private volatile long lastNs;
  private volatile long longestStallNs;

  DemoRun(DemoHosts hosts, DemoLinks links, LiveLine live, long seconds, double cutAt) {
    this.hosts = hosts;
    this.links = links;
    this.live = live;
    this.runNs = seconds * SECOND_NS;
    this.cutAtNs = cutAt > 0 ? (long) (cutAt * SECOND_NS) : Long.MAX_VALUE;
    this.restoreAtNs =
        cutAt > 0 ? cutAtNs + Math.max(SECOND_NS, (runNs - cutAtNs) / 2) : Long.MAX_VALUE;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  Result run(String name, boolean multipath) throws IOException {
    try (ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory());
        HawserSocket socket = hosts.connect(multipath);
        DemoHosts.Incoming incoming = hosts.accept()) {
      long[] before = linkBytes();
      long startNs = System.nanoTime();
      CompletableFuture<byte[]> sent =
          CompletableFuture.supplyAsync(() -> send(socket, startNs + runNs), threads);
      CompletableFuture<byte[]> got =
          CompletableFuture.supplyAsync(() -> receive(incoming), threads);
      watch(startNs, got);
      boolean same = Arrays.equals(sent.join(), got.join());
      long[] after = linkBytes();
      for (int i = 0; i < after.length; i++) {
        after[i] -= before[i];
      }
      boolean both = socket.multipath() && incoming.multipath();
      return new Result(
          name,
          received.get(),
          Math.max(1, lastNs - firstNs),
          after,
          longestStallNs,
          same,
          both,
          both ? 80 : 52);
    } catch (CompletionException e) {
      throw new IOException(name + ": " + String.valueOf(e.getCause()), e);
    }
  }

  private long[] linkBytes() {
    long[] bytes = new long[links.count()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = hosts.deliveredBytes(i);
    }
    return bytes;
  }

  private byte[] send(HawserSocket socket, long untilNs) {
    MessageDigest digest = sha256();
    Random random = new Random(1);
    byte[] block = new byte[BLOCK];
    try {
      OutputStream out = socket.getOutputStream();
      while (System.nanoTime() < untilNs) {
        random.nextBytes(block);
        digest.update(block);
        out.write(block);
      }
      socket.shutdownOutput();
      return digest.digest();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private byte[] receive(DemoHosts.Incoming incoming) {
    MessageDigest digest = sha256();
    byte[] block = new byte[BLOCK];
    try {
      long previousNs = 0;
      for (int n = incoming.read(block); n >= 0; n = incoming.read(block)) {
        long nowNs = System.nanoTime();
        if (previousNs == 0) {
          firstNs = nowNs;
        } else {
          longestStallNs = Math.max(longestStallNs, nowNs - previousNs);
        }
        previousNs = nowNs;
        lastNs = nowNs;
        digest.update(block, 0, n);
        received.addAndGet(n);
      }
      return digest.digest();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /** Prints the speeds while the transfer runs, cuts the link and restores it. */
  private void watch(long startNs, CompletableFuture<byte[]> done) {
    long[] last = linkBytes();
    long lastReceived = 0;
    long nextNs = startNs + TICK_NS;
    boolean cut = false;
    boolean restored = false;
    while (!done.isDone()) {
      long nowNs = System.nanoTime();
      if (!cut && nowNs - startNs >= cutAtNs) {
        cut = true;
        hosts.cut(0);
      }
      if (!restored && nowNs - startNs >= restoreAtNs) {
        restored = true;
        hosts.restore(0);
      }
      if (nowNs >= nextNs) {
        long[] now = linkBytes();
        long total = received.get();
        live.show(
            nowNs - startNs, last, now, total - lastReceived, TICK_NS, cut && !restored ? 0 : -1);
        last = now;
        lastReceived = total;
        nextNs += TICK_NS;
      }
      LockSupport.parkNanos(5_000_000);
    }
    if (cut && !restored) {
      hosts.restore(0);
    }
    live.end();
  }
}
