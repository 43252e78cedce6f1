package io.hawser.core.buffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Native chunks of 64 KiB for send buffers, shared by all connections of a process; any thread. */
public final class ChunkPool implements AutoCloseable {
  /** Bytes of a chunk. */
  public static final int CHUNK_BYTES = 65_536;

  private final Arena arena = Arena.ofShared();
  private final ConcurrentLinkedQueue<MemorySegment> free = new ConcurrentLinkedQueue<>();
  private final AtomicLong allocatedBytes = new AtomicLong();
  private final AtomicLong lentChunks = new AtomicLong();

  MemorySegment take() {
    MemorySegment chunk = free.poll();
    if (chunk == null) {
      chunk = arena.allocate(CHUNK_BYTES, 64);
      allocatedBytes.addAndGet(CHUNK_BYTES);
    }
    lentChunks.incrementAndGet();
    return chunk;
  }

  void giveBack(MemorySegment chunk) {
    lentChunks.decrementAndGet();
    free.add(chunk);
  }

  /** Native bytes allocated so far. */
  public long allocatedBytes() {
    return allocatedBytes.get();
  }

  /** Chunks that are out now. */
  public long lentChunks() {
    return lentChunks.get();
  }

  /** Frees all memory; no send buffer may be used after. */
  @Override
  public void close() {
    arena.close();
  }
}
