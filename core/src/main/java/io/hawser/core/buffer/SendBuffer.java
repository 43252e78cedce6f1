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
 * the rest. Nothing locks and nobody waits. The writer hangs chunks on a linked list and publishes
 * them with the bytes; the engine enters them in an array of its own, which grows as it needs.
 */
public final class SendBuffer {
  private static final int SHIFT = 16;
  private static final int MASK = ChunkPool.CHUNK_BYTES - 1;

  private static final VarHandle WRITTEN = handle("written", long.class);
  private static final VarHandle RELEASED = handle("released", long.class);
  private static final VarHandle WRITING = handle("writing", boolean.class);
  private static final VarHandle CLOSED = handle("closed", boolean.class);
  private static final VarHandle EMPTIED = handle("emptied", boolean.class);
  private static final VarHandle TAIL_TICKET = handle("tailTicket", int.class);

  /** A chunk of the stream; the next one is linked before a byte in it is published. */
  private static final class Link {
    @Nullable MemorySegment memory;
    @Nullable Link next;
  }

  private final ChunkPool pool;
  private volatile int capacity;

  @SuppressWarnings("unused") // by VarHandle; written by the application, read by both
  private long written;

  @SuppressWarnings("unused") // by VarHandle; written by the engine, read by both
  private long released;

  // The writer's own: the last link, and how many there are.
  private Link tail = new Link();
  private long linkedChunks;

  // The engine's own: chunk n of the stream is in slot n modulo the slots. Chunks before
  // firstChunk were given back, those from enteredChunks on have not been looked at.
  private @Nullable Link[] ring = new Link[4];
  private Link lastEntered = tail;
  private long firstChunk;
  private long enteredChunks;

  @SuppressWarnings("unused") // by VarHandle; true while a write is going on
  private boolean writing;

  @SuppressWarnings("unused") // by VarHandle; even: the last chunk is there, odd: it was taken away
  private int tailTicket;

  @SuppressWarnings("unused") // by VarHandle
  private boolean closed;

  @SuppressWarnings("unused") // by VarHandle; set once by whoever gives the chunks back
  private boolean emptied;

  /** An empty buffer for at most {@code capacityBytes} bytes. */
  public SendBuffer(ChunkPool pool, int capacityBytes) {
    this.pool = pool;
    this.capacity = capacityBytes;
  }

