package io.hawser.cli.testbed;

import io.hawser.testbed.daemon.TestbedDaemon;
import io.hawser.testbed.yaml.TopologyReader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The process that owns a testbed; started by {@code up}. */
@Command(name = "daemon", hidden = true, description = "Own a testbed until it is taken down.")
final class DaemonCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "NAME")
  String name = "";

  @Parameters(index = "1", paramLabel = "TOPOLOGY")
  String topology = "";

  @Override
  public Integer call() throws Exception {
    try (TestbedDaemon daemon = TestbedDaemon.start(name, TopologyReader.find(topology))) {
      System.out.println("ready");
      daemon.serve();
    }
    return 0;
  }
}
