package io.hawser.cli;

import io.hawser.cli.netcat.Netcat;
import io.hawser.cli.netcat.NetcatOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hawser listen}. */
@Command(
    name = "listen",
    mixinStandardHelpOptions = true,
    description = "Wait for one connection and carry standard input and output over it.")
final class ListenCommand implements Callable<Integer> {
  @Mixin NetcatOptions options = new NetcatOptions();

  @Parameters(paramLabel = "PORT", description = "Port to listen on; 0: any.")
  int port;

  @Override
  public Integer call() throws Exception {
    new Netcat(options, System.err).listen(port);
    return 0;
  }
}
