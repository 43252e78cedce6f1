package io.hawser.cli.testbed;

import io.hawser.linux.Leftovers;
import io.hawser.sim.scenario.Topology;
import io.hawser.testbed.daemon.TestbedClient;
import io.hawser.testbed.daemon.TestbedLauncher;
import io.hawser.testbed.daemon.TestbedState;
import io.hawser.testbed.yaml.TopologyReader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hawser testbed up}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Make two hosts and links between them; they stay until `down`.")
final class UpCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "TOPOLOGY",
      defaultValue = "wifi-lte",
      description =
          "A YAML file, or wifi-lte (the default), cable-wifi, wifi-wibro, dual-5g, starlink-lte,"
              + " three-paths, shared-bottleneck.")
  String topology = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What Hawser's links draw follows from it; another one each time if not given.")
  @Nullable Long seed;

  @Mixin NameOption name = new NameOption();

  @Override
  public Integer call() throws Exception {
    Leftovers.sweep().forEach(left -> System.err.println("removed what was left: " + left));
    TestbedClient.sweep();
    Topology found = TopologyReader.find(topology);
    TestbedState state = TestbedLauncher.launch(name.name, topology, seed);
    System.out.println(
        "testbed " + state.name() + " is up: " + found.title() + ", seed " + state.seed());
    System.out.print(StateText.of(state));
    String option = name.name.equals("lab") ? "" : " --name " + name.name;
    String first = state.links().getFirst().name();
    System.out.println("Try:");
    System.out.println("  ./hawser testbed mptcp on" + option);
    System.out.println(
        "  ./hawser testbed exec" + option + " client -- ping -c3 " + StateText.service(state));
    System.out.println("  ./hawser testbed link" + option + " " + first + " set loss=2%");
    return 0;
  }
}
