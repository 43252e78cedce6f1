package io.hawser.core.cc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlowStartTest {
  private static final long MS = 1_000_000;

  private final Acks path = new Acks(new NewReno(), 40 * MS);

  @Test
  void steadyDelay_neverEnds() {
    path.rounds(8);
    assertThat(path.segments()).isEqualTo(2560);
    assertThat(path.cc.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void lastingRise_endsAfterFiveSlowerRounds() {
    path.rounds(3);
    path.rttNs = 50 * MS;
    path.round();
    double risen = path.segments();
    assertThat(path.cc.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
    path.rounds(4);
    assertThat(path.segments()).as("a quarter as fast").isBetween(risen * 2, risen * 2.7);
    path.round();
    assertThat(path.cc.ssthreshBytes()).isLessThan(Integer.MAX_VALUE);
    double left = path.segments();
    path.round();
    assertThat(path.segments() - left).isLessThanOrEqualTo(1);
  }

  @Test
  void riseThatPasses_slowStartGoesOn() {
    path.rounds(3);
    path.rttNs = 50 * MS;
    path.round();
    path.rttNs = 40 * MS;
    path.round();
    double before = path.segments();
    path.round();
    assertThat(path.segments()).isEqualTo(before * 2);
    path.rounds(2);
    assertThat(path.cc.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void afterTimeout_delayDoesNotEndIt() {
    path.growTo(400);
    path.timeout();
    path.rounds(3);
    path.rttNs = 80 * MS;
    path.rounds(4);
    assertThat(path.segments()).isEqualTo(128);
  }
}
