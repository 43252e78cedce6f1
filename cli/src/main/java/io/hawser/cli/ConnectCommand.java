package io.hawser.cli;

import io.hawser.cli.netcat.Netcat;
import io.hawser.cli.netcat.NetcatOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hawser connect}. */
@Command(
    name = "connect",
    mixinStandardHelpOptions = true,
    description = "Connect and carry standard input and output over it.")
final class ConnectCommand implements Callable<Integer> {
  @Mixin NetcatOptions options = new NetcatOptions();

  @Parameters(index = "0", paramLabel = "HOST", description = "Address or name.")
  String host = "";

  @Parameters(index = "1", paramLabel = "PORT", description = "Port.")
  int port;

  @Override
  public Integer call() throws Exception {
    new Netcat(options, System.err).connect(host, port);
    return 0;
  }
}
