package io.hawser.cli.testbed;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code hawser testbed}. */
@Command(
    name = "testbed",
    mixinStandardHelpOptions = true,
    description = "Two hosts and several links between them, on this machine.",
    synopsisSubcommandLabel = "COMMAND")
public final class TestbedCommand implements Runnable {
  /** The commands below it, in the order of the help. */
  public static final List<Class<?>> COMMANDS =
      List.of(
          UpCommand.class,
          DownCommand.class,
          StatusCommand.class,
          GraphCommand.class,
          LinkCommand.class,
          MptcpCommand.class,
          ExecCommand.class,
          RunCommand.class,
          CompareCommand.class);

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
