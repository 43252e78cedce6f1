package io.hawser.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Native packet buffers in two sizes: one for a 64 KiB super-segment, one for an MTU-sized packet.
 *
 * <p>Buffers are taken by few threads (a loop's) and may come back from any. Memory grows with
 * demand up to what connections may hold and is freed with {@link #close}.
 */
public final class BufferPool implements AutoCloseable {

  /** Bytes of memory in a large buffer: an IP packet of 65535 bytes plus headroom. */
  public static final int LARGE_BYTES = 65_600;

  /** Bytes of memory in a small buffer. */
  public static final int SMALL_BYTES = 2_048;

  /**
   * A stack of free buffers, linked through them: the last one given back is the first one taken,
   * for its memory is the most likely to be in a cache. Any thread pushes; those that pop take
   * turns, so what one sees on top stays what it is until it takes it.
   */
  private static final class Free {
    private final AtomicReference<@Nullable PacketBuffer> top = new AtomicReference<>();
    private final AtomicBoolean popping = new AtomicBoolean();

    void push(PacketBuffer buffer) {
      PacketBuffer below;
      do {
        below = top.get();
        buffer.below = below;
      } while (!top.compareAndSet(below, buffer));
    }

    @Nullable PacketBuffer pop() {
      boolean mine;
      do {
        mine = popping.compareAndSet(false, true);
      } while (!mine);
      PacketBuffer taken;
      do {
        taken = top.get();
      } while (taken != null && !top.compareAndSet(taken, taken.below));
      popping.setRelease(false);
      return taken;
    }
  }

  private final Arena arena = Arena.ofShared();
  private final Free large = new Free();
  private final Free small = new Free();
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

  private PacketBuffer take(Free free, int bytes) {
    PacketBuffer buffer = free.pop();
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
    (buffer.heldBytes() == SMALL_BYTES ? small : large).push(buffer);
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
