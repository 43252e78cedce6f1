package io.hawser.core.cc;

import static io.hawser.core.cc.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NewRenoTest {
  private static final long RTT = 100_000_000;

  private final Acks path = new Acks(new NewReno(), RTT);

  @Test
  void fresh_hasTenSegmentsOfTheLastMssTold() {
    assertThat(path.segments()).isEqualTo(10);
    path.cc.mss(500);
    assertThat(path.cc.cwndBytes()).isEqualTo(5000);
    assertThat(path.cc.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void begun_mssChangeKeepsTheWindow() {
    path.round();
    path.cc.mss(500);
    assertThat(path.cc.cwndBytes()).isEqualTo(20_000);
  }

  @Test
  void slowStart_doublesEachRound() {
    path.round();
    assertThat(path.segments()).isEqualTo(20);
    path.round();
    assertThat(path.segments()).isEqualTo(40);
  }

  @Test
  void slowStart_oneAckForManySegmentsCountsTheBytes() {
    path.ack(10 * MSS, true);
    assertThat(path.segments()).isEqualTo(20);
  }

  @Test
  void loss_halvesThenGrowsByOneSegmentARound() {
    path.growTo(40);
    path.loss();
    assertThat(path.segments()).isEqualTo(20);
    assertThat(path.cc.ssthreshBytes()).isEqualTo(20 * MSS);
    for (int round = 1; round <= 5; round++) {
      path.round();
      assertThat(path.segments()).isEqualTo(20 + round);
    }
  }

  @Test
  void recovery_doesNotGrow() {
    path.growTo(40);
    path.loss();
    path.sample.inRecovery = true;
    path.rounds(3);
    assertThat(path.segments()).isEqualTo(20);
  }

  @Test
  void timeout_oneSegmentThenSlowStartToHalf() {
    path.growTo(40);
    path.timeout();
    assertThat(path.segments()).isEqualTo(1);
    assertThat(path.cc.ssthreshBytes()).isEqualTo(20 * MSS);
    path.timeout();
    assertThat(path.cc.ssthreshBytes()).isEqualTo(20 * MSS);
    path.rounds(4);
    assertThat(path.segments()).isEqualTo(16);
    path.rounds(2);
    assertThat(path.segments()).isCloseTo(21, within(1.0));
  }

  @Test
  void smallWindow_reductionLeavesTwoSegments() {
    path.cc.onRecovery(0, MSS);
    assertThat(path.segments()).isEqualTo(2);
    path.cc.onRecovery(0, MSS);
    assertThat(path.segments()).isEqualTo(2);
  }

  @Test
  void undo_restoresWindowAndThreshold() {
    path.growTo(40);
    path.loss();
    path.cc.onUndo(0);
    assertThat(path.segments()).isEqualTo(40);
    assertThat(path.cc.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
    path.loss();
    path.timeout();
    path.cc.onUndo(0);
    assertThat(path.segments()).isEqualTo(20);
  }

  @Test
  void applicationLimited_doesNotGrow() {
    path.sample.cwndLimited = false;
    path.rounds(5);
    assertThat(path.segments()).isEqualTo(10);
  }

  @Test
  void idle_restartsAtTheInitialWindow() {
    path.growTo(40);
    path.loss();
    path.cc.onIdleRestart(0);
    assertThat(path.segments()).isEqualTo(10);
    path.round();
    assertThat(path.segments()).as("slow start to the old threshold").isEqualTo(20);
  }
}
