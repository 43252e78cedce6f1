package io.hawser.cli;

import io.hawser.dashboard.DashboardServer;
import io.hawser.dashboard.EventHub;
import io.hawser.testbed.daemon.TestbedControls;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hawser dashboard}. */
@Command(
    name = "dashboard",
    mixinStandardHelpOptions = true,
    description = "Serve a page that shows a running testbed live, with its controls.",
    footer = {
      "",
      "Examples:",
      "  hawser testbed up wifi-lte && hawser dashboard",
      "  hawser dashboard --name lab --port 0"
    })
final class DashboardCommand implements Callable<Integer> {
  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      defaultValue = "lab",
      description = "The testbed's name (${DEFAULT-VALUE}).")
  String name = "lab";

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "The port (${DEFAULT-VALUE}); 0: any free one.")
  int port;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "The address to listen on (${DEFAULT-VALUE}).")
  String host = "127.0.0.1";

  @Option(names = "--open", description = "Open the page in the desktop's browser.")
  boolean open;

  @Override
  public Integer call() throws Exception {
    EventHub hub = new EventHub();
    try (TestbedControls controls = TestbedControls.of(name);
        DashboardServer server = DashboardServer.start(host, port, hub, controls)) {
      controls.feed(hub);
      if (server.isOpenToOthers()) {
        System.err.println(
            "hawser: warning: everybody who reaches "
                + host
                + " can watch and change this testbed");
      }
      System.out.println("The dashboard is at " + server.address() + " (Ctrl-C ends it)");
      if (open) {
        new ProcessBuilder("xdg-open", server.address().toString()).start();
      }
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
