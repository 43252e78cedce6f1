package io.hawser.proof;

import io.hawser.proof.fuzz.FuzzRun;
import io.hawser.proof.fuzz.FuzzTarget;
import io.hawser.proof.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** Everything at its full size, again and again until the time is over. */
public final class Soak {
  private static final int WORLDS_A_ROUND = 10_000;
  private static final long FUZZ_SECONDS = 120;
  private static final long HOUR_NS = 3_600_000_000_000L;

  private final Path folder;
  private final Consumer<String> out;

  /** Corpus and findings of the fuzzer go to this folder, every result to {@code out}. */
  public Soak(Path folder, Consumer<String> out) {
    this.folder = folder;
    this.out = out;
  }

  /**
   * Whole rounds until the time is over, one at least.
   *
   * @return how much failed
   */
  public int run(double hours) throws IOException, InterruptedException {
    long beganNs = System.nanoTime();
    int failures = 0;
    long firstWorld = 1;
    for (int round = 1; ; round++) {
      out.accept("round " + round);
      failures += cases();
      failures += worlds(firstWorld);
      firstWorld += WORLDS_A_ROUND;
      failures += fuzz();
      if (System.nanoTime() - beganNs >= hours * HOUR_NS) {
        return failures;
      }
    }
  }

  private int cases() {
    int failures = 0;
    for (ProofCase one : ProofCase.values()) {
      out.accept(one.toString());
      try {
        one.run(new Proof(1, out));
      } catch (RuntimeException found) {
        failures++;
        out.accept("  FAILED: " + found);
      }
    }
    return failures;
  }

  private int worlds(long first) {
    Queue<String> failed = new ConcurrentLinkedQueue<>();
    LongStream.range(first, first + WORLDS_A_ROUND).parallel().forEach(seed -> world(seed, failed));
    out.accept(WORLDS_A_ROUND + " worlds from seed " + first + ", " + failed.size() + " failed");
    failed.forEach(out);
    return failed.size();
  }

  private static void world(long seed, Queue<String> failed) {
    try (World world = new World(seed)) {
      world.run();
    } catch (RuntimeException found) {
      failed.add(
          "  FAILED: world " + seed + ": " + found.toString().lines().findFirst().orElse(""));
    }
  }

  private int fuzz() throws IOException, InterruptedException {
    int failures = 0;
    for (FuzzTarget target : FuzzTarget.values()) {
      FuzzRun.Outcome outcome = new FuzzRun(target, FUZZ_SECONDS, folder, line -> {}).run();
      out.accept(outcome.toString());
      failures += outcome.failed() ? 1 : 0;
    }
    return failures;
  }
}
