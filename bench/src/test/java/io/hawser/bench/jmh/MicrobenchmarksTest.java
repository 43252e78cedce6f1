package io.hawser.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Collection;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark runs, for a moment and in this JVM. */
class MicrobenchmarksTest {
  private static final Microbenchmarks.Effort MOMENT = new Microbenchmarks.Effort(0, 1, 10, 0);

  @Test
  void everyBenchmark_runs() throws IOException {
    Collection<RunResult> results = Microbenchmarks.run(".", MOMENT, VerboseMode.SILENT, null);
    assertThat(results).hasSizeGreaterThanOrEqualTo(Microbenchmarks.names().size());
    assertThat(results).allSatisfy(r -> assertThat(r.getPrimaryResult().getScore()).isPositive());
    assertThat(Microbenchmarks.names())
        .contains(
            "ChecksumBenchmark.checksum",
            "CodecBenchmark.readDataSegment",
            "DeadlinesBenchmark.heapMoves",
            "HandOffBenchmark.sendBuffer",
            "SchedulerBenchmark.choose",
            "ScoreboardBenchmark.scoreboard");
  }

  @Test
  void handOff_movesEveryPiece() throws IOException {
    Collection<RunResult> results =
        Microbenchmarks.run(
            "HandOff", new Microbenchmarks.Effort(1, 1, 50, 0), VerboseMode.SILENT, null);
    assertThat(results)
        .isNotEmpty()
        .allSatisfy(r ->
            assertThat(Objects.requireNonNull(r.getSecondaryResults().get("pieces")).getScore())
                .as("pieces a microsecond")
                .isPositive());
  }

  @Test
  void nothingMatches_namesWhatThereIs() {
    assertThatThrownBy(() -> Microbenchmarks.run("nonsense", MOMENT, VerboseMode.SILENT, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ChecksumBenchmark.checksum");
  }
}
