package io.hawser.core.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Congestion controls against the formulas of their RFCs. */
class CongestionControlTest {
  private static final int MSS = 1000;
  private static final long RTT_NS = 100_000_000L;

  private static AckSample ack(long nowNs, int bytes) {
    AckSample sample = new AckSample();
    sample.nowNs = nowNs;
    sample.ackedBytes = bytes;
    sample.rttNs = RTT_NS;
    sample.smoothedRttNs = RTT_NS;
    sample.cwndLimited = true;
    return sample;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cubic", "reno", "lia"})
  void fresh_window_isTenSegmentsAndDoublesPerRoundTrip(String name) {
    CongestionControl cc = CongestionControls.create(name, new CoupledGroup());
    cc.mss(MSS);
    assertThat(cc.cwndBytes()).isEqualTo(10 * MSS);
    for (int i = 0; i < 10; i++) {
      cc.onAck(ack(RTT_NS, MSS));
    }
    assertThat(cc.cwndBytes()).isEqualTo(20 * MSS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cubic", "reno", "lia"})
  void timeout_collapsesToOneSegment_undoRestores(String name) {
    CongestionControl cc = CongestionControls.create(name, new CoupledGroup());
    cc.mss(MSS);
    cc.onTimeout(RTT_NS, 10 * MSS);
    assertThat(cc.cwndBytes()).isEqualTo(MSS);
    assertThat(cc.ssthreshBytes()).isBetween(2 * MSS, 10 * MSS);
    cc.onUndo(2 * RTT_NS);
    assertThat(cc.cwndBytes()).isGreaterThanOrEqualTo(10 * MSS);
  }

  @Test
  void reno_loss_halvesThenOneSegmentPerRoundTrip() {
    CongestionControl cc = CongestionControls.create("reno", new CoupledGroup());
    cc.mss(MSS);
    for (int i = 0; i < 90; i++) {
      cc.onAck(ack(RTT_NS, MSS));
    }
    assertThat(cc.cwndBytes()).isEqualTo(100 * MSS);
    cc.onRecovery(RTT_NS, 100 * MSS);
    assertThat(cc.cwndBytes()).isEqualTo(50 * MSS);
    for (int i = 0; i < 50; i++) {
      cc.onAck(ack(2 * RTT_NS, MSS));
    }
    assertThat(cc.cwndBytes()).isEqualTo(51 * MSS);
  }

  @Test
  void cubic_afterLoss_followsTheCurveBackToItsMaximum() {
    Cubic cc = new Cubic();
    cc.mss(MSS);
    for (int i = 0; i < 990; i++) {
      cc.onAck(ack(0, MSS));
    }
    assertThat(cc.cwndBytes()).isEqualTo(1000 * MSS);
    cc.onRecovery(0, 1000 * MSS);
    assertThat(cc.cwndBytes()).isEqualTo(700 * MSS);
    // RFC 9438 equation 2: K = cbrt(W_max (1 - beta) / C) = cbrt(300 / 0.4) s, when W_max is
    // reached again.
    double k = Math.cbrt(300 / 0.4);
    long now = 0;
    while (now / 1e9 < k - 0.1) {
      int window = cc.cwndBytes();
      for (int i = 0; i < window / MSS; i++) {
        cc.onAck(ack(now + i * RTT_NS / (window / MSS), MSS));
      }
      now += RTT_NS;
    }
    assertThat((double) cc.cwndBytes() / MSS).isCloseTo(1000, within(30.0));
  }

  @Test
  void applicationLimited_windowDoesNotGrow() {
    CongestionControl cc = CongestionControls.create("cubic", new CoupledGroup());
    cc.mss(MSS);
    AckSample sample = ack(RTT_NS, MSS);
    sample.cwndLimited = false;
    cc.onAck(sample);
    assertThat(cc.cwndBytes()).isEqualTo(10 * MSS);
  }

  @Test
  void lia_twoEqualPaths_growHalfAsFastEach() {
    CoupledGroup group = new CoupledGroup();
    CongestionControl[] both = {
      CongestionControls.create("lia", group), CongestionControls.create("lia", group)
    };
    for (CongestionControl cc : both) {
      cc.mss(MSS);
      cc.onRecovery(0, 20 * MSS);
    }
    int before = both[0].cwndBytes();
    for (int i = 0; i < 1000; i++) {
      for (CongestionControl cc : both) {
        cc.onAck(ack(RTT_NS, MSS));
      }
    }
    CongestionControl alone = CongestionControls.create("reno", new CoupledGroup());
    alone.mss(MSS);
    alone.onRecovery(0, 20 * MSS);
    for (int i = 0; i < 1000; i++) {
      alone.onAck(ack(RTT_NS, MSS));
    }
    assertThat(both[0].cwndBytes()).isGreaterThan(before).isLessThan(alone.cwndBytes());
  }

  @Test
  void create_unknownName_listsThoseThereAre() {
    assertThatThrownBy(() -> CongestionControls.create("vegas", new CoupledGroup()))
        .hasMessageContaining("cubic, reno, lia");
  }
}
