package io.hawser.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Native packet buffers in two sizes: one for a 64 KiB super-segment, one for an MTU-sized packet.
 *
 * <p>Buffers are taken by one thread (the loop's) and may come back from any. Memory grows with
 * demand up to what connections may hold and is freed with {@link #close}.
 */
public final class BufferPool implements AutoCloseable {

  /** Bytes of memory in a large buffer: an IP packet of 65535 bytes plus headroom. */
  public static final int LARGE_BYTES = 65_600;

  /** Bytes of memory in a small buffer. */
  public static final int SMALL_BYTES = 2_048;

  private final Arena arena = Arena.ofShared();
  private final ConcurrentLinkedQueue<PacketBuffer> large = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<PacketBuffer> small = new ConcurrentLinkedQueue<>();
  private final AtomicLong allocatedBytes = new AtomicLong();
  private final AtomicLong lentBuffers = new AtomicLong();

  /** A buffer for any packet. The caller holds its only reference. */
  public PacketBuffer large() {
    return take(large, LARGE_BYTES);
  }

  /** A buffer for up to {@code SMALL_BYTES - START} bytes. The caller holds its only reference. */
  public PacketBuffer small() {
    return take(small, SMALL_BYTES);
  }

  private PacketBuffer take(ConcurrentLinkedQueue<PacketBuffer> free, int bytes) {
    PacketBuffer buffer = free.poll();
    if (buffer == null) {
      MemorySegment memory = arena.allocate(bytes, 64);
      allocatedBytes.addAndGet(bytes);
      buffer = new PacketBuffer(memory, this);
    }
    lentBuffers.incrementAndGet();
    buffer.lend();
    return buffer;
  }

  void giveBack(PacketBuffer buffer) {
    lentBuffers.decrementAndGet();
    (buffer.heldBytes() == SMALL_BYTES ? small : large).add(buffer);
  }

  /** Native bytes allocated so far. */
  public long allocatedBytes() {
    return allocatedBytes.get();
  }

  /** Buffers that are out now; 0 when every user has released. */
  public long lentBuffers() {
    return lentBuffers.get();
  }

  /** Frees all memory; no buffer may be used after. */
  @Override
  public void close() {
    arena.close();
  }
}
