package io.hawser.bench.jmh;

import io.hawser.core.buffer.ChunkPool;
import io.hawser.core.buffer.SendBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Bytes from an application's thread to the stack's, 1,448 at a time, neither waiting for the
 * other: what counts is {@code pieces}, those that were taken over.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandOffBenchmark {
  private static final int PIECE = 1448;
  private static final int ROOM = 1 << 20;

  private final MemorySegment source = Arena.ofAuto().allocate(PIECE, 8);
  private final byte[] array = new byte[PIECE];
  private final ArrayBlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(ROOM / PIECE);
  private ChunkPool pool = new ChunkPool();
  private SendBuffer buffer = new SendBuffer(pool, ROOM);

  /** What was handed over. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Taken {
    /** Pieces of 1,448 bytes. */
    public long pieces;

    /** Begins anew. */
    @Setup(Level.Iteration)
    public void clear() {
      pieces = 0;
    }
  }

  /** A buffer for an iteration. */
  @Setup(Level.Iteration)
  public void open() {
    pool = new ChunkPool();
    buffer = new SendBuffer(pool, ROOM);
    queue.clear();
  }

  /** Gives its memory back. */
  @TearDown(Level.Iteration)
  public void close() {
    buffer.close();
    pool.close();
  }

  /** The application writes. */
  @Benchmark
  @Group("sendBuffer")
  public int write() {
    return buffer.write(source, 0, PIECE);
  }

  /** The stack takes what is there. */
  @Benchmark
  @Group("sendBuffer")
  public long take(Taken taken) {
    long from = buffer.releasedOffset();
    long to = buffer.writtenOffset();
    if (to > from) {
      buffer.release(to);
      taken.pieces += (to - from) / PIECE;
    }
    return to;
  }

  /** The same through the JDK's queue, with a copy of each piece. */
  @Benchmark
  @Group("blockingQueue")
  public boolean offer() {
    return queue.offer(array.clone());
  }

  /** The other end of it. */
  @Benchmark
  @Group("blockingQueue")
  public boolean poll(Taken taken) {
    byte[] piece = queue.poll();
    taken.pieces += piece == null ? 0 : 1;
    return piece != null;
  }
}
