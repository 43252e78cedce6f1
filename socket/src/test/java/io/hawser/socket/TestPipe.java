package io.hawser.socket;

import io.hawser.wire.DeviceException;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Two devices joined in memory; packets are copied. */
final class TestPipe implements PacketDevice {
  private static final int MOST = 512;

  private final ConcurrentLinkedQueue<byte[]> in;
  private final ConcurrentLinkedQueue<byte[]> out;
  private final AtomicInteger outCount;
  private final AtomicInteger inCount;
  private final Semaphore bell = new Semaphore(0);
  private TestPipe other;
  volatile boolean dropAll;
  volatile boolean failing;

  private TestPipe(@Nullable TestPipe peer) {
    if (peer == null) {
      in = new ConcurrentLinkedQueue<>();
      out = new ConcurrentLinkedQueue<>();
      inCount = new AtomicInteger();
      outCount = new AtomicInteger();
      other = new TestPipe(this);
    } else {
      in = peer.out;
      out = peer.in;
      inCount = peer.outCount;
      outCount = peer.inCount;
      other = peer;
    }
  }

  static TestPipe create() {
    return new TestPipe(null);
  }

  TestPipe other() {
    return other;
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    if (outCount.get() >= MOST) {
      return false;
    }
    if (dropAll) {
      return true;
    }
    byte[] bytes = new byte[packet.totalLength()];
    MemorySegment target = MemorySegment.ofArray(bytes);
    MemorySegment.copy(packet.header, 0, target, 0, packet.headerLength);
    MemorySegment.copy(
        packet.payload, packet.payloadOffset, target, packet.headerLength, packet.payloadLength);
    MemorySegment.copy(
        packet.wrapped,
        packet.wrappedOffset,
        target,
        (long) packet.headerLength + packet.payloadLength,
        packet.wrappedLength);
    outCount.incrementAndGet();
    out.add(bytes);
    other.wakeup();
    return true;
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    if (failing) {
      throw new DeviceException("the cable was cut");
    }
    byte[] bytes = in.poll();
    if (bytes == null) {
      return false;
    }
    if (inCount.getAndDecrement() == MOST) {
      other.wakeup();
    }
    MemorySegment.copy(
        bytes, 0, into.memory(), ValueLayout.JAVA_BYTE, PacketBuffer.START, bytes.length);
    into.length(bytes.length);
    meta.clear();
    return true;
  }

  @Override
  public void await(long timeoutNs) {
    if (!in.isEmpty()) {
      return;
    }
    try {
      if (timeoutNs < 0) {
        bell.acquire();
      } else if (!bell.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS)) {
        return;
      }
      bell.drainPermits();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void wakeup() {
    bell.release();
  }

  @Override
  public int mtuBytes() {
    return 1500;
  }

  @Override
  public int superSegmentBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
