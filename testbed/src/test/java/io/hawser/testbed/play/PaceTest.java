package io.hawser.testbed.play;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND_NS = 1_000_000_000L;

  @Test
  void virtualTimeIsRealTimeTimesTheSpeed() {
    Pace pace = new Pace(4, 100 * SECOND_NS, 7 * SECOND_NS);
    assertThat(pace.dueNs(100 * SECOND_NS, 7 * SECOND_NS)).isEqualTo(7 * SECOND_NS);
    assertThat(pace.dueNs(100 * SECOND_NS + SECOND_NS / 10, 7 * SECOND_NS))
        .isEqualTo(7 * SECOND_NS + 4 * SECOND_NS / 10);
  }

  @Test
  void aSimulationThatIsTooSlowIsNotHurriedAfterwards() {
    Pace pace = new Pace(1, 0, 0);
    assertThat(pace.dueNs(10 * SECOND_NS, SECOND_NS)).isEqualTo(SECOND_NS + 1);
    // From here on one second is one second again.
    assertThat(pace.dueNs(11 * SECOND_NS, 2 * SECOND_NS)).isEqualTo(2 * SECOND_NS);
  }
}
