package io.hawser.core.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.Seeds;
import io.hawser.wire.BufferPool;
import io.hawser.wire.PacketBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReceiveQueueTest {
  private static final int MOST = 60_000;

  private final Arena arena = Arena.ofShared();
  private final BufferPool pool = new BufferPool();
  private final MemorySegment target = arena.allocate(MOST);

  @AfterEach
  void free() {
    pool.close();
    arena.close();
  }

  /** Offers the next bytes of the pattern at a random place of a random buffer. */
  private void offer(ReceiveQueue queue, Random random, int length) {
    boolean small = length <= SmallCopies.ROOM && random.nextBoolean();
    PacketBuffer buffer = small ? pool.small() : pool.large();
    int at = PacketBuffer.START + random.nextInt(buffer.capacity() - length + 1);
    Pattern.fill(buffer.memory(), at, queue.offeredBytes(), length);
    queue.offer(buffer, at, length);
  }

  @Test
  void empty_readsNothing() {
    ReceiveQueue queue = new ReceiveQueue();
    assertThat(queue.read(target, 0, 10)).isZero();
    assertThat(queue.peek(target, 0, 10)).isZero();
    assertThat(queue.heldBytes()).isZero();
  }

  @Test
  void littlePayloadInLargeBuffer_isMovedToSmallOnes() {
    ReceiveQueue queue = new ReceiveQueue();
    offer(queue, new Random(3), 12_000);
    assertThat(queue.heldBytes()).isEqualTo(7 * BufferPool.SMALL_BYTES);
    assertThat(queue.read(target, 0, MOST)).isEqualTo(12_000);
    Pattern.check(target, 0, 0, 12_000);
    assertThat(queue.heldBytes()).isZero();
    assertThat(pool.lentBuffers()).isZero();
  }

  @Test
  void muchPayload_isKeptByReference() {
    ReceiveQueue queue = new ReceiveQueue();
    offer(queue, new Random(3), 20_000);
    assertThat(queue.heldBytes()).isEqualTo(BufferPool.LARGE_BYTES);
  }

  @Test
  void heldMemory_staysWithinFourTimesThePayload() {
    ReceiveQueue queue = new ReceiveQueue();
    Random random = new Random(1);
    for (int length = 600; length < 40_000; length += 97) {
      long before = queue.heldBytes();
      offer(queue, random, length);
      assertThat(queue.heldBytes() - before).isLessThanOrEqualTo(4L * length + 64);
    }
    queue.clear();
  }

  @Test
  void cleared_releasesAllAndCountsOnlyWhatWasRead() {
    ReceiveQueue queue = new ReceiveQueue();
    Random random = new Random(2);
    for (int i = 0; i < 100; i++) {
      offer(queue, random, 1000);
    }
    assertThat(queue.read(target, 0, 1500)).isEqualTo(1500);
    queue.clear();
    offer(queue, random, 1000);
    assertThat(queue.read(target, 0, 1500)).isZero();
    assertThat(queue.peek(target, 0, 1500)).isZero();
    assertThat(queue.offeredBytes() - queue.readBytes()).isEqualTo(101_000 - 1500);
    assertThat(queue.heldBytes()).isZero();
    assertThat(pool.lentBuffers()).isZero();
  }

  @Test
  void randomOperations_readWhatWasOffered() {
    Seeds.each(60, this::randomOperations);
  }

  private void randomOperations(Random random) {
    ReceiveQueue queue = new ReceiveQueue();
    for (int step = 0; step < 400; step++) {
      long at = queue.readBytes();
      int waiting = (int) (queue.offeredBytes() - at);
      int length = random.nextInt(random.nextBoolean() ? 100 : MOST);
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> offer(queue, random, random.nextInt(random.nextBoolean() ? 100 : 20_000));
        case 3 -> {
          assertThat(queue.peek(target, 0, length)).isEqualTo(Math.min(length, waiting));
          Pattern.check(target, 0, at, Math.min(length, waiting));
        }
        case 4 -> {
          assertThat(queue.read(target, 0, length)).isEqualTo(Math.min(length, waiting));
          Pattern.check(target, 0, at, Math.min(length, waiting));
        }
        default -> assertThat(queue.skip(length / 4)).isEqualTo(Math.min(length / 4, waiting));
      }
      assertThat(queue.heldBytes() == 0).isEqualTo(pool.lentBuffers() == 0);
    }
    queue.clear();
    assertThat(pool.lentBuffers()).isZero();
    assertThat(queue.heldBytes()).isZero();
  }

  @Test
  void twoThreads_everyByteArrivesInOrder() throws InterruptedException {
    ReceiveQueue queue = new ReceiveQueue();
    long total = 30_000_000;
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((t, e) -> failure.set(e))
            .start(() -> readAll(queue, total));
    Random random = new Random(5);
    while (queue.offeredBytes() < total && failure.get() == null) {
      if (queue.heldBytes() > 4 << 20) {
        Thread.onSpinWait();
      } else {
        int length = 1 + random.nextInt(random.nextInt(8) == 0 ? MOST : 1448);
        offer(queue, random, (int) Math.min(length, total - queue.offeredBytes()));
      }
    }
    reader.join();
    assertThat(failure.get()).isNull();
    assertThat(queue.readBytes()).isEqualTo(total);
    assertThat(pool.lentBuffers()).isZero();
  }

  private void readAll(ReceiveQueue queue, long total) {
    MemorySegment mine = arena.allocate(MOST);
    Random random = new Random(6);
    for (long at = 0; at < total; ) {
      int count = queue.read(mine, 0, 1 + random.nextInt(MOST));
      Pattern.check(mine, 0, at, count);
      at += count;
      if (count == 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void clearedDuringReads_nothingLeaks() throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      ReceiveQueue queue = new ReceiveQueue();
      AtomicBoolean stop = new AtomicBoolean();
      Thread reader =
          Thread.ofPlatform()
              .uncaughtExceptionHandler((thread, e) -> failure.set(e))
              .start(() -> {
                while (queue.read(target, 0, 100) > 0 || !stop.get()) {
                  Thread.onSpinWait();
                }
              });
      while (queue.readBytes() < round * 200L) {
        offer(queue, random, 1 + random.nextInt(3000));
      }
      offer(queue, random, 30_000);
      queue.clear();
      stop.set(true);
      reader.join();
      assertThat(failure.get()).as("round %d", round).isNull();
      assertThat(pool.lentBuffers()).as("round %d", round).isZero();
    }
  }
}
