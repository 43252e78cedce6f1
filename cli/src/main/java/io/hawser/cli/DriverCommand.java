package io.hawser.cli;

import io.hawser.cli.driver.DriverServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hawser driver}. */
@Command(
    name = "driver",
    mixinStandardHelpOptions = true,
    description = "Drive a stack by requests on a Unix socket: for test suites.")
final class DriverCommand implements Callable<Integer> {
  @Option(
      names = "--tun",
      required = true,
      paramLabel = "NAME",
      description = "Existing TUN device that nobody else holds.")
  String tun = "";

  @Option(
      names = "--addr",
      paramLabel = "ADDR/PREFIX",
      description = "An address of the stack; repeatable.")
  List<String> addresses = new ArrayList<>();

  @Option(
      names = "--sock",
      required = true,
      paramLabel = "PATH",
      description = "Unix socket to make once the stack is ready.")
  Path socket = Path.of("");

  @Option(
      names = "--mtu",
      defaultValue = "0",
      paramLabel = "N",
      description = "Largest IP packet; 0: the device's.")
  int mtu;

  @Override
  public Integer call() throws Exception {
    try (DriverServer server =
        new DriverServer(tun, addresses, socket, mtu, Main.Version.number())) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "hawser-driver-end"));
      server.run();
    }
    return 0;
  }

  /** On SIGTERM or at the end: a driver that was asked to stop has not failed. */
  private static void end(DriverServer server) {
    server.close();
    Runtime.getRuntime().halt(0);
  }
}
