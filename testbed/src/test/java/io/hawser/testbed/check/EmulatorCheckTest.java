package io.hawser.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Emulated links do what they say; `hawser bench emulator` measures the same for longer. A figure
 * that the machine spoilt is measured again, at most twice.
 */
@Timeout(180)
class EmulatorCheckTest {
  private static final int TRIES = 3;

  @Test
  void link_ratesDelayLossAndSpeed_areWithinTheirBounds() throws IOException {
    Map<String, Mark> open = new TreeMap<>();
    for (int i = 0; i < TRIES && (i == 0 || !open.isEmpty()); i++) {
      boolean first = i == 0;
      for (Mark mark : EmulatorCheck.run(0.1, System.out::println)) {
        // Tails belong to the machine; they are printed, and judged by the longer run.
        if (mark.holds() || mark.name().contains("p99")) {
          open.remove(mark.name());
        } else if (first) {
          open.put(mark.name(), mark);
        }
      }
    }
    assertThat(open).isEmpty();
  }
}