  private static VarHandle handle(String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(SendBuffer.class, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // ---- application ----

  /** Application: copies as many bytes as fit; returns how many, 0 after {@link #close}. */
  public int write(MemorySegment source, long offset, int length) {
    int count = Math.min(length, freeBytes());
    if (count <= 0) {
      return 0;
    }
    // The flag and what is read after it must not change places: see writableTail and close.
    WRITING.setVolatile(this, true);
    try {
      return (boolean) CLOSED.getVolatile(this) ? 0 : copy(source, offset, count);
    } finally {
      WRITING.setVolatile(this, false);
      if ((boolean) CLOSED.getVolatile(this)) {
        giveAllBack();
      }
    }
  }

  private int copy(MemorySegment source, long offset, int count) {
    long at = (long) WRITTEN.get(this);
    int done = 0;
    while (done < count) {
      int within = (int) at & MASK;
      MemorySegment chunk = within == 0 ? newTail(at) : writableTail(at);
      int part = Math.min(count - done, ChunkPool.CHUNK_BYTES - within);
      MemorySegment.copy(source, offset + done, chunk, within, part);
      done += part;
      at += part;
      // Chunk by chunk, so that the engine can begin with the first of many.
      WRITTEN.setRelease(this, at);
    }
    return done;
  }

  private MemorySegment newTail(long at) {
    MemorySegment memory = tail.memory;
    // A copy that failed (no such source) left its chunk linked and empty.
    if (linkedChunks == at >>> SHIFT || memory == null) {
      memory = pool.take();
      Link link = new Link();
      link.memory = memory;
      tail.next = link;
      tail = link;
      linkedChunks++;
    }
    return memory;
  }

  /**
   * The last chunk, partly filled. If all its bytes are released, the engine may be taking it away
   * at this moment: whoever moves the ticket has it. If they are not, then the engine, which
   * releases first and looks for a writer afterwards, will see this one and leave the chunk alone.
   */
  private MemorySegment writableTail(long at) {
    MemorySegment chunk = tail.memory;
    if ((long) RELEASED.getVolatile(this) == at) {
      int ticket = (int) TAIL_TICKET.getVolatile(this);
      boolean there = (ticket & 1) == 0 && TAIL_TICKET.compareAndSet(this, ticket, ticket + 2);
      if (!there) {
        chunk = pool.take();
        tail.memory = chunk;
        TAIL_TICKET.setVolatile(this, (int) TAIL_TICKET.getVolatile(this) + 1);
      }
    }
    if (chunk == null) {
      throw new IllegalStateException("the last chunk is gone");
    }
    return chunk;
  }

  /** Application: bytes that fit now. */
  public int freeBytes() {
    if ((boolean) CLOSED.getAcquire(this)) {
      return 0;
    }
    long held = (long) WRITTEN.getAcquire(this) - (long) RELEASED.getAcquire(this);
    return (int) Math.max(0, capacity - held);
  }

  // ---- both ----

  /** Most bytes it holds. */
  public int capacityBytes() {
    return capacity;
  }

  /** Changes how much may be held; a smaller capacity takes effect as bytes are released. */
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

  // ---- engine ----

  /** Engine: bytes before this offset are needed no more. */
  public void release(long upToOffset) {
    long from = (long) RELEASED.get(this);
    if (upToOffset <= from || (boolean) CLOSED.get(this)) {
      return;
    }
    if (upToOffset > (long) WRITTEN.getAcquire(this)) {
      throw new IllegalArgumentException("offset " + upToOffset + " was not written yet");
    }
    enter((upToOffset - 1) >>> SHIFT);
    while (firstChunk < upToOffset >>> SHIFT) {
      int slot = (int) firstChunk & ring.length - 1;
      Link link = ring[slot];
      ring[slot] = null;
      firstChunk++;
      if (link != null) {
        giveBack(link);
      }
    }
    RELEASED.setVolatile(this, upToOffset);
    if ((upToOffset & MASK) != 0) {
      takeIdleTail(upToOffset);
    }
  }

  /** All is released and nobody writes: the partly filled last chunk is not needed. */
  private void takeIdleTail(long at) {
    int ticket = (int) TAIL_TICKET.getVolatile(this);
    if ((ticket & 1) != 0
        || (boolean) WRITING.getVolatile(this)
        || (long) WRITTEN.getVolatile(this) != at) {
      return;
    }
    Link link = ring[(int) (at >>> SHIFT) & ring.length - 1];
    MemorySegment chunk = link == null ? null : link.memory;
    // A writer that came meanwhile has moved the ticket, and the chunk is its own again.
    if (chunk != null && TAIL_TICKET.compareAndSet(this, ticket, ticket + 1)) {
      pool.giveBack(chunk);
    }
  }

  private void giveBack(Link link) {
    MemorySegment chunk = link.memory;
    if (chunk != null) {
      link.memory = null;
      pool.giveBack(chunk);
    }
  }

  /** Enters the chunks up to this one in the ring; their bytes have been published. */
  private void enter(long chunk) {
    while (enteredChunks <= chunk) {
      Link link = lastEntered.next;
      if (link == null) {
        throw new IllegalStateException("chunk " + chunk + " was not written yet");
      }
      if (enteredChunks - firstChunk == ring.length) {
        grow();
      }
      ring[(int) enteredChunks & ring.length - 1] = link;
      lastEntered.next = null;
      lastEntered = link;
      enteredChunks++;
    }
  }

  private void grow() {
    @Nullable Link[] larger = new Link[ring.length * 2];
    for (long n = firstChunk; n < enteredChunks; n++) {
      larger[(int) n & larger.length - 1] = ring[(int) n & ring.length - 1];
    }
    ring = larger;
  }

  private MemorySegment chunk(long offset) {
    long number = offset >>> SHIFT;
    if (number >= enteredChunks) {
      enter(number);
    }
    Link link = number < firstChunk ? null : ring[(int) number & ring.length - 1];
    MemorySegment memory = link == null ? null : link.memory;
    if (memory == null) {
      throw new IllegalStateException("stream offset " + offset + " is not held");
    }
    return memory;
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
   * Engine: gives every chunk back; later writes take nothing. A write that is going on at this
   * moment ends first, and gives the chunks back itself.
   */
  public void close() {
    CLOSED.setVolatile(this, true);
    if (!(boolean) WRITING.getVolatile(this)) {
      giveAllBack();
    }
  }

  private void giveAllBack() {
    if (!EMPTIED.compareAndSet(this, false, true)) {
      return;
    }
    boolean tailTaken = ((int) TAIL_TICKET.getVolatile(this) & 1) != 0;
    for (long n = firstChunk; n < enteredChunks; n++) {
      giveBackUnless(tailTaken, ring[(int) n & ring.length - 1]);
    }
    for (Link link = lastEntered.next; link != null; link = link.next) {
      giveBackUnless(tailTaken, link);
    }
  }

  private void giveBackUnless(boolean tailTaken, @Nullable Link link) {
    if (link != null && !(tailTaken && link == tail)) {
      giveBack(link);
    }
  }
}
