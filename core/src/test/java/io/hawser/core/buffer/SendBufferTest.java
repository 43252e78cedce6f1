package io.hawser.core.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.core.Seeds;
import io.hawser.wire.Checksum;
import io.hawser.wire.OutgoingPacket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SendBufferTest {
  private static final int MOST = 150_000;

  private final Arena arena = Arena.ofShared();
  private final ChunkPool pool = new ChunkPool();
  private final OutgoingPacket packet = new OutgoingPacket();
  private final MemorySegment scratch = arena.allocate(MOST);

  @AfterEach
  void free() {
    pool.close();
    arena.close();
  }

  private int write(SendBuffer buffer, int length) {
    Pattern.fill(scratch, 0, buffer.writtenOffset(), length);
    return buffer.write(scratch, 0, length);
  }

  private void checkHeld(SendBuffer buffer, long offset, int length) {
    buffer.locate(offset, length, packet);
    assertThat(packet.totalPayload()).isEqualTo(length);
    Pattern.check(packet.payload, packet.payloadOffset, offset, packet.payloadLength);
    if (packet.wrappedLength > 0) {
      long second = offset + packet.payloadLength;
      Pattern.check(packet.wrapped, packet.wrappedOffset, second, packet.wrappedLength);
    }
  }

  @Test
  void idle_holdsNoChunk() {
    SendBuffer buffer = new SendBuffer(pool, 1 << 20);
    assertThat(pool.lentChunks()).isZero();
    for (int round = 0; round < 5; round++) {
      assertThat(write(buffer, 70_001)).isEqualTo(70_001);
      assertThat(pool.lentChunks()).isPositive();
      buffer.release(buffer.writtenOffset());
      assertThat(pool.lentChunks()).isZero();
    }
    assertThat(pool.allocatedBytes()).isLessThanOrEqualTo(3 * ChunkPool.CHUNK_BYTES);
  }

  @Test
  void full_writeTakesWhatFits() {
    SendBuffer buffer = new SendBuffer(pool, 100_000);
    assertThat(write(buffer, 90_000)).isEqualTo(90_000);
    assertThat(write(buffer, 90_000)).isEqualTo(10_000);
    assertThat(write(buffer, 1)).isZero();
    assertThat(buffer.freeBytes()).isZero();
    buffer.release(30_000);
    assertThat(buffer.freeBytes()).isEqualTo(30_000);
  }

  @Test
  void capacityRaised_takesMoreAtOnce() {
    SendBuffer buffer = new SendBuffer(pool, 1000);
    assertThat(write(buffer, 2000)).isEqualTo(1000);
    buffer.capacityBytes(1 << 24);
    for (int i = 0; i < 100; i++) {
      assertThat(write(buffer, 100_000)).isEqualTo(100_000);
    }
    for (long at = 0; at + 65_536 < buffer.writtenOffset(); at += 60_001) {
      checkHeld(buffer, at, 65_536);
    }
    buffer.capacityBytes(10);
    assertThat(buffer.freeBytes()).isZero();
    buffer.release(buffer.writtenOffset());
    assertThat(buffer.freeBytes()).isEqualTo(10);
  }

  @Test
  void closed_givesAllBackAndTakesNothing() {
    SendBuffer buffer = new SendBuffer(pool, 1 << 20);
    assertThat(write(buffer, 150_000)).isEqualTo(150_000);
    checkHeld(buffer, 0, 10);
    buffer.release(70_000);
    buffer.close();
    assertThat(pool.lentChunks()).isZero();
    assertThat(write(buffer, 10)).isZero();
    assertThat(buffer.freeBytes()).isZero();
    buffer.release(80_000);
    buffer.close();
    assertThat(pool.lentChunks()).isZero();
  }

  @Test
  void sourceTooShort_bufferStaysWhole() {
    SendBuffer buffer = new SendBuffer(pool, 1 << 20);
    MemorySegment shortSource = Pattern.bytes(arena, 0, 70_000);
    for (int round = 0; round < 3; round++) {
      assertThatThrownBy(() -> buffer.write(shortSource, 0, 140_000))
          .isInstanceOf(IndexOutOfBoundsException.class);
      // The first chunk's worth was taken, the rest was not.
      assertThat(write(buffer, (int) (buffer.writtenOffset() & 1) + 50_000)).isPositive();
      MemorySegment none = MemorySegment.NULL;
      assertThatThrownBy(() -> buffer.write(none, 0, 5))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    buffer.release(buffer.writtenOffset());
    assertThat(pool.lentChunks()).isZero();
    assertThat(write(buffer, 100)).isEqualTo(100);
    checkHeld(buffer, buffer.releasedOffset(), 100);
  }

  @Test
  void notHeld_locateThrows() {
    SendBuffer buffer = new SendBuffer(pool, 1 << 20);
    assertThat(write(buffer, 140_000)).isEqualTo(140_000);
    buffer.release(70_000);
    assertThatThrownBy(() -> buffer.locate(0, 10, packet))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> buffer.locate(200_000, 10, packet))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> buffer.release(140_001)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void randomOperations_holdWhatWasWritten() {
    Seeds.each(60, this::randomOperations);
  }

  private void randomOperations(Random random) {
    int capacity = 1 + random.nextInt(400_000);
    SendBuffer buffer = new SendBuffer(pool, capacity);
    for (int step = 0; step < 300; step++) {
      long written = buffer.writtenOffset();
      long released = buffer.releasedOffset();
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          int length = 1 + random.nextInt(random.nextBoolean() ? 100 : MOST - 1);
          int room = (int) Math.max(0, capacity - (written - released));
          assertThat(buffer.freeBytes()).isEqualTo(room);
          assertThat(write(buffer, length)).isEqualTo(Math.min(length, room));
        }
        case 2 -> {
          long up =
              random.nextInt(3) == 0 ? written : released + bounded(random, written, released);
          buffer.release(up);
          if (up == written) {
            assertThat(pool.lentChunks()).isZero();
          }
        }
        case 3 -> {
          capacity = 1 + random.nextInt(400_000);
          buffer.capacityBytes(capacity);
        }
        default -> {
          long from = released + bounded(random, written, released);
          int length = (int) Math.min(65_536, written - from);
          if (length > 0) {
            length = 1 + random.nextInt(length);
            checkHeld(buffer, from, length);
            long expected = Checksum.add(0, Pattern.bytes(arena, from, length), 0, length);
            assertThat(Checksum.fold(buffer.checksum(from, length)))
                .isEqualTo(Checksum.fold(expected));
          }
        }
      }
    }
    buffer.close();
    assertThat(pool.lentChunks()).isZero();
  }

  private static long bounded(Random random, long written, long released) {
    return random.nextInt((int) (written - released) + 1);
  }

  @Test
  void twoThreads_everyByteArrivesAndIdleHoldsNothing() throws InterruptedException {
    for (int size : new int[] {7, 3001, 150_000}) {
      twoThreads(size, size < 100 ? 400_000 : 24_000_000);
    }
  }

  private void twoThreads(int most, long total) throws InterruptedException {
    SendBuffer buffer = new SendBuffer(pool, 300_000);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread writer =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((t, e) -> failure.set(e))
            .start(() -> writeAll(buffer, new Random(most), most, total));
    Random random = new Random(most);
    long at = 0;
    while (at < total && failure.get() == null) {
      long written = buffer.writtenOffset();
      if (written == at) {
        Thread.onSpinWait();
        continue;
      }
      int length = (int) Math.min(65_536, written - at);
      checkHeld(buffer, at, length);
      at += length;
      // Mostly at once, so that the engine takes idle chunks away while the writer comes back.
      if (random.nextInt(4) > 0 || at == total || at - buffer.releasedOffset() > 200_000) {
        buffer.release(at);
      }
    }
    writer.join();
    assertThat(failure.get()).isNull();
    assertThat(pool.lentChunks()).isZero();
  }

  private void writeAll(SendBuffer buffer, Random random, int most, long total) {
    MemorySegment source = arena.allocate(most);
    long at = 0;
    while (at < total) {
      int length = (int) Math.min(1 + random.nextInt(most), total - at);
      Pattern.fill(source, 0, at, length);
      for (int done = 0; done < length; ) {
        int count = buffer.write(source, done, length - done);
        done += count;
        if (count == 0) {
          Thread.onSpinWait();
        }
      }
      at += length;
    }
  }

  @Test
  void closedDuringWrites_nothingLeaks() throws InterruptedException {
    for (int round = 0; round < 300; round++) {
      SendBuffer buffer = new SendBuffer(pool, 1 << 20);
      AtomicBoolean stop = new AtomicBoolean();
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                while (buffer.write(scratch, 0, 70_000) > 0 || !stop.get()) {
                  Thread.onSpinWait();
                }
              });
      long until = 10_000L * round;
      while (buffer.writtenOffset() < until) {
        buffer.release(buffer.writtenOffset());
      }
      buffer.close();
      stop.set(true);
      writer.join();
      assertThat(pool.lentChunks()).as("round %d", round).isZero();
    }
  }
}
