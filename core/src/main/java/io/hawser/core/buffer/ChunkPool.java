package io.hawser.core.buffer;

import java.lang.foreign.MemorySegment;

/** Native chunks of 64 KiB for send buffers, shared by all connections of a process; any thread. */
public final class ChunkPool implements AutoCloseable {
  /** Bytes of a chunk. */
  public static final int CHUNK_BYTES = 65_536;

  MemorySegment take() {
    throw new IllegalStateException("written by the policies helper");
  }

  void giveBack(MemorySegment chunk) {
    throw new IllegalStateException();
  }

  public long allocatedBytes() {
    throw new IllegalStateException();
  }

  public long lentChunks() {
    throw new IllegalStateException();
  }

  @Override
  public void close() {
    throw new IllegalStateException();
  }
}
