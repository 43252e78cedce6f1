package io.hawser.core.buffer;

import io.hawser.wire.Checksum;
import io.hawser.wire.OutgoingPacket;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The bytes an application wrote and the peer has not yet acknowledged everywhere, by stream offset
 * (0 = first byte of the connection). It is the retransmission queue of all subflows. Native chunks
 * are taken as bytes come and given back as they are released; an idle connection holds none.
 *
 * <p>One application thread calls {@link #write} and {@link #freeBytes}; the engine's thread calls
 * the rest. Nothing locks: each side owns one index and publishes it by release, the other reads it
 * by acquire.
 */
public final class SendBuffer {
  private static final int SHIFT = 16;
  private static final int MASK = ChunkPool.CHUNK_BYTES - 1;
  private static final VarHandle WRITTEN = handle("written");
  private static final VarHandle RELEASED = handle("released");

  private final ChunkPool pool;
  // Chunk n of the stream is in slot n modulo the slots; a slot is set by the writer before it
  // publishes bytes in it, and cleared by
  // the engine before it publishes the release. Slots cover the capacity plus two partly used
  // chunks.
  private volatile @Nullable MemorySegment[] slots;
  private volatile int capacity;
  private volatile boolean closed;

  @SuppressWarnings("unused") // by VarHandle
  private long written;

  @SuppressWarnings("unused") // by VarHandle
  private long released;

  /** An empty buffer for at most {@code capacityBytes} bytes. */
  public SendBuffer(ChunkPool pool, int capacityBytes) {
    this.pool = pool;
    this.capacity = capacityBytes;
    this.slots = new MemorySegment[slotsFor(capacityBytes)];
  }

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(SendBuffer.class, field, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static int slotsFor(int bytes) {
    return Integer.highestOneBit((bytes >> SHIFT) + 2) << 1;
  }

  /** Application: copies as many bytes as fit; returns how many. */
  public int write(MemorySegment source, long offset, int length) {
    long tail = (long) WRITTEN.get(this);
    int room = Math.min(length, freeBytes());
    if (room <= 0) {
      return 0;
    }
    @Nullable MemorySegment[] ring = slots;
    int done = 0;
    while (done < room) {
      int slot = (int) (tail >>> SHIFT) & ring.length - 1;
      MemorySegment chunk = ring[slot];
      if (chunk == null) {
        chunk = pool.take();
        ring[slot] = chunk;
      }
      int within = (int) tail & MASK;
      int count = Math.min(room - done, ChunkPool.CHUNK_BYTES - within);
      MemorySegment.copy(source, offset + done, chunk, within, count);
      done += count;
      tail += count;
    }
    WRITTEN.setRelease(this, tail);
    return done;
  }

  /** Application: bytes that fit now. */
  public int freeBytes() {
    if (closed) {
      return 0;
    }
    long held = (long) WRITTEN.getAcquire(this) - (long) RELEASED.getAcquire(this);
    // The slots bound what fits as well: a capacity may be raised only as far as they reach.
    long limit = Math.min(capacity, (long) (slots.length - 2) << SHIFT);
    return (int) Math.max(0, limit - held);
  }

  /** Most bytes it holds. */
  public int capacityBytes() {
    return capacity;
  }

  /**
   * Changes how much may be held; a smaller capacity takes effect as bytes are released. Capacity
   * beyond what the buffer was made for takes effect when it is empty of unreleased bytes; call it
   * from the engine.
   */
  public void capacityBytes(int bytes) {
    capacity = bytes;
  }

  /** Stream offset after the last byte written. */
  public long writtenOffset() {
    return (long) WRITTEN.getAcquire(this);
  }

  /** Stream offset of the first byte still held. */
  public long releasedOffset() {
    return (long) RELEASED.getAcquire(this);
  }

  /** Engine: bytes before this offset are needed no more. */
  public void release(long upToOffset) {
    long from = (long) RELEASED.get(this);
    if (upToOffset <= from) {
      return;
    }
    @Nullable MemorySegment[] ring = slots;
    for (long n = from >>> SHIFT; n < upToOffset >>> SHIFT; n++) {
      giveBack(ring, (int) n & ring.length - 1);
    }
    RELEASED.setRelease(this, upToOffset);
  }

  private void giveBack(@Nullable MemorySegment[] ring, int slot) {
    MemorySegment chunk = ring[slot];
    if (chunk != null) {
      ring[slot] = null;
      pool.giveBack(chunk);
    }
  }

  private MemorySegment chunk(long offset) {
    @Nullable MemorySegment[] ring = slots;
    MemorySegment chunk = ring[(int) (offset >>> SHIFT) & ring.length - 1];
    if (chunk == null) {
      throw new IllegalStateException("stream offset " + offset + " is not held");
    }
    return chunk;
  }

  /**
   * Engine: points the packet's payload fields at [offset, offset + length); at most 65536 bytes,
   * all held.
   */
  public void locate(long offset, int length, OutgoingPacket packet) {
    int within = (int) offset & MASK;
    int count = Math.min(length, ChunkPool.CHUNK_BYTES - within);
    packet.payload = chunk(offset);
    packet.payloadOffset = within;
    packet.payloadLength = count;
    packet.wrappedLength = length - count;
    if (count < length) {
      packet.wrapped = chunk(offset + count);
      packet.wrappedOffset = 0;
    }
  }

  /** An empty buffer that draws from the same pool. */
  public SendBuffer sibling(int capacityBytes) {
    return new SendBuffer(pool, capacityBytes);
  }

  /** Engine: appends [offset, offset + length) to another buffer that is the engine's own. */
  public void copyTo(long offset, int length, SendBuffer other) {
    int within = (int) offset & MASK;
    int count = Math.min(length, ChunkPool.CHUNK_BYTES - within);
    int copied = other.write(chunk(offset), within, count);
    if (count < length) {
      copied += other.write(chunk(offset + count), 0, length - count);
    }
    if (copied != length) {
      throw new IllegalStateException("no room for " + length + " bytes");
    }
  }

  /**
   * Engine: partial Internet checksum of [offset, offset + length), as if it began at an even
   * position.
   */
  public long checksum(long offset, int length) {
    int within = (int) offset & MASK;
    int count = Math.min(length, ChunkPool.CHUNK_BYTES - within);
    long sum = Checksum.add(0, chunk(offset), within, count);
    if (count < length) {
      MemorySegment next = chunk(offset + count);
      sum =
          (count & 1) == 0
              ? Checksum.add(sum, next, 0, length - count)
              : Checksum.addAtOdd(sum, next, 0, length - count);
    }
    return sum;
  }

  /**
   * Gives every chunk back; later writes take nothing. The writing thread must be out of {@link
   * #write}.
   */
  public void close() {
    closed = true;
    @Nullable MemorySegment[] ring = slots;
    for (int i = 0; i < ring.length; i++) {
      giveBack(ring, i);
    }
  }
}
