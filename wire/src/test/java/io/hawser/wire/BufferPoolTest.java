package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
  @Test
  void buffers_takenByTwoThreadsAndGivenBackByOthers_haveOneUserEach() throws Exception {
    int rounds = 200_000;
    try (BufferPool pool = new BufferPool();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        long mark = i + 1L;
        BlockingQueue<PacketBuffer> passed = new ArrayBlockingQueue<>(64);
        all.add(threads.submit(() -> take(pool, passed, mark, rounds)));
        all.add(threads.submit(() -> giveBack(passed, mark, rounds)));
      }
      for (Future<Long> one : all) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isZero();
      }
      assertThat(pool.lentBuffers()).isZero();
      // At most 64 in each queue and two in hand on each side, had nothing been lost.
      assertThat(pool.allocatedBytes()).isLessThan(2L * 70 * BufferPool.SMALL_BYTES);
    }
  }

  private static long take(BufferPool pool, BlockingQueue<PacketBuffer> to, long mark, int rounds)
      throws Exception {
    for (int n = 0; n < rounds; n++) {
      PacketBuffer buffer = pool.small();
      buffer.memory().set(ValueLayout.JAVA_LONG, 0, mark << 32 | n);
      to.put(buffer);
    }
    return 0;
  }

  private static long giveBack(BlockingQueue<PacketBuffer> from, long mark, int rounds)
      throws Exception {
    long wrong = 0;
    for (int n = 0; n < rounds; n++) {
      PacketBuffer buffer = from.take();
      wrong += buffer.memory().get(ValueLayout.JAVA_LONG, 0) == (mark << 32 | n) ? 0 : 1;
      buffer.release();
    }
    return wrong;
  }

  @Test
  void buffer_releasedByItsLastUser_isLentAgain() {
    try (BufferPool pool = new BufferPool()) {
      PacketBuffer first = pool.large();
      assertThat(first.isUnshared()).isTrue();
      assertThat(first.retain()).isSameAs(first);
      assertThat(first.isUnshared()).isFalse();
      first.length(1_000);
      first.release();
      assertThat(pool.lentBuffers()).isEqualTo(1);
      assertThat(pool.large()).isNotSameAs(first);
      first.release();
      PacketBuffer again = pool.large();
      assertThat(again).isSameAs(first);
      assertThat(again.length()).isZero();
      assertThat(again.isUnshared()).isTrue();
      assertThat(pool.allocatedBytes()).isEqualTo(2 * BufferPool.LARGE_BYTES);
      assertThat(pool.lentBuffers()).isEqualTo(2);
    }
  }

  @Test
  void sizes_smallAndLarge_areKeptApart() {
    try (BufferPool pool = new BufferPool()) {
      PacketBuffer small = pool.small();
      small.release();
      PacketBuffer large = pool.large();
      assertThat(large).isNotSameAs(small);
      assertThat(large.capacity()).isGreaterThanOrEqualTo(65_535);
      assertThat(small.capacity()).isGreaterThanOrEqualTo(1_500);
      assertThat(small.heldBytes()).isEqualTo(BufferPool.SMALL_BYTES);
      assertThat(pool.small()).isSameAs(small);
    }
  }

  @Test
  void buffer_releasedTwice_saysSo() {
    try (BufferPool pool = new BufferPool()) {
      PacketBuffer buffer = pool.small();
      buffer.release();
      assertThatIllegalStateException().isThrownBy(buffer::release);
    }
  }

  @Test
  void buffer_retainedAfterItsRelease_saysSo() {
    try (BufferPool pool = new BufferPool()) {
      PacketBuffer buffer = pool.small();
      buffer.release();
      assertThatIllegalStateException().isThrownBy(buffer::retain);
    }
  }

  @Test
  void length_outsideTheMemory_isRefused() {
    try (BufferPool pool = new BufferPool()) {
      PacketBuffer buffer = pool.small();
      buffer.length(buffer.capacity());
      assertThatIllegalArgumentException().isThrownBy(() -> buffer.length(buffer.capacity() + 1));
      assertThatIllegalArgumentException().isThrownBy(() -> buffer.length(-1));
      assertThat(buffer.length()).isEqualTo(buffer.capacity());
    }
  }

  @Test
  void smallCopy_ofSomeBytes_isItsOwnBuffer() {
    try (BufferPool pool = new BufferPool()) {
      PacketBuffer large = pool.large();
      Bytes.put32(large.memory(), 1_000, 0x01020304);
      PacketBuffer copy = large.smallCopy(1_000, 4);
      Bytes.put32(large.memory(), 1_000, 0);
      large.release();
      assertThat(copy.length()).isEqualTo(4);
      assertThat(copy.heldBytes()).isEqualTo(BufferPool.SMALL_BYTES);
      assertThat(Bytes.i32(copy.memory(), PacketBuffer.START)).isEqualTo(0x01020304);
      copy.release();
      assertThat(pool.lentBuffers()).isZero();
    }
  }
}
