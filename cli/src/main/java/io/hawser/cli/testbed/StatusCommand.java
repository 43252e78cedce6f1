package io.hawser.cli.testbed;

import io.hawser.linux.Leftovers;
import io.hawser.testbed.daemon.TestbedClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code hawser testbed status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Show the testbeds that are up, their hosts and links.")
final class StatusCommand implements Callable<Integer> {
  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      description = "Only this one.")
  String name = "";

  @Option(names = "--json", description = "As JSON, one line a testbed.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    Leftovers.sweep().forEach(left -> System.err.println("removed what was left: " + left));
    TestbedClient.sweep();
    List<String> names = name.isEmpty() ? TestbedClient.running() : List.of(name);
    if (names.isEmpty()) {
      System.out.println("no testbed is up; `hawser testbed up` makes one");
    }
    for (String one : names) {
      try (TestbedClient client = TestbedClient.connect(one)) {
        var state = client.status();
        if (json) {
          System.out.println(JsonMapper.shared().writeValueAsString(state));
        } else {
          System.out.println(
              "testbed "
                  + state.name()
                  + ": "
                  + state.title()
                  + ", seed "
                  + state.seed()
                  + ", process "
                  + state.pid());
          System.out.print(StateText.of(state));
        }
      }
    }
    return 0;
  }
}
