package io.hawser.cli.testbed;

import picocli.CommandLine.Option;

/** Which testbed is meant. */
final class NameOption {
  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      defaultValue = "lab",
      description = "The testbed's name (${DEFAULT-VALUE}).")
  String name = "lab";
}
