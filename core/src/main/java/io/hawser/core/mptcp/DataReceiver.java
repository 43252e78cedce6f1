package io.hawser.core.mptcp;

import io.hawser.core.api.Buffers;
import io.hawser.core.buffer.Reassembler;
import io.hawser.core.buffer.ReceiveQueue;
import io.hawser.wire.PacketBuffer;

/**
 * The receiving half of a connection: the stream in order whatever subflow its pieces come on, one
 * window for all subflows (RFC 8684 sections 3.3.2, 3.3.4 and 3.3.5).
 */
final class DataReceiver {
  final ReceiveQueue queue = new ReceiveQueue();
  private final Reassembler stream = new Reassembler(0);
  private final ReceiveAutotuning tuning;
  private int capacity;
  private boolean tuned;
  private long finOffset = -1;
  private volatile boolean finTaken;
  private long edgeOffset;
  private boolean plain;
  private boolean discard;
  private long discarded;
  private boolean readable;
  private long duplicateBytes;
  private long outsideWindow;

  DataReceiver(Buffers sizes, int firstBytes) {
    capacity = sizes.receiveBytes();
    tuned = sizes.receiveTuned();
    tuning = new ReceiveAutotuning(firstBytes);
  }

  /** What may be held now: less than the capacity until the application has shown its pace. */
  private int limit() {
    return tuned ? Math.min(capacity, tuning.bytes()) : capacity;
  }

  /** Time passes while the application reads. */
  void tune(long rttNs, long nowNs) {
    if (tuned) {
      tuning.read(queue.readBytes() + discarded, rttNs, capacity, nowNs);
    }
  }

  /** Plain TCP: what TCP has acknowledged is taken, whatever the window was. */
  void goPlain() {
    plain = true;
  }

  /** Another size, tuned or at once. */
  void capacity(int bytes, boolean tune) {
    capacity = bytes;
    tuned = tune;
  }

  int capacity() {
    return capacity;
  }

  /** Next stream offset expected; the DATA_FIN counts as one. */
  long ackOffset() {
    return stream.inOrderOffset() + (finTaken ? 1 : 0);
  }

  /**
   * Bytes of stream beyond {@link #ackOffset} that may be advertised; the right edge never shrinks
   * (section 3.3.4).
   */
  int windowBytes() {
    long ack = stream.inOrderOffset();
    long free = Math.max(0, limit() - queue.heldBytes());
    // Silly-window avoidance: small gains are not told.
    long gain = ack + free - edgeOffset;
    if (gain >= Math.min(3000, Math.max(1, limit() / 4))) {
      edgeOffset = ack + free;
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, edgeOffset - ack));
  }

  /** True if reading has freed enough that the peer should hear of it. */
  boolean windowUpdateDue() {
    long ack = stream.inOrderOffset();
    long free = limit() - queue.heldBytes();
    long gain = ack + free - edgeOffset;
    return gain >= Math.max(1, limit() / 4) || (edgeOffset - ack < 3000 && gain >= 3000);
  }

  /** True if nothing at or after {@code offset} can be taken. */
  boolean beyondWindow(long offset) {
    return !plain && offset > edgeOffset + capacity;
  }

  /** Bytes [offset, offset + length) of the stream; retains the buffer as long as it needs it. */
  void accept(long offset, PacketBuffer buffer, int from, int length) {
    long end = finOffset >= 0 ? Math.min(offset + length, finOffset) : offset + length;
    int count = (int) Math.max(0, end - offset);
    if (beyondWindow(offset + count)) {
      // Section 3.8: outside the window, neither kept nor acknowledged at data level.
      outsideWindow++;
      return;
    }
    int fresh = count == 0 ? 0 : stream.insert(offset, buffer, from, count);
    duplicateBytes += count - fresh;
    while (stream.poll()) {
      if (discard) {
        discarded += stream.length();
        stream.buffer().release();
      } else {
        queue.offer(stream.buffer(), stream.bufferOffset(), stream.length());
        readable = true;
      }
    }
    takeFin();
  }

  /** The stream ends at {@code offset}. */
  void fin(long offset) {
    if (finOffset < 0 && offset >= stream.inOrderOffset()) {
      finOffset = offset;
    }
    takeFin();
  }

  private void takeFin() {
    if (!finTaken && finOffset >= 0 && stream.inOrderOffset() == finOffset) {
      finTaken = true;
      readable = true;
    }
  }

  /** True once every byte before the peer's end of stream has come. Any thread. */
  boolean finTaken() {
    return finTaken;
  }

  /** True once if there is something new to read, the end of the stream among it. */
  boolean pollReadable() {
    boolean now = readable;
    readable = false;
    return now;
  }

  /** From now on bytes are acknowledged and dropped. */
  void discard() {
    discard = true;
  }

  long discardedBytes() {
    return discarded;
  }

  boolean hasGap() {
    return stream.hasGap();
  }

  long duplicateBytes() {
    return duplicateBytes;
  }

  long heldBytes() {
    return stream.heldBytes() + queue.heldBytes();
  }

  /** Gives back what waits out of order. */
  void free() {
    stream.clear();
  }
}
