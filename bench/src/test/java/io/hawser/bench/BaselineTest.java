package io.hawser.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineTest {
  private static final Goal MORE = Goal.atLeast(0.35, 0.6, 0.85);
  private static final Goal LESS = Goal.atMost(2, 1.2, 0.8);

  @TempDir Path folder;

  private static Row goodput(double ratio) {
    return Row.ratio("goodput", "Gbit/s", Spread.of(10), Spread.of(10 * ratio), MORE, Level.HARD);
  }

  private static Row latency(double ratio) {
    return Row.ratio("latency", "us", Spread.of(20), Spread.of(20 * ratio), LESS, Level.HARD);
  }

  private Baseline kept(Baseline baseline) throws IOException {
    Path file = folder.resolve("baseline.csv");
    baseline.write(file);
    return Baseline.read(file);
  }

  @Test
  void baseline_steadyRow_mayLoseFifteenPercent() throws IOException {
    Baseline baseline = kept(Baseline.of(List.of(List.of(goodput(1.0), latency(0.5)))));

    assertThat(baseline.compare(List.of(goodput(0.86), latency(0.57))))
        .hasSize(2)
        .allMatch(Baseline.Verdict::holds);
    assertThat(baseline.compare(List.of(goodput(0.84), latency(0.58))))
        .hasSize(2)
        .noneMatch(Baseline.Verdict::holds);
    assertThat(baseline.compare(List.of(goodput(3), latency(0.1))))
        .allMatch(Baseline.Verdict::holds);
  }

  @Test
  void baseline_rowThatVaries_mayLoseAsMuchAsItVaried() throws IOException {
    Baseline baseline =
        kept(
            Baseline.of(
                List.of(List.of(goodput(0.8)), List.of(goodput(1.0)), List.of(goodput(1.2)))));

    assertThat(baseline.compare(List.of(goodput(0.62)))).allMatch(Baseline.Verdict::holds);
    assertThat(baseline.compare(List.of(goodput(0.58)))).noneMatch(Baseline.Verdict::holds);
  }

  @Test
  void baseline_figuresOfOneMachine_areNotKept() {
    Row alone = Row.figure("bytes", "B", null, Spread.of(5), Goal.atMost(64, 64, 8), Level.HARD);

    assertThat(Baseline.of(List.of(List.of(alone))).compare(List.of(alone))).isEmpty();
  }

  @Test
  void read_badLine_namesItAndWhatWouldBeRight() throws IOException {
    Path file = folder.resolve("bad.csv");
    Files.writeString(file, "# head\ngoodput;much;0.1\n");

    assertThatThrownBy(() -> Baseline.read(file))
        .hasMessageContaining("bad.csv:2")
        .hasMessageContaining("as in name;1.20;0.15");
    assertThatThrownBy(() -> Baseline.read(folder.resolve("none.csv")))
        .hasMessageContaining("--update");
  }
}
