package io.hawser.core.cc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** BBR's model of a path, fed by hand. */
class BbrTest {
  private static final int MSS = 1000;
  private static final long SECOND = 1_000_000_000;
  private static final long RTT = 20_000_000;

  private final Bbr bbr = new Bbr();
  private final AckSample sample = new AckSample();
  private long nowNs = 1;

  BbrTest() {
    bbr.mss(MSS);
  }

  /** A round trip in which the path delivers at a rate; one acknowledgement. */
  private void round(long rate, boolean appLimited, double lostPart) {
    nowNs += RTT;
    int bytes = (int) (rate * RTT / SECOND);
    sample.nowNs = nowNs;
    sample.ackedBytes = bytes;
    sample.rttNs = RTT;
    sample.smoothedRttNs = RTT;
    sample.rateFresh = true;
    sample.appLimited = appLimited;
    sample.deliveryBytesPerSecond = rate;
    sample.deliveredBeforeBytes = sample.deliveredTotalBytes;
    sample.deliveredTotalBytes += bytes;
    sample.inFlightAtSendBytes = bytes;
    sample.inFlightBytes = bytes;
    sample.cwndLimited = !appLimited;
    sample.lostSinceSentBytes = (int) (lostPart * bytes);
    sample.lostTotalBytes += sample.lostSinceSentBytes;
    bbr.onAck(sample);
  }

  private void rounds(int count, long rate, boolean appLimited) {
    for (int i = 0; i < count; i++) {
      round(rate, appLimited, 0);
    }
  }

  @Test
  void startup_growsByItsGain_andEndsWhenTheRateGrowsNoMore() {
    for (long rate = 500_000; rate < 10_000_000; rate *= 2) {
      round(rate, false, 0);
      assertThat(bbr.pacingBytesPerSecond()).isGreaterThan(2 * rate);
      assertThat(bbr.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
    }
    rounds(4, 10_000_000, false);
    assertThat(bbr.ssthreshBytes()).isLessThan(Integer.MAX_VALUE);
    rounds(10, 10_000_000, false);
    assertThat(bbr.pacingBytesPerSecond()).isBetween(8_900_000L, 12_500_000L);
    // Twice what the path holds, and what one acknowledgement takes in.
    assertThat(bbr.cwndBytes()).isBetween(400_000, 610_000);
  }

  @Test
  void applicationThatSendsLittle_doesNotLowerTheRate() {
    rounds(50, 10_000_000, false);
    rounds(3_000, 100_000, true);
    assertThat(bbr.pacingBytesPerSecond()).isGreaterThan(8_900_000);
  }

  @Test
  void pathThatSlowsDown_isBelievedAfterTwoCycles() {
    rounds(50, 10_000_000, false);
    rounds(500, 1_000_000, false);
    assertThat(bbr.pacingBytesPerSecond()).isLessThan(1_300_000);
  }

  @Test
  void roundTripIsProbed_everyFiveSecondsWithHalfOfThePath() {
    rounds(50, 10_000_000, false);
    int low = 0;
    for (int i = 0; i < 1_000; i++) {
      // Never shorter than before, so that only a probe tells.
      sample.rttNs = RTT;
      int before = bbr.cwndBytes();
      nowNs += 1_000_000;
      round(10_000_000, false, 0);
      low += before > 150_000 && bbr.cwndBytes() <= 100_000 ? 1 : 0;
    }
    // 21 seconds, and each probe waits for what is in flight to come down.
    assertThat(low).isBetween(1, 5);
  }

  @Test
  void lossAboveTwoPerCent_boundsWhatIsInFlight() {
    rounds(50, 10_000_000, false);
    int free = bbr.cwndBytes();
    for (int i = 0; i < 400; i++) {
      round(10_000_000, false, 0.1);
    }
    assertThat(bbr.cwndBytes()).isLessThan(free * 3 / 4);
  }

  @Test
  void timeout_leavesOneSegment_andIsUndone() {
    rounds(50, 10_000_000, false);
    int before = bbr.cwndBytes();
    bbr.onTimeout(nowNs, before);
    assertThat(bbr.cwndBytes()).isEqualTo(MSS);
    bbr.onUndo(nowNs);
    assertThat(bbr.cwndBytes()).isGreaterThanOrEqualTo(before);
  }

  @Test
  void idleness_keepsTheWindow_andPacesAtTheRate() {
    rounds(50, 10_000_000, false);
    int before = bbr.cwndBytes();
    bbr.onIdleRestart(nowNs + 60 * SECOND);
    assertThat(bbr.cwndBytes()).isEqualTo(before);
    assertThat(bbr.pacingBytesPerSecond()).isBetween(9_800_000L, 10_000_000L);
  }
}
