package io.hawser.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AckRhythmTest {
  private static final long MS = 1_000_000;
  private static final long RTT_NS = 40 * MS;

  private final AckRhythm rhythm = new AckRhythm();
  private long nowNs = 1_000 * MS;

  private void deliver(int times, long pauseNs) {
    for (int i = 0; i < times; i++) {
      nowNs += pauseNs;
      rhythm.delivered(pauseNs, RTT_NS, nowNs);
    }
  }

  @Test
  void rhythm_atFirst_isUnknown() {
    deliver(10, MS);
    assertThat(rhythm.longestPauseNs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void rhythm_ofABusyPath_isItsLongestPauseLately() {
    deliver(400, MS);
    deliver(1, 7 * MS);
    deliver(250, MS);
    assertThat(rhythm.longestPauseNs()).isEqualTo(7 * MS);
    deliver(500, MS);
    assertThat(rhythm.longestPauseNs()).isEqualTo(MS);
  }

  @Test
  void rhythm_ofAQuietPath_isUnknownAgain() {
    deliver(400, MS);
    assertThat(rhythm.longestPauseNs()).isEqualTo(MS);
    deliver(20, 40 * MS);
    assertThat(rhythm.longestPauseNs()).isEqualTo(Long.MAX_VALUE);
  }
}
