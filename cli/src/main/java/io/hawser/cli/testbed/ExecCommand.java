package io.hawser.cli.testbed;

import io.hawser.testbed.daemon.NodePrograms;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hawser testbed exec}. */
@Command(
    name = "exec",
    mixinStandardHelpOptions = true,
    description = "Run any program in a host: `exec client -- curl http://10.77.0.2/`.")
final class ExecCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "NODE", description = "client, server or a router.")
  String node = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "PROGRAM",
      description = "The program and its arguments, after --.")
  List<String> program = List.of();

  @Option(
      names = "--mptcp",
      description =
          "Its TCP sockets become MPTCP ones (by mptcpize, from the package of that name).")
  boolean mptcp;

  @Mixin NameOption name = new NameOption();

  @Override
  public Integer call() throws Exception {
    return NodePrograms.run(name.name, node, program, mptcp);
  }
}
