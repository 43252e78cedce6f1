package io.hawser.insight.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);

  private String taken() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Test
  void pictures_areDrawnInPlace_andTheCursorComesBackOnce() {
    Screen screen = new Screen(out);
    assertThat(taken()).isEqualTo("\u001b[?1049h\u001b[?25l\u001b[2J");
    screen.draw(List.of("one", "▁▂"));
    assertThat(taken()).isEqualTo("\u001b[Hone\u001b[K\r\n▁▂\u001b[K\u001b[J");
    screen.close();
    assertThat(taken()).isEqualTo("\u001b[?25h\u001b[?1049lone\n▁▂\n");
    screen.draw(List.of("late"));
    screen.close();
    assertThat(taken()).isEmpty();
  }

  @Test
  void blocks_fillRowsByEighths() {
    double[] values = {Double.NaN, 0, 0.001, 4, 8, 9, 16, 99};
    assertThat(Blocks.rows(values, 16, 2)).containsExactly("     ▁██", "  ▁▄████");
    assertThat(Blocks.row(values, 16)).isEqualTo("  ▁▂▄▅██");
    assertThat(Blocks.row(values, 0)).isBlank();
  }

  @Test
  void axes_endAtRoundNumbers() {
    double[] speeds = {0, 1, 1000, 1001, 9_000_000, 15_000_000, 16e6, 40e6, 950e6, 1.2e9};
    String[] marks = {
      "1 kbit/s",
      "1 kbit/s",
      "1 kbit/s",
      "1.5 kbit/s",
      "10 Mbit/s",
      "15 Mbit/s",
      "20 Mbit/s",
      "40 Mbit/s",
      "1 Gbit/s",
      "1.5 Gbit/s"
    };
    for (int i = 0; i < speeds.length; i++) {
      assertThat(Quantity.mark(Quantity.roundUp(speeds[i]))).isEqualTo(marks[i]);
    }
    assertThat(Quantity.mark(750_000)).isEqualTo("750 kbit/s");
  }
}
