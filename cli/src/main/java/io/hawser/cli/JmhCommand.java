package io.hawser.cli;

import io.hawser.bench.jmh.Microbenchmarks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hawser bench jmh}. */
@Command(
    name = "jmh",
    mixinStandardHelpOptions = true,
    description = {
      "Micro-benchmarks (JMH) of codecs, checksum, scheduler's choice, scoreboard, timers and hand-off,",
      "most of them beside what the JDK offers."
    })
final class JmhCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = ".",
      paramLabel = "PATTERN",
      description =
          "Those whose Class.method it is found in (a regular expression); all if not given.")
  String pattern = ".";

  @Option(
      names = "--quick",
      description = "Two seconds for each and one JVM: a first look. Else 20 seconds and two.")
  boolean quick;

  @Option(names = "--list", description = "Tell their names, run nothing.")
  boolean list;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures there too, in JMH's format.")
  @Nullable Path json;

  @Override
  public Integer call() throws IOException {
    if (list) {
      Microbenchmarks.names().forEach(System.out::println);
      return 0;
    }
    Microbenchmarks.Effort effort =
        quick ? Microbenchmarks.Effort.QUICK : Microbenchmarks.Effort.FULL;
    try {
      Microbenchmarks.run(pattern, effort, VerboseMode.NORMAL, json);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    return 0;
  }
}
