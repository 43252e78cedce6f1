package io.hawser.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Emulated links do what they say; `hawser bench emulator` measures the same for longer. */
@Timeout(120)
class EmulatorCheckTest {
  @Test
  void link_ratesDelayLossAndSpeed_areWithinTheirBounds() throws IOException {
    List<Mark> marks = EmulatorCheck.run(0.1, System.out::println);
    assertThat(marks).hasSize(12);
    // Tails belong to the machine; they are printed, and judged by the longer run.
    assertThat(marks).filteredOn(mark -> !mark.name().contains("p99")).allMatch(Mark::holds);
  }
}
