package io.hawser.cli;

import io.hawser.proof.fuzz.FuzzRun;
import io.hawser.proof.fuzz.FuzzTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code hawser fuzz}. */
@Command(
    name = "fuzz",
    mixinStandardHelpOptions = true,
    description = {
      "Feed the engine with inputs that look for its faults (Jazzer).",
      "The corpus stays in the folder, so that the next run goes on from there."
    })
final class FuzzCommand implements Callable<Integer> {
  /** What --target accepts. */
  static final class Targets implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(FuzzTarget.values()).map(FuzzTarget::word).iterator();
    }
  }

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--target",
      completionCandidates = Targets.class,
      description = "One of ${COMPLETION-CANDIDATES}; all if not given.")
  List<String> targets = new ArrayList<>();

  @Option(
      names = "--minutes",
      defaultValue = "1",
      description = "How long each target (${DEFAULT-VALUE}).")
  double minutes;

  @Option(
      names = "--folder",
      defaultValue = "fuzz",
      description = "Where corpus and findings go (${DEFAULT-VALUE}).")
  Path folder = Path.of("fuzz");

  @Option(names = "--verbose", description = "Show every line of the fuzzer.")
  boolean verbose;

  @Override
  public Integer call() throws Exception {
    List<FuzzTarget> chosen = chosen();
    long seconds = Math.max(1, Math.round(minutes * 60));
    Consumer<String> lines = verbose ? System.out::println : line -> {};
    boolean failed = false;
    int atOnce = Math.max(1, Runtime.getRuntime().availableProcessors());
    try (ExecutorService pool = Executors.newFixedThreadPool(atOnce)) {
      List<Future<FuzzRun.Outcome>> runs = new ArrayList<>();
      for (FuzzTarget target : chosen) {
        runs.add(pool.submit(() -> new FuzzRun(target, seconds, folder, lines).run()));
      }
      for (Future<FuzzRun.Outcome> run : runs) {
        FuzzRun.Outcome outcome = run.get();
        System.out.println(outcome);
        failed |= outcome.failed();
      }
    }
    return failed ? Main.FAILURE : 0;
  }

  private List<FuzzTarget> chosen() {
    if (minutes <= 0) {
      throw new ParameterException(spec.commandLine(), "--minutes must be more than 0");
    }
    try {
      return targets.isEmpty()
          ? List.of(FuzzTarget.values())
          : targets.stream().map(FuzzTarget::of).toList();
    } catch (IllegalArgumentException unknown) {
      throw new ParameterException(spec.commandLine(), String.valueOf(unknown.getMessage()));
    }
  }
}
