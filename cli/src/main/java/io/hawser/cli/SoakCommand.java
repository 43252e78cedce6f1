package io.hawser.cli;

import io.hawser.proof.Soak;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hawser soak}. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = "Attacks, crowds, random worlds and fuzz targets at full size, for hours.")
final class SoakCommand implements Callable<Integer> {
  @Option(
      names = "--hours",
      defaultValue = "1",
      description = "Begin no new round after so long (${DEFAULT-VALUE}); one round runs always.")
  double hours;

  @Option(
      names = "--folder",
      defaultValue = "fuzz",
      description = "Where the fuzzer's corpus and findings go (${DEFAULT-VALUE}).")
  Path folder = Path.of("fuzz");

  @Override
  public Integer call() throws Exception {
    int failures = new Soak(folder, System.out::println).run(hours);
    System.out.println("soak: " + failures + " failed");
    return failures == 0 ? 0 : Main.FAILURE;
  }
}
