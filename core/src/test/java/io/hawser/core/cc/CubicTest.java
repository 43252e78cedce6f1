package io.hawser.core.cc;

import static io.hawser.core.cc.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class CubicTest {
  private static final double C = 0.4;
  private static final double BETA = 0.7;
  private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);
  private static final long MS = 1_000_000;

  private static double curve(double t, double k, double wMax) {
    return C * (t - k) * (t - k) * (t - k) + wMax;
  }

  @Test
  void loss_reducesToSevenTenths() {
    Acks path = new Acks(new Cubic(), 100 * MS);
    path.growTo(100);
    path.loss();
    assertThat(path.segments()).isEqualTo(70);
    assertThat(path.cc.ssthreshBytes()).isEqualTo(70 * MSS);
  }

  @Test
  void longFatPath_followsTheClosedForm() {
    Acks path = new Acks(new Cubic(), 100 * MS);
    path.growTo(1000);
    path.loss();
    double k = StrictMath.cbrt(1000 * (1 - BETA) / C);
    long beginNs = path.nowNs;
    while (path.nowNs - beginNs < 2 * k * 1e9) {
      path.round();
      double t = (path.nowNs - beginNs) / 1e9;
      assertThat(path.segments())
          .as("after %.1f s", t)
          .isCloseTo(curve(t, k, 1000), Percentage.withPercentage(2));
    }
    assertThat(path.segments()).isGreaterThan(1250);
  }

  @Test
  void shortPath_growsLikeReno() {
    Acks path = new Acks(new Cubic(), 10 * MS);
    path.growTo(40);
    path.loss();
    double expected = 28;
    for (int round = 0; round < 60; round++) {
      path.round();
      expected += expected >= 40 ? 1 : ALPHA;
    }
    assertThat(path.segments()).isCloseTo(expected, within(2.0));
  }

  @Test
  void secondLossBelowTheMaximum_convergesFast() {
    Acks path = new Acks(new Cubic(), 100 * MS);
    path.growTo(1000);
    path.loss();
    path.rounds(10);
    double before = path.segments();
    path.loss();
    double wMax = before * (1 + BETA) / 2;
    double k = StrictMath.cbrt((wMax - path.segments()) / C);
    long beginNs = path.nowNs;
    path.rounds(40);
    double t = (path.nowNs - beginNs) / 1e9;
    assertThat(path.segments()).isCloseTo(curve(t, k, wMax), Percentage.withPercentage(2));
  }

  @Test
  void timeout_curveBeginsWhereSlowStartEnds() {
    Acks path = new Acks(new Cubic(), 100 * MS);
    path.growTo(1000);
    path.timeout();
    assertThat(path.segments()).isEqualTo(1);
    path.growTo(700);
    long beginNs = path.nowNs;
    path.rounds(100);
    double t = (path.nowNs - beginNs) / 1e9;
    assertThat(path.segments()).isCloseTo(curve(t, 0, 700), Percentage.withPercentage(2));
  }

  @Test
  void applicationLimitedMinute_isNotOnTheCurve() {
    Acks busy = new Acks(new Cubic(), 100 * MS);
    Acks paused = new Acks(new Cubic(), 100 * MS);
    for (Acks path : new Acks[] {busy, paused}) {
      path.growTo(1000);
      path.loss();
      path.rounds(20);
    }
    paused.sample.cwndLimited = false;
    paused.ack(MSS, true);
    paused.nowNs += 60_000 * MS;
    paused.sample.cwndLimited = true;
    busy.rounds(20);
    paused.rounds(20);
    assertThat(paused.segments()).isCloseTo(busy.segments(), Percentage.withPercentage(1));
  }

  @Test
  void undo_goesOnAsIfNothingHadHappened() {
    Acks plain = new Acks(new Cubic(), 100 * MS);
    Acks fooled = new Acks(new Cubic(), 100 * MS);
    for (Acks path : new Acks[] {plain, fooled}) {
      path.growTo(1000);
      path.loss();
      path.rounds(30);
    }
    fooled.loss();
    fooled.cc.onUndo(fooled.nowNs);
    assertThat(fooled.cc.cwndBytes()).isEqualTo(plain.cc.cwndBytes());
    assertThat(fooled.cc.ssthreshBytes()).isEqualTo(plain.cc.ssthreshBytes());
    plain.rounds(50);
    fooled.rounds(50);
    assertThat(fooled.segments()).isCloseTo(plain.segments(), Percentage.withPercentage(0.1));
  }
}
