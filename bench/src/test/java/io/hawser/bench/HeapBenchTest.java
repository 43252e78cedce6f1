package io.hawser.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeapBenchTest {
  private static final long MEGABYTE = 1_000_000;

  /**
   * What is in flight comes and goes; each connection leaves so much; a tenth is for warming up.
   */
  private static Row hourWith(int bytesOfEach, long seed) {
    Random random = new Random(seed);
    double[] live =
        IntStream.rangeClosed(1, HeapBench.SAMPLES)
            .mapToDouble(minute ->
                10 * MEGABYTE
                    + Math.min(minute, 6) * MEGABYTE / 6
                    + minute * 1_800.0 * bytesOfEach
                    + random.nextInt(2_000_000))
            .toArray();
    return HeapBench.row(live);
  }

  @Test
  void hour_thatLeavesNothing_holds() {
    assertThat(hourWith(0, 1).holds()).isTrue();
  }

  @Test
  void hour_whereEachConnectionLeavesOneObject_fails() {
    assertThat(hourWith(16, 1).holds()).isFalse();
  }

  @Test
  void liveHeap_countsObjectsByClass_butNoFillers() {
    String histogram =
        """
         num     #instances         #bytes  class name (module)
        -------------------------------------------------------
           1:           387        6210440  [Ljdk.internal.vm.FillerElement; (java.base@25.0.3)
           2:         19962        2673968  [B (java.base@25.0.3)
          13:             2             32  io.hawser.core.Stack (io.hawser.core@0.1.0)
        Total           20351        8884440
        """;
    assertThat(LiveHeap.sum(histogram)).isEqualTo(2_674_000);
  }

  @Test
  void liveHeap_ofAnArrayThatIsHeld_grows() throws Exception {
    long before = LiveHeap.bytes();
    byte[] held = new byte[4_000_000];
    assertThat(LiveHeap.bytes() - before).isBetween(3_900_000L, 4_100_000L);
    assertThat(held).hasSize(4_000_000);
  }
}
