package io.hawser.core.cc;

import static io.hawser.core.cc.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoupledTest {
  private static final long MS = 1_000_000;

  private final CoupledGroup group = new CoupledGroup();

  /** A path in congestion avoidance with this window. */
  private Acks path(String name, int segments, long rttNs) {
    Acks path = new Acks(CongestionControls.create(name, group), rttNs);
    path.growTo(segments * 2);
    path.loss();
    while (path.segments() < segments) {
      path.round();
    }
    return path;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lia", "olia", "balia"})
  void alone_growsLikeReno(String name) {
    Acks path = path(name, 50, 50 * MS);
    path.rounds(10);
    assertThat(path.segments()).isCloseTo(60, within(1.0));
  }

  @Test
  void liaOnTwoEqualPaths_togetherTakeHalfOfRenosGrowth() {
    Acks a = path("lia", 50, 50 * MS);
    Acks b = path("lia", 50, 50 * MS);
    double before = a.segments() + b.segments();
    for (int i = 0; i < 20; i++) {
      a.round();
      b.round();
    }
    // alpha is 1/2: each path grows by a quarter of a segment each round.
    assertThat(a.segments() + b.segments() - before).isCloseTo(10, within(1.0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lia", "olia", "balia"})
  void memberLeft_theOtherGrowsLikeRenoAgain(String name) {
    Acks a = path(name, 50, 50 * MS);
    Acks b = path(name, 50, 50 * MS);
    group.leave(b.cc);
    double before = a.segments();
    a.rounds(10);
    assertThat(a.segments() - before).isCloseTo(10, within(1.0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lia", "olia", "balia"})
  void manyPaths_noneOutgrowsReno(String name) {
    Acks[] paths = new Acks[5];
    for (int i = 0; i < paths.length; i++) {
      paths[i] = path(name, 20 + 30 * i, (10 + 20 * i) * MS);
    }
    for (Acks p : paths) {
      double before = p.segments();
      p.rounds(10);
      assertThat(p.segments() - before).isLessThanOrEqualTo(10.5);
    }
  }

  @Test
  void oliaWithALossyLargePath_movesToTheBetterSmallOne() {
    Acks large = path("olia", 400, 50 * MS);
    Acks small = path("olia", 20, 50 * MS);
    large.loss();
    large.loss();
    assertThat(large.segments()).isGreaterThan(small.segments());
    double before = small.segments();
    small.rounds(5);
    // The linked term alone would give less than a quarter of a segment each round.
    assertThat(small.segments() - before).isBetween(2.0, 5.5);
    before = large.segments();
    large.rounds(2);
    assertThat(large.segments() - before).isLessThan(1);
  }

  @Test
  void baliaOnASlowPath_givesMoreAwayAtALoss() {
    Acks fast = path("balia", 100, 20 * MS);
    Acks slow = path("balia", 40, 100 * MS);
    double before = slow.segments();
    slow.loss();
    assertThat(slow.segments()).isCloseTo(before / 4, within(1.0));
    before = fast.segments();
    fast.loss();
    assertThat(fast.segments()).isCloseTo(before / 2, within(1.0));
  }

  @Test
  void unmeasuredMember_doesNotDisturb() {
    Acks a = path("lia", 50, 50 * MS);
    CongestionControls.create("lia", group).mss(MSS);
    double before = a.segments();
    a.rounds(10);
    assertThat(a.segments() - before).isCloseTo(10, within(1.0));
  }
}
