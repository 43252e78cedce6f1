package io.hawser.cli;

import io.hawser.bench.Bench;
import io.hawser.bench.BenchSettings;
import io.hawser.bench.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs some benchmarks, prints their rows and fails if one is below what is required of it. */
@Command(mixinStandardHelpOptions = true)
final class BenchRun implements Callable<Integer> {
  private final List<Bench> benches;

  @Spec CommandSpec spec;

  @Option(
      names = "--runs",
      defaultValue = "7",
      paramLabel = "N",
      description = "Runs of each kind (${DEFAULT-VALUE}).")
  int runs;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each run sends, for those that send for a time.")
  @Nullable Double seconds;

  @Option(
      names = "--congestion",
      defaultValue = "cubic",
      paramLabel = "NAME",
      description = {"Congestion control of all ends: cubic or bbr (${DEFAULT-VALUE})."})
  String congestion = "";

  @Option(names = "--json", description = "One JSON object; what happens goes to standard error.")
  boolean json;

  BenchRun(List<Bench> benches) {
    this.benches = benches;
  }

  @Override
  public Integer call() throws IOException {
    Consumer<String> progress = json ? System.err::println : System.out::println;
    List<Row> rows = new ArrayList<>();
    for (Bench bench : benches) {
      List<Row> some = bench.run(settings(bench), progress);
      rows.addAll(some);
      if (!json) {
        some.forEach(System.out::println);
      }
    }
    if (json) {
      System.out.println(
          rows.stream().map(Row::json).collect(Collectors.joining(",\n", "{\"rows\":[\n", "\n]}")));
    }
    return rows.stream().allMatch(Row::holds) ? 0 : Main.FAILURE;
  }

  private BenchSettings settings(Bench bench) {
    try {
      return new BenchSettings(runs, seconds == null ? bench.seconds() : seconds, congestion);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
