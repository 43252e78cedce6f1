package io.hawser.socket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VigilTest {
  private static final long SHORT_NS = 10_000;
  private static final long LONG_NS = 120_000;

  private final Vigil vigil = new Vigil(2);

  @Test
  void vigil_atFirst_sleeps() {
    assertThat(vigil.lookNs()).isZero();
  }

  @Test
  void vigil_afterAFewShortWaits_staysAwake() {
    for (int i = 0; i < 4; i++) {
      vigil.waited(SHORT_NS);
    }
    assertThat(vigil.lookNs()).isEqualTo(Vigil.LONGEST_NS);
  }

  @Test
  void vigil_ofASlowLink_sleepsAgainAfterThreeWaits() {
    for (int i = 0; i < 1_000; i++) {
      vigil.waited(SHORT_NS);
    }
    int awake = 0;
    for (; vigil.lookNs() > 0; awake++) {
      vigil.waited(LONG_NS);
    }
    assertThat(awake).isEqualTo(3);
  }

  @Test
  void vigil_waitsShortAndLongInTurns_sleeps() {
    for (int i = 0; i < 100; i++) {
      vigil.waited(SHORT_NS);
      vigil.waited(LONG_NS);
    }
    assertThat(vigil.lookNs()).isZero();
  }

  @Test
  void vigil_withOneProcessor_sleepsAlways() {
    Vigil alone = new Vigil(1);
    for (int i = 0; i < 100; i++) {
      alone.waited(SHORT_NS);
    }
    assertThat(alone.lookNs()).isZero();
  }
}
