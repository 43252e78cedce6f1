package io.hawser.core.buffer;

import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * In-order bytes on their way to the application: references to pooled buffers, copied once by
 * {@link #read}. The engine's thread offers, one application thread reads; nothing locks.
 */
public final class ReceiveQueue {
  private static final int NODE_PIECES = 64;
  private static final VarHandle OFFERED = handle("offered");
  private static final VarHandle READ = handle("readTotal");
  private static final VarHandle HELD_OUT = handle("heldOut");

  /** A block of pieces; blocks are linked so that the queue grows without copying. */
  private static final class Node {
    final @Nullable PacketBuffer[] buffers = new PacketBuffer[NODE_PIECES];
    final int[] offsets = new int[NODE_PIECES];
    final int[] lengths = new int[NODE_PIECES];
    @Nullable Node next;
  }

  // Engine's side.
  private Node tail = new Node();
  private int tailIndex;
  private long heldIn;

  // Application's side.
  private Node head = tail;
  private int headIndex;
  private int headConsumed;

  @SuppressWarnings("unused") // by VarHandle: bytes offered, published after the piece
  private long offered;

  @SuppressWarnings("unused") // by VarHandle: bytes read
  private long readTotal;

  @SuppressWarnings("unused") // by VarHandle: memory given back by the reader
  private long heldOut;

  private volatile long heldInPublished;

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(ReceiveQueue.class, field, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Engine: takes over one reference of the buffer (no retain). */
  public void offer(PacketBuffer buffer, int offset, int length) {
    if (tailIndex == NODE_PIECES) {
      Node node = new Node();
      tail.next = node;
      tail = node;
      tailIndex = 0;
    }
    tail.buffers[tailIndex] = buffer;
    tail.offsets[tailIndex] = offset;
    tail.lengths[tailIndex] = length;
    tailIndex++;
    heldIn += buffer.heldBytes();
    heldInPublished = heldIn;
    OFFERED.setRelease(this, (long) OFFERED.get(this) + length);
  }

  /** Application: copies up to {@code length} bytes; 0 if none waits. */
  public int read(MemorySegment target, long offset, int length) {
    long already = (long) READ.get(this);
    int count = (int) Math.min(length, (long) OFFERED.getAcquire(this) - already);
    int done = 0;
    while (done < count) {
      if (headIndex == NODE_PIECES) {
        advance();
      }
      PacketBuffer buffer = head.buffers[headIndex];
      if (buffer == null) {
        break;
      }
      int part = Math.min(count - done, head.lengths[headIndex] - headConsumed);
      long from = (long) head.offsets[headIndex] + headConsumed;
      MemorySegment.copy(buffer.memory(), from, target, offset + done, part);
      done += part;
      headConsumed += part;
      if (headConsumed == head.lengths[headIndex]) {
        dropHead(buffer);
      }
    }
    READ.setRelease(this, already + done);
    return done;
  }

  /** Application: passes over up to {@code length} bytes without copying them. */
  public int skip(int length) {
    long already = (long) READ.get(this);
    int count = (int) Math.min(length, (long) OFFERED.getAcquire(this) - already);
    int done = 0;
    while (done < count) {
      if (headIndex == NODE_PIECES) {
        advance();
      }
      PacketBuffer buffer = head.buffers[headIndex];
      if (buffer == null) {
        break;
      }
      int part = Math.min(count - done, head.lengths[headIndex] - headConsumed);
      done += part;
      headConsumed += part;
      if (headConsumed == head.lengths[headIndex]) {
        dropHead(buffer);
      }
    }
    READ.setRelease(this, already + done);
    return done;
  }

  private void dropHead(PacketBuffer buffer) {
    head.buffers[headIndex] = null;
    headIndex++;
    headConsumed = 0;
    HELD_OUT.setRelease(this, (long) HELD_OUT.get(this) + buffer.heldBytes());
    buffer.release();
  }

  private void advance() {
    Node next = head.next;
    if (next != null) {
      head = next;
      headIndex = 0;
    }
  }

  /** Application: the same, leaving the bytes where they are. */
  public int peek(MemorySegment target, long offset, int length) {
    int count = (int) Math.min(length, (long) OFFERED.getAcquire(this) - (long) READ.get(this));
    Node node = head;
    int index = headIndex;
    int consumed = headConsumed;
    int done = 0;
    while (done < count) {
      if (index == NODE_PIECES) {
        Node next = node.next;
        if (next == null) {
          break;
        }
        node = next;
        index = 0;
      }
      PacketBuffer buffer = node.buffers[index];
      if (buffer == null) {
        break;
      }
      int part = Math.min(count - done, node.lengths[index] - consumed);
      long from = (long) node.offsets[index] + consumed;
      MemorySegment.copy(buffer.memory(), from, target, offset + done, part);
      done += part;
      index++;
      consumed = 0;
    }
    return done;
  }

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
    return heldInPublished - (long) HELD_OUT.getAcquire(this);
  }

  /**
   * Releases all waiting buffers; what is lost is {@code offeredBytes - readBytes}. Both sides must
   * be done.
   */
  public void clear() {
    while (skip(Integer.MAX_VALUE) > 0) {
      // Each pass drops what is there.
    }
  }
}
