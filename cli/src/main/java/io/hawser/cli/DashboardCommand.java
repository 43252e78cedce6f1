package io.hawser.cli;

import io.hawser.dashboard.Controls;
import io.hawser.dashboard.DashboardServer;
import io.hawser.dashboard.EventHub;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.testbed.daemon.TestbedControls;
import io.hawser.testbed.play.SimulationControls;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code hawser dashboard}. */
@Command(
    name = "dashboard",
    mixinStandardHelpOptions = true,
    description =
        "Serve a page that shows a running testbed, or a simulation, live, with its controls.",
    footer = {
      "",
      "Examples:",
      "  hawser testbed up wifi-lte && hawser dashboard",
      "  hawser dashboard --name lab --port 0",
      "  hawser dashboard --sim link-cut",
      "  hawser dashboard --sim handover-walk --speed 4 --loop"
    })
final class DashboardCommand implements Callable<Integer> {
  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      defaultValue = "lab",
      description = "The testbed's name (${DEFAULT-VALUE}).")
  String name = "lab";

  @Option(
      names = "--sim",
      paramLabel = "SCENARIO",
      description = "Play this scenario in virtual time instead: a YAML file or a built-in one.")
  @Nullable String scenario;

  @Option(
      names = {"-s", "--stack"},
      paramLabel = "STACK",
      description = "With --sim: hawser or hawser-tcp.")
  @Nullable String stack;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "1",
      description = "With --sim: virtual seconds in a real one (${DEFAULT-VALUE}).")
  double speed;

  @Option(
      names = "--loop",
      description = "With --sim: again and again, each time with the next seed; no reports.")
  boolean loop;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FOLDER",
      defaultValue = "hawser-runs",
      description = "With --sim: where the runs' folders go (${DEFAULT-VALUE}).")
  Path out = Path.of("hawser-runs");

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

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    EventHub hub = new EventHub();
    String wanted = scenario;
    if (wanted == null) {
      if (stack != null || loop || speed != 1) {
        throw new ParameterException(
            spec.commandLine(), "--stack, --speed and --loop are for --sim SCENARIO");
      }
      try (TestbedControls controls = TestbedControls.of(name)) {
        controls.feed(hub);
        serve(hub, controls);
      }
    } else {
      try (SimulationControls controls = simulation(wanted, hub)) {
        serve(hub, controls);
      }
    }
    return 0;
  }

  private SimulationControls simulation(String wanted, EventHub hub) throws IOException {
    Scenario found = ScenarioReader.find(wanted);
    try {
      return SimulationControls.play(
          found,
          stack == null ? null : StackChoice.of(stack),
          new SimulationControls.Playback(speed, loop, out),
          hub);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void serve(EventHub hub, Controls controls) throws IOException, InterruptedException {
    try (DashboardServer server = DashboardServer.start(host, port, hub, controls)) {
      if (server.isOpenToOthers()) {
        System.err.println(
            "hawser: warning: everybody who reaches "
                + host
                + " can watch this "
                + (scenario == null ? "testbed" : "simulation")
                + " and change it");
      }
      System.out.println("The dashboard is at " + server.address() + " (Ctrl-C ends it)");
      if (open) {
        new ProcessBuilder("xdg-open", server.address().toString()).start();
      }
      new CountDownLatch(1).await();
    }
  }
}
