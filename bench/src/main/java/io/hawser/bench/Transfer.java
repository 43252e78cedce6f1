package io.hawser.bench;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Sends the position pattern through a connection for a time; every byte is checked. */
final class Transfer {
  private static final int BLOCK_BYTES = 256 << 10;
  private static final long WARM_UP_NS = 200_000_000L;

  /**
   * What came of it.
   *
   * @param longestGapNs longest time between two reads that returned, after the first 200 ms
   */
  record Result(long bytes, long durationNs, long longestGapNs) {
    double gigabits() {
      return bytes * 8.0 / Math.max(1, durationNs);
    }
  }

  private Transfer() {}

  /**
   * Runs for so long; both ends are closed at the end.
   *
   * @throws IOException if an end fails or a byte is wrong
   */
  static Result run(Stream from, Stream to, long durationNs) throws IOException {
    FutureTask<Boolean> sending =
        new FutureTask<>(() -> {
          send(from, durationNs);
          return true;
        });
    Thread sender = Thread.ofPlatform().daemon().name("bench-sender").start(sending);
    Result result;
    try (from;
        to) {
      result = receive(to);
      sender.join();
      sending.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("the sender failed: " + e.getCause(), e);
    }
    return result;
  }

  private static void send(Stream to, long durationNs) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long endNs = System.nanoTime() + durationNs;
    for (long at = 0; System.nanoTime() < endNs; at += block.length) {
      PositionPattern.fill(block, at);
      to.write(block, 0, block.length);
    }
    to.finish();
  }

  private static Result receive(Stream from) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    int count = from.read(block, 0, block.length);
    long startNs = System.nanoTime();
    long lastNs = startNs;
    long longestNs = 0;
    long at = 0;
    while (count > 0) {
      int wrong = PositionPattern.firstWrong(block, count, at);
      if (wrong >= 0) {
        throw new IOException("byte " + (at + wrong) + " of the stream is wrong");
      }
      at += count;
      count = from.read(block, 0, block.length);
      long nowNs = System.nanoTime();
      if (nowNs - startNs > WARM_UP_NS && count > 0) {
        longestNs = Math.max(longestNs, nowNs - lastNs);
      }
      lastNs = nowNs;
    }
    return new Result(at, lastNs - startNs, longestNs);
  }
}
