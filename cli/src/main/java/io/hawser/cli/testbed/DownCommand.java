package io.hawser.cli.testbed;

import io.hawser.linux.Leftovers;
import io.hawser.testbed.daemon.TestbedClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hawser testbed down}. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Take a testbed down, and whatever killed programs have left.")
final class DownCommand implements Callable<Integer> {
  @Mixin NameOption name = new NameOption();

  @Option(names = "--all", description = "All testbeds of this user.")
  boolean all;

  @Override
  public Integer call() throws Exception {
    List<String> swept = Leftovers.sweep();
    swept.forEach(left -> System.out.println("removed what was left: " + left));
    TestbedClient.sweep();
    List<String> names = all ? TestbedClient.running() : List.of(name.name);
    for (String one : names) {
      if (!swept.isEmpty() && !TestbedClient.running().contains(one)) {
        continue;
      }
      try (TestbedClient client = TestbedClient.connect(one)) {
        String reports = client.down();
        System.out.println("testbed " + one + " is down");
        if (!reports.isEmpty()) {
          System.out.println("reports of its runs stay in " + reports);
        }
      }
    }
    return 0;
  }
}
