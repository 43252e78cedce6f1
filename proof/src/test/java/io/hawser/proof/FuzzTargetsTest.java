package io.hawser.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.proof.fuzz.FuzzRun;
import io.hawser.proof.fuzz.FuzzTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every fuzz target for a while, two at a time: no exception, no hang, no growth. {@code
 * -Dhawser.fuzzSeconds=N}: how long each.
 */
class FuzzTargetsTest {
  private static final long SECONDS = Long.getLong("hawser.fuzzSeconds", 60);
  private static final long LEAST_INPUTS_A_SECOND = 2;

  @TempDir Path folder;

  @Test
  void everyTarget_fuzzed_findsNothing() throws Exception {
    List<FuzzRun.Outcome> outcomes = new ArrayList<>();
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      List<Future<FuzzRun.Outcome>> runs = new ArrayList<>();
      for (FuzzTarget target : FuzzTarget.values()) {
        runs.add(two.submit(() -> new FuzzRun(target, SECONDS, folder, line -> {}).run()));
      }
      for (Future<FuzzRun.Outcome> run : runs) {
        outcomes.add(run.get());
      }
    }
    outcomes.forEach(System.out::println);
    assertThat(outcomes).noneMatch(FuzzRun.Outcome::failed);
    assertThat(outcomes)
        .as("a fuzzer that tries nothing, or sees no coverage, proves nothing")
        .allMatch(o -> o.executed() > LEAST_INPUTS_A_SECOND * SECONDS && o.covered() > 50);
  }
}
