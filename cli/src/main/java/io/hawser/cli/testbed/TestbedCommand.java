package io.hawser.cli.testbed;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code hawser testbed}. */
@Command(
    name = "testbed",
    mixinStandardHelpOptions = true,
    description = "Two hosts and several links between them, on this machine.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      GraphCommand.class,
      LinkCommand.class,
      MptcpCommand.class,
      ExecCommand.class,
      RunCommand.class,
      CompareCommand.class,
      DaemonCommand.class
    })
public final class TestbedCommand implements Runnable {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
