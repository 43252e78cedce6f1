package io.hawser.cli.testbed;

import io.hawser.testbed.daemon.TestbedClient;
import io.hawser.testbed.daemon.TestbedState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hawser testbed link}. */
@Command(
    name = "link",
    mixinStandardHelpOptions = true,
    description = "Change a link while everything runs.",
    footer = {
      "",
      "Examples:",
      "  hawser testbed link wifi down",
      "  hawser testbed link wifi set rate=20mbit delay=30ms loss=0.5%%",
      "  hawser testbed link lte set forth: rate=5mbit"
    })
final class LinkCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "LINK", description = "The link's name.")
  String link = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "CHANGE",
      description =
          "down, up, remove, add, blackhole, restore, rebind, address, or 'set' and settings; 'forth:' or 'back:'"
              + " before them means one direction.")
  List<String> words = List.of();

  @Mixin NameOption name = new NameOption();

  @Override
  public Integer call() throws Exception {
    List<String> change = new ArrayList<>(words);
    if (change.getFirst().equals("set")) {
      change.removeFirst();
    }
    try (TestbedClient client = TestbedClient.connect(name.name)) {
      TestbedState state = client.change(link, String.join(" ", change));
      System.out.print(StateText.of(state));
    }
    return 0;
  }
}
