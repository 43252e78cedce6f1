package io.hawser.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
   * @param machineNs processor time of the whole machine meanwhile
   * @param processNs processor time of this process meanwhile
   */
  record Result(long bytes, long durationNs, long longestGapNs, long machineNs, long processNs) {
    double gigabits() {
      return bytes * 8.0 / Math.max(1, durationNs);
    }

    double megabits() {
      return 1e3 * gigabits();
    }

    double longestGapMs() {
      return longestGapNs / 1e6;
    }

    /** Both ends, the kernel and all else: seconds of processor for 1e9 bytes. */
    double machineSecondsPerGigabyte() {
      return (double) machineNs / Math.max(1, bytes);
    }

    /** All connections at once: their bytes in the longest of their times. */
    static Result together(List<Result> all, long machineNs, long processNs) {
      return new Result(
          all.stream().mapToLong(Result::bytes).sum(),
          all.stream().mapToLong(Result::durationNs).max().orElse(0),
          all.stream().mapToLong(Result::longestGapNs).max().orElse(0),
          machineNs,
          processNs);
    }
  }

  private Transfer() {}

  /**
   * Runs for so long; both ends are closed at the end.
   *
   * @throws IOException if an end fails or a byte is wrong
   */
  static Result run(Stream from, Stream to, long durationNs) throws IOException {
    long machineNs = CpuTime.machineNs();
    long processNs = CpuTime.processNs();
    Result one = move(from, to, durationNs);
    return Result.together(
        List.of(one), CpuTime.machineNs() - machineNs, CpuTime.processNs() - processNs);
  }

  /** The same for several connections at once. */
  static Result run(List<Stream> from, List<Stream> to, long durationNs) throws IOException {
    long machineNs = CpuTime.machineNs();
    long processNs = CpuTime.processNs();
    List<FutureTask<Result>> moving = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      Stream source = from.get(i);
      Stream sink = to.get(i);
      FutureTask<Result> one = new FutureTask<>(() -> move(source, sink, durationNs));
      moving.add(one);
      Thread.ofPlatform().daemon().name("bench-receiver-" + i).start(one);
    }
    List<Result> all = new ArrayList<>();
    for (FutureTask<Result> one : moving) {
      all.add(await(one));
    }
    return Result.together(all, CpuTime.machineNs() - machineNs, CpuTime.processNs() - processNs);
  }

  private static <T> T await(FutureTask<T> task) throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("an end failed: " + e.getCause(), e);
    }
  }

  private static Result move(Stream from, Stream to, long durationNs) throws IOException {
    FutureTask<Boolean> sending =
        new FutureTask<>(() -> {
          send(from, durationNs);
          return true;
        });
    Thread _ = Thread.ofPlatform().daemon().name("bench-sender").start(sending);
    try (from;
        to) {
      Result result = receive(to);
      boolean _ = await(sending);
      return result;
    }
  }

  /** Sends the pattern for so long, and the end of the stream. */
  static void send(Stream to, long durationNs) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long endNs = System.nanoTime() + durationNs;
    for (long at = 0; System.nanoTime() < endNs; at += block.length) {
      PositionPattern.fill(block, at);
      to.write(block, 0, block.length);
    }
    to.finish();
  }

  /** Reads the pattern to its end. */
  static Result receive(Stream from) throws IOException {
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
    return new Result(at, lastNs - startNs, longestNs, 0, 0);
  }

  /** Reads the pattern to its end, and notes when it came. */
  static void follow(Stream from, Timeline into) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long at = 0;
    for (int count = from.read(block, 0, block.length); count > 0; ) {
      int wrong = PositionPattern.firstWrong(block, count, at);
      if (wrong >= 0) {
        throw new IOException("byte " + (at + wrong) + " of the stream is wrong");
      }
      at += count;
      into.add(System.nanoTime(), at);
      count = from.read(block, 0, block.length);
    }
  }
}
