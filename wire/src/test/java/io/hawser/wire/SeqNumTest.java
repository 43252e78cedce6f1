package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeqNumTest {
  private static final int[] EDGES = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x12345678};

  @Test
  void numbers32_lessThanHalfTheSpaceApart_compareByDistance() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      int a = random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt();
      int distance = random.nextInt(Integer.MAX_VALUE) >> random.nextInt(31);
      int b = a + distance;
      String hint = "seed " + seed + ": " + a + " " + b;
      assertThat(SeqNum.lt(a, b)).as(hint).isEqualTo(distance > 0);
      assertThat(SeqNum.gt(b, a)).as(hint).isEqualTo(distance > 0);
      assertThat(SeqNum.leq(a, b)).as(hint).isTrue();
      assertThat(SeqNum.geq(b, a)).as(hint).isTrue();
      assertThat(SeqNum.lt(b, a)).as(hint).isFalse();
      assertThat(SeqNum.max(a, b)).as(hint).isEqualTo(b);
      assertThat(SeqNum.min(a, b)).as(hint).isEqualTo(a);
      assertThat(SeqNum.distance(a, b)).as(hint).isEqualTo(distance);
      assertThat(SeqNum.distance(b, a)).as(hint).isEqualTo(-distance);
    }
  }

  @Test
  void numbers64_acrossTheWrap_compareByDistance() {
    long before = -5;
    long after = 7;
    assertThat(SeqNum.lt(before, after)).isTrue();
    assertThat(SeqNum.gt(after, before)).isTrue();
    assertThat(SeqNum.leq(before, before)).isTrue();
    assertThat(SeqNum.geq(before, after)).isFalse();
    assertThat(SeqNum.max(before, after)).isEqualTo(after);
    assertThat(SeqNum.min(before, after)).isEqualTo(before);
    assertThat(SeqNum.distance(before, after)).isEqualTo(12);
    assertThat(SeqNum.lt(Long.MAX_VALUE, Long.MIN_VALUE)).isTrue();
  }

  @Test
  void window_anywhere_holdsExactlyItsNumbers() {
    for (int low : EDGES) {
      assertThat(SeqNum.inWindow(low, low, 0)).isFalse();
      assertThat(SeqNum.inWindow(low, low, 10)).isTrue();
      assertThat(SeqNum.inWindow(low + 9, low, 10)).isTrue();
      assertThat(SeqNum.inWindow(low + 10, low, 10)).isFalse();
      assertThat(SeqNum.inWindow(low - 1, low, 10)).isFalse();
      assertThat(SeqNum.inWindow(low + Integer.MAX_VALUE, low, Integer.MIN_VALUE)).isTrue();
    }
  }

  @Test
  void promotion_ofLowBits_isTheNearestNumber() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    BigInteger half = BigInteger.ONE.shiftLeft(31);
    for (int i = 0; i < 100_000; i++) {
      long near = random.nextInt(4) == 0 ? random.nextInt(8) - 4 : random.nextLong();
      int low = random.nextInt();
      long promoted = SeqNum.promote(low, near);
      String hint = "seed " + seed + ": " + low + " near " + near;
      assertThat((int) promoted).as(hint).isEqualTo(low);
      BigInteger away = BigInteger.valueOf(promoted - near);
      assertThat(away.abs()).as(hint).isLessThanOrEqualTo(half);
    }
    assertThat(SeqNum.promote(3, 0xffff_fffeL)).isEqualTo(0x1_0000_0003L);
    assertThat(SeqNum.promote(-2, 0x1_0000_0001L)).isEqualTo(0xffff_fffeL);
  }
}
