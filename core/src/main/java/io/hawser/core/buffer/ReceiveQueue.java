package io.hawser.core.buffer;

import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * In-order bytes on their way to the application: references to pooled buffers, copied once by
 * {@link #read}. The engine's thread offers, one application thread reads; nothing locks and nobody
 * waits.
 *
 * <p>A payload that fills less than a quarter of its buffer is moved to small buffers when it is
 * offered, so that memory held stays near the payload.
 */
public final class ReceiveQueue {
  private static final int FEWEST_PIECES = 4;
  private static final int NODE_PIECES = 32;
  private static final VarHandle OFFERED = handle("offered", long.class);
  private static final VarHandle READ = handle("readTotal", long.class);
  private static final VarHandle HELD_IN = handle("heldIn", long.class);
  private static final VarHandle HELD_OUT = handle("heldOut", long.class);
  private static final VarHandle READING = handle("reading", boolean.class);
  private static final VarHandle CLOSED = handle("closed", boolean.class);
  private static final VarHandle EMPTIED = handle("emptied", boolean.class);
  private static final VarHandle SPARE = handle("spare", Node.class);

  private static final @Nullable PacketBuffer[] NO_BUFFERS = {};
  private static final int[] NO_NUMBERS = {};

  /**
   * A block of pieces; blocks are linked so that the queue grows without copying. The first one has
   * room for none: a connection that never received costs nothing.
   */
  private static final class Node {
    final @Nullable PacketBuffer[] buffers;
    final int[] offsets;
    final int[] lengths;
    @Nullable Node next;

    Node() {
      buffers = NO_BUFFERS;
      offsets = NO_NUMBERS;
      lengths = NO_NUMBERS;
    }

    Node(int pieces) {
      buffers = new PacketBuffer[pieces];
      offsets = new int[pieces];
      lengths = new int[pieces];
    }
  }

  // Engine's side.
  private Node tail = new Node();
  private int tailIndex;

  // Application's side.
  private Node head = tail;
  private int headIndex;
  private int headConsumed;

  @SuppressWarnings("unused") // by VarHandle: bytes offered, published after the piece
  private long offered;

  @SuppressWarnings("unused") // by VarHandle: bytes read
  private long readTotal;

  @SuppressWarnings("unused") // by VarHandle: memory that came in, by the engine
  private long heldIn;

  @SuppressWarnings("unused") // by VarHandle: memory given back, by the reader
  private long heldOut;

  @SuppressWarnings("unused") // by VarHandle: a block the reader has emptied, for the engine
  private @Nullable Node spare;

  @SuppressWarnings("unused") // by VarHandle: the application is inside read, peek or skip
  private boolean reading;

  @SuppressWarnings("unused") // by VarHandle
  private boolean closed;

  @SuppressWarnings("unused") // by VarHandle: set once by whoever releases what waits
  private boolean emptied;

  private static VarHandle handle(String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(ReceiveQueue.class, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // ---- engine ----

  /**
   * Engine: takes over one reference of the buffer (no retain). After {@link #clear} the bytes are
   * counted as offered, and dropped.
   */
  public void offer(PacketBuffer buffer, int offset, int length) {
    if (length <= 0 || (boolean) CLOSED.getAcquire(this)) {
      buffer.release();
    } else if (SmallCopies.worthwhile(buffer, length)) {
      for (int done = 0; done < length; ) {
        int part = Math.min(length - done, SmallCopies.ROOM);
        append(buffer.smallCopy(offset + done, part), PacketBuffer.START, part);
        done += part;
      }
      buffer.release();
    } else {
      append(buffer, offset, length);
    }
    OFFERED.setRelease(this, (long) OFFERED.get(this) + length);
  }

  private void append(PacketBuffer buffer, int offset, int length) {
    if (tailIndex == tail.lengths.length) {
      Node node = (Node) SPARE.getAndSet(this, null);
      Node fresh = node == null ? new Node(larger(tailIndex)) : node;
      tail.next = fresh;
      tail = fresh;
      tailIndex = 0;
    }
    tail.buffers[tailIndex] = buffer;
    tail.offsets[tailIndex] = offset;
    tail.lengths[tailIndex] = length;
    tailIndex++;
    HELD_IN.setRelease(this, (long) HELD_IN.get(this) + buffer.heldBytes());
  }

  private static int larger(int pieces) {
    return Math.clamp(2L * pieces, FEWEST_PIECES, NODE_PIECES);
  }

  /**
   * Releases all waiting buffers, and those offered later; what is lost is {@code offeredBytes -
   * readBytes}. Engine's thread. A read that is going on at this moment ends first, and releases
   * them itself.
   */
  public void clear() {
    CLOSED.setVolatile(this, true);
    if (!(boolean) READING.getVolatile(this)) {
      releaseAll();
    }
  }

  // ---- application ----

  /** Application: copies up to {@code length} bytes; 0 if none waits. */
  public int read(MemorySegment target, long offset, int length) {
    return take(target, offset, length);
  }

  /** Application: passes over up to {@code length} bytes without copying them. */
  public int skip(int length) {
    return take(null, 0, length);
  }

  /** Application: like read, leaving the bytes where they are. */
  public int peek(MemorySegment target, long offset, int length) {
    int count = waiting(length);
    if (count == 0 || !enter()) {
      return 0;
    }
    try {
      Node node = head;
      int index = headIndex;
      int consumed = headConsumed;
      int done = 0;
      while (done < count) {
        if (index == node.lengths.length) {
          node = following(node);
          index = 0;
        }
        int part = Math.min(count - done, node.lengths[index] - consumed);
        long from = (long) node.offsets[index] + consumed;
        MemorySegment.copy(present(node, index).memory(), from, target, offset + done, part);
        done += part;
        index++;
        consumed = 0;
      }
      return done;
    } finally {
      leave();
    }
  }

  private int take(@Nullable MemorySegment target, long offset, int length) {
    int count = waiting(length);
    if (count == 0 || !enter()) {
      return 0;
    }
    try {
      int done = 0;
      while (done < count) {
        if (headIndex == head.lengths.length) {
          advance();
        }
        PacketBuffer buffer = present(head, headIndex);
        int part = Math.min(count - done, head.lengths[headIndex] - headConsumed);
        if (target != null) {
          long from = (long) head.offsets[headIndex] + headConsumed;
          MemorySegment.copy(buffer.memory(), from, target, offset + done, part);
        }
        done += part;
        headConsumed += part;
        READ.setRelease(this, (long) READ.get(this) + part);
        if (headConsumed == head.lengths[headIndex]) {
          dropHead(buffer);
        }
      }
      return done;
    } finally {
      leave();
    }
  }

  private int waiting(int length) {
    long there = (long) OFFERED.getAcquire(this) - (long) READ.get(this);
    return (int) Math.max(0, Math.min(length, there));
  }

  /** The flag and what is read after it must not change places: see clear. */
  private boolean enter() {
    READING.setVolatile(this, true);
    if ((boolean) CLOSED.getVolatile(this)) {
      leave();
      return false;
    }
    return true;
  }

  private void leave() {
    READING.setVolatile(this, false);
    if ((boolean) CLOSED.getVolatile(this)) {
      releaseAll();
    }
  }

  private void dropHead(PacketBuffer buffer) {
    head.buffers[headIndex] = null;
    headIndex++;
    headConsumed = 0;
    HELD_OUT.setRelease(this, (long) HELD_OUT.get(this) + buffer.heldBytes());
    buffer.release();
  }

  private void advance() {
    Node empty = head;
    head = following(empty);
    headIndex = 0;
    empty.next = null;
    if (empty.lengths.length == NODE_PIECES) {
      SPARE.setRelease(this, empty);
    }
  }

  private static Node following(Node node) {
    Node next = node.next;
    if (next == null) {
      throw new IllegalStateException("bytes were published before their piece");
    }
    return next;
  }

  private static PacketBuffer present(Node node, int index) {
    PacketBuffer buffer = node.buffers[index];
    if (buffer == null) {
      throw new IllegalStateException("bytes were published before their piece");
    }
    return buffer;
  }

  /** Once, by whichever side is the last to be out after clear. */
  private void releaseAll() {
    if (!EMPTIED.compareAndSet(this, false, true)) {
      return;
    }
    for (Node node = head; node != null; node = node.next) {
      for (int i = 0; i < node.buffers.length; i++) {
        PacketBuffer buffer = node.buffers[i];
        if (buffer != null) {
          node.buffers[i] = null;
          HELD_OUT.setRelease(this, (long) HELD_OUT.get(this) + buffer.heldBytes());
          buffer.release();
        }
      }
    }
  }

  // ---- both ----

  /** Bytes offered since the beginning; either side. */
  public long offeredBytes() {
    return (long) OFFERED.getAcquire(this);
  }

  /** Bytes read since the beginning; either side. */
  public long readBytes() {
    return (long) READ.getAcquire(this);
  }

  /** Memory held by waiting buffers (not payload), bytes; either side. */
  public long heldBytes() {
    long out = (long) HELD_OUT.getAcquire(this);
    return (long) HELD_IN.getAcquire(this) - out;
  }
}
