package io.hawser.cli.testbed;

import io.hawser.testbed.daemon.TestbedClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hawser testbed mptcp}. */
@Command(
    name = "mptcp",
    mixinStandardHelpOptions = true,
    description = "Switch the kernel's MPTCP in both hosts, with endpoints and limits.")
final class MptcpCommand implements Callable<Integer> {
  /** What can be asked for. */
  enum What {
    on,
    off,
    show
  }

  @Parameters(arity = "0..1", defaultValue = "show", description = "${COMPLETION-CANDIDATES}")
  What what = What.show;

  @Mixin NameOption name = new NameOption();

  @Override
  public Integer call() throws Exception {
    try (TestbedClient client = TestbedClient.connect(name.name)) {
      System.out.print(client.mptcp(what.name()));
    }
    return 0;
  }
}
