package io.hawser.core.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.Seeds;
import io.hawser.wire.BufferPool;
import io.hawser.wire.PacketBuffer;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReassemblerTest {
  private static final int SPACE = 120_000;

  private final BufferPool pool = new BufferPool();

  @AfterEach
  void free() {
    pool.close();
  }

  private int insert(Reassembler r, long offset, int length, boolean large, int mark) {
    PacketBuffer buffer = large ? pool.large() : pool.small();
    int at = PacketBuffer.START + 40;
    for (int i = 0; i < length; i++) {
      buffer.memory().set(ValueLayout.JAVA_BYTE, at + i, (byte) (mark + i));
    }
    int fresh = r.insert(offset, buffer, at, length);
    buffer.release();
    return fresh;
  }

  private static void drain(Reassembler r) {
    while (r.poll()) {
      r.buffer().release();
    }
  }

  @Test
  void inOrder_isPolledByReference() {
    Reassembler r = new Reassembler(100);
    assertThat(insert(r, 100, 500, true, 0)).isEqualTo(500);
    assertThat(r.inOrderOffset()).isEqualTo(600);
    assertThat(r.nextOffset()).isEqualTo(100);
    assertThat(r.hasGap()).isFalse();
    assertThat(r.poll()).isTrue();
    assertThat(r.offset()).isEqualTo(100);
    assertThat(r.length()).isEqualTo(500);
    assertThat(r.buffer().heldBytes()).isEqualTo(BufferPool.LARGE_BYTES);
    r.buffer().release();
    assertThat(r.nextOffset()).isEqualTo(600);
    assertThat(r.poll()).isFalse();
    assertThat(r.heldBytes()).isZero();
    assertThat(pool.lentBuffers()).isZero();
  }

  @Test
  void littleThatWaits_isCopiedToSmallBuffers() {
    Reassembler r = new Reassembler(0);
    assertThat(insert(r, 5000, 1000, true, 0)).isEqualTo(1000);
    assertThat(r.heldBytes()).isEqualTo(BufferPool.SMALL_BYTES);
    assertThat(insert(r, 10_000, 16_000, true, 0)).isEqualTo(16_000);
    assertThat(r.heldBytes()).isEqualTo(10L * BufferPool.SMALL_BYTES);
    assertThat(insert(r, 30_000, 17_000, true, 0)).isEqualTo(17_000);
    assertThat(r.heldBytes()).isEqualTo(10L * BufferPool.SMALL_BYTES + BufferPool.LARGE_BYTES);
    assertThat(r.gapRanges()).isEqualTo(3);
    r.clear();
    assertThat(pool.lentBuffers()).isZero();
    assertThat(r.hasGap()).isFalse();
  }

  @Test
  void touchingPieces_areOneRange() {
    Reassembler r = new Reassembler(0);
    insert(r, 300, 100, false, 0);
    insert(r, 100, 100, false, 0);
    assertThat(r.gapRanges()).isEqualTo(2);
    insert(r, 200, 100, false, 0);
    assertThat(r.gapRanges()).isEqualTo(1);
    assertThat(r.rangeStart(0)).isEqualTo(100);
    assertThat(r.rangeEnd(0)).isEqualTo(400);
    assertThat(r.rangeStartAround(250)).isEqualTo(100);
    assertThat(r.rangeStartAround(400)).isEqualTo(-1);
    assertThat(r.rangeEndFrom(100)).isEqualTo(400);
    insert(r, 0, 100, false, 0);
    assertThat(r.gapRanges()).isZero();
    assertThat(r.inOrderOffset()).isEqualTo(400);
    drain(r);
    assertThat(r.nextOffset()).isEqualTo(400);
  }

  @Test
  void randomArrivals_firstCopyWins() {
    Seeds.each(150, this::randomArrivals);
  }

  private void randomArrivals(Random random) {
    long base = random.nextInt(1000);
    Reassembler r = new Reassembler(base);
    int[] model = new int[SPACE];
    Arrays.fill(model, -1);
    long polled = 0;
    int spread = 1 + random.nextInt(60_000);
    for (int step = 0; step < 400; step++) {
      long inOrder = firstHole(model);
      int from =
          (int) Math.max(0, inOrder - 2000 + random.nextInt(random.nextBoolean() ? 2001 : spread));
      boolean large = random.nextInt(4) == 0;
      int most = large ? 20_000 : 1500;
      int length = Math.min(SPACE - from, random.nextInt(most + 1));
      int mark = random.nextInt(256);
      int fresh = 0;
      for (int i = 0; i < length; i++) {
        if (model[from + i] < 0) {
          model[from + i] = (mark + i) & 0xff;
          fresh++;
        }
      }
      assertThat(insert(r, base + from, length, large, mark)).isEqualTo(fresh);
      assertThat(r.inOrderOffset()).isEqualTo(base + firstHole(model));
      assertThat(rangesOf(r, base)).isEqualTo(rangesOf(model));
      while (random.nextInt(3) > 0 && r.poll()) {
        checkPolled(r, model, base, polled);
        polled += r.length();
        r.buffer().release();
      }
      assertThat(r.nextOffset()).isEqualTo(base + polled);
      assertThat(r.heldBytes() == 0).isEqualTo(pool.lentBuffers() == 0);
    }
    r.clear();
    assertThat(r.heldBytes()).isZero();
    assertThat(pool.lentBuffers()).isZero();
  }

  private static void checkPolled(Reassembler r, int[] model, long base, long polled) {
    assertThat(r.offset()).isEqualTo(base + polled);
    for (int i = 0; i < r.length(); i++) {
      int found = r.buffer().memory().get(ValueLayout.JAVA_BYTE, r.bufferOffset() + i) & 0xff;
      if (found != model[(int) polled + i]) {
        throw new AssertionError("wrong byte at " + (polled + i));
      }
    }
  }

  private static int firstHole(int[] model) {
    int i = 0;
    while (i < model.length && model[i] >= 0) {
      i++;
    }
    return i;
  }

  private static List<Long> rangesOf(Reassembler r, long base) {
    List<Long> list = new ArrayList<>();
    for (int i = 0; i < r.gapRanges(); i++) {
      list.add(r.rangeStart(i) - base);
      list.add(r.rangeEnd(i) - base);
    }
    return list;
  }

  private static List<Long> rangesOf(int[] model) {
    List<Long> list = new ArrayList<>();
    boolean inside = false;
    for (int i = firstHole(model); i <= model.length; i++) {
      boolean there = i < model.length && model[i] >= 0;
      if (there != inside) {
        list.add((long) i);
        inside = there;
      }
    }
    return list;
  }
}
