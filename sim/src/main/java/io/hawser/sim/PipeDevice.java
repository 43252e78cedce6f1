package io.hawser.sim;

import io.hawser.wire.BufferPool;
import io.hawser.wire.DeviceException;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pipe for packets inside a process: what one end emits, the other reads. Each end may
 * be read by one thread and written by another; the two ends belong to different threads.
 *
 * <p>A full pipe refuses packets ({@code emit} returns false) and ends the writer's next {@code
 * await} once there is room.
 */
public final class PipeDevice implements PacketDevice {

  /** The two ends of one pipe. */
  public record Pair(PipeDevice first, PipeDevice second) {}

  private final BufferPool pool;
  private final int mtuBytes;
  private final Lane in;
  private final Lane out;
  private final Doorbell bell;
  private volatile boolean closed;

  private PipeDevice(BufferPool pool, int mtuBytes, Lane in, Lane out) {
    this.pool = pool;
    this.mtuBytes = mtuBytes;
    this.in = in;
    this.out = out;
    bell = in.reader;
  }

  /**
   * A pipe whose packets live in buffers of this pool.
   *
   * @param packets how many wait each way at most; a power of two
   */
  public static Pair pair(BufferPool pool, int mtuBytes, int packets) {
    Doorbell bellOfFirst = new Doorbell();
    Doorbell bellOfSecond = new Doorbell();
    Lane toFirst = new Lane(packets, bellOfFirst, bellOfSecond);
    Lane toSecond = new Lane(packets, bellOfSecond, bellOfFirst);
    return new Pair(
        new PipeDevice(pool, mtuBytes, toFirst, toSecond),
        new PipeDevice(pool, mtuBytes, toSecond, toFirst));
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    if (packet.totalLength() > mtuBytes) {
      throw new IllegalArgumentException(
          "a packet of " + packet.totalLength() + " bytes, the MTU is " + mtuBytes);
    }
    if (closed || out.isFull()) {
      return false;
    }
    out.put(Packets.copy(packet, pool));
    return true;
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    if (closed) {
      throw new DeviceException("the pipe is closed");
    }
    PacketBuffer packet = in.take();
    if (packet == null) {
      return false;
    }
    meta.clear();
    MemorySegment.copy(
        packet.memory(), PacketBuffer.START, into.memory(), PacketBuffer.START, packet.length());
    into.length(packet.length());
    packet.release();
    return true;
  }

  @Override
  public void await(long timeoutNs) {
    bell.await(timeoutNs, in);
  }

  @Override
  public void wakeup() {
    bell.ring();
  }

  @Override
  public int mtuBytes() {
    return mtuBytes;
  }

  @Override
  public int superSegmentBytes() {
    return 0;
  }

  /** Closes this end: nothing goes in or out here any more. Its reader must have stopped. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      PacketBuffer packet = in.take();
      while (packet != null) {
        packet.release();
        packet = in.take();
      }
      bell.ring();
    }
  }

  /** A thread waits here until somebody rings. */
  private static final class Doorbell {
    private volatile boolean rung;
    private volatile @Nullable Thread waiter;

    void ring() {
      rung = true;
      unpark();
    }

    void unpark() {
      Thread thread = waiter;
      if (thread != null) {
        LockSupport.unpark(thread);
      }
    }

    void await(long timeoutNs, Lane lane) {
      long endNs = timeoutNs < 0 ? 0 : System.nanoTime() + timeoutNs;
      waiter = Thread.currentThread();
      try {
        while (!rung && lane.isEmpty() && !Thread.currentThread().isInterrupted()) {
          if (timeoutNs < 0) {
            LockSupport.park(this);
          } else {
            long leftNs = endNs - System.nanoTime();
            if (leftNs <= 0) {
              return;
            }
            LockSupport.parkNanos(this, leftNs);
          }
        }
        rung = false;
      } finally {
        waiter = null;
      }
    }
  }

  /** A ring with one writing and one reading thread. */
  private static final class Lane {
    private final AtomicReferenceArray<@Nullable PacketBuffer> slots;
    private final int mask;
    private final Doorbell reader;
    private final Doorbell writer;
    private volatile boolean refused;

    /** Owned by the reading thread. */
    private int readAt;

    /** Owned by the writing thread. */
    private int writeAt;

    Lane(int packets, Doorbell reader, Doorbell writer) {
      if (Integer.bitCount(packets) != 1) {
        throw new IllegalArgumentException("not a power of two: " + packets);
      }
      slots = new AtomicReferenceArray<>(packets);
      mask = packets - 1;
      this.reader = reader;
      this.writer = writer;
    }

    boolean isEmpty() {
      return slots.get(readAt & mask) == null;
    }

    boolean isFull() {
      if (slots.get(writeAt & mask) == null) {
        return false;
      }
      refused = true;
      // The reader may have made room before it saw the mark.
      return slots.get(writeAt & mask) != null;
    }

    void put(PacketBuffer packet) {
      slots.set(writeAt++ & mask, packet);
      reader.unpark();
    }

    @Nullable PacketBuffer take() {
      PacketBuffer packet = slots.get(readAt & mask);
      if (packet != null) {
        slots.set(readAt++ & mask, null);
        if (refused) {
          refused = false;
          writer.ring();
        }
      }
      return packet;
    }
  }
}
