package io.hawser.core.cc;

import static io.hawser.core.cc.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.core.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CongestionControlsTest {
  @Test
  void everyName_isItsAlgorithmsOwn() {
    for (String name : CongestionControls.NAMES) {
      assertThat(CongestionControls.create(name, new CoupledGroup()).name()).isEqualTo(name);
    }
  }

  @Test
  void unknownName_saysWhichThereAre() {
    assertThatThrownBy(() -> CongestionControls.create("vegas", new CoupledGroup()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vegas")
        .hasMessageContaining("cubic, reno");
  }

  @Test
  void whateverHappens_windowsStayWithinBounds() {
    for (String name : CongestionControls.NAMES) {
      Seeds.each(40, random -> anything(name, random));
    }
  }

  private static void anything(String name, Random random) {
    CoupledGroup group = new CoupledGroup();
    Acks other = new Acks(CongestionControls.create(name, group), 30_000_000);
    Acks path = new Acks(CongestionControls.create(name, group), 1 + random.nextInt(300_000_000));
    boolean timedOut = false;
    for (int step = 0; step < 2000; step++) {
      int before = path.cc.cwndBytes();
      path.nowNs += random.nextInt(100_000_000);
      path.sample.cwndLimited = random.nextInt(5) > 0;
      path.sample.inRecovery = random.nextInt(5) == 0;
      switch (random.nextInt(20)) {
        case 0 -> path.loss();
        case 1 -> {
          path.timeout();
          timedOut = true;
          assertThat(path.cc.cwndBytes()).isEqualTo(MSS);
        }
        case 2 -> {
          path.cc.onUndo(path.nowNs);
          assertThat(path.cc.cwndBytes()).isGreaterThanOrEqualTo(before);
        }
        case 3 -> path.cc.onIdleRestart(path.nowNs);
        case 4 -> path.cc.onEcn(path.nowNs, random.nextInt(path.cc.cwndBytes() + 1));
        case 5 -> other.ack(MSS, random.nextBoolean());
        default -> path.ack(1 + random.nextInt(64 * MSS), random.nextInt(10) == 0);
      }
      int cwnd = path.cc.cwndBytes();
      assertThat(cwnd).isBetween(timedOut ? MSS : 2 * MSS, 1 << 30);
      assertThat(path.cc.ssthreshBytes()).isGreaterThanOrEqualTo(2 * MSS);
      timedOut = timedOut && cwnd < 2 * MSS;
    }
  }
}
