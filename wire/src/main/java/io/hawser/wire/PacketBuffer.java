package io.hawser.wire;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Native memory that holds one packet, lent by a {@link BufferPool} and counted by its users.
 *
 * <p>The packet (its IP header) begins at {@link #START}; what is before it belongs to the device
 * (a virtio header). The giver of a buffer holds one reference; who keeps payload beyond the call
 * it was lent for calls {@link #retain}, and {@link #release} from any thread when done.
 */
public final class PacketBuffer {

  /** Offset of the packet's first byte in {@link #memory()}. */
  public static final int START = 64;

  private final MemorySegment memory;
  private final BufferPool pool;
  private final AtomicInteger references = new AtomicInteger();
  private int length;

  /** The next one in the pool's stack, while this is free. */
  @Nullable PacketBuffer below;

  PacketBuffer(MemorySegment memory, BufferPool pool) {
    this.memory = memory;
    this.pool = pool;
  }

  /** The whole native memory, headroom included. */
  public MemorySegment memory() {
    return memory;
  }

  /** Bytes of the packet, from {@link #START}. */
  public int length() {
    return length;
  }

  /** Says how long the packet is. */
  public void length(int bytes) {
    if (bytes < 0 || bytes > capacity()) {
      throw new IllegalArgumentException("length " + bytes + " outside 0.." + capacity());
    }
    length = bytes;
  }

  /** Longest packet that fits. */
  public int capacity() {
    return (int) memory.byteSize() - START;
  }

  /** Bytes of memory this buffer holds, what it costs to keep it. */
  public int heldBytes() {
    return (int) memory.byteSize();
  }

  /** One more user. */
  public PacketBuffer retain() {
    if (references.getAndIncrement() <= 0) {
      throw new IllegalStateException("retain after the last release");
    }
    return this;
  }

  /** One user less; the last one gives the memory back to the pool. */
  public void release() {
    int left = references.decrementAndGet();
    if (left == 0) {
      pool.giveBack(this);
    } else if (left < 0) {
      throw new IllegalStateException("released more often than retained");
    }
  }

  /**
   * A small buffer of the same pool with a copy of some of these bytes from {@link #START} on; the
   * caller holds its only reference.
   */
  public PacketBuffer smallCopy(int offset, int count) {
    PacketBuffer copy = pool.small();
    MemorySegment.copy(memory, offset, copy.memory, START, count);
    copy.length = count;
    return copy;
  }

  /** True if the caller is the only user. */
  public boolean isUnshared() {
    return references.get() == 1;
  }

  void lend() {
    length = 0;
    references.set(1);
  }
}
