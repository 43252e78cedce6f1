package io.hawser.cli.testbed;

import io.hawser.testbed.TestbedException;
import io.hawser.testbed.daemon.TestbedClient;
import io.hawser.testbed.daemon.TestbedDaemon;
import io.hawser.testbed.daemon.TestbedState;
import io.hawser.testbed.yaml.TopologyReader;
import io.hawser.wire.DeviceException;
import java.io.IOException;
import picocli.CommandLine;

/**
 * What {@code up}, {@code status} and {@code down} do, once and in one process: the build runs it
 * so that the JVM can keep the classes that all of that takes.
 */
public final class Rehearsal {
  private static final String NAME = "rehearsal" + ProcessHandle.current().pid();

  private Rehearsal() {}

  /** Says why it learnt less where a testbed cannot be made; that is no failure. */
  public static void main(String[] words) throws Exception {
    for (Class<?> command : TestbedCommand.COMMANDS) {
      var _ = new CommandLine(command).getUsageMessage();
    }
    try {
      testbed();
    } catch (TestbedException | DeviceException e) {
      System.out.println("no testbed here: " + e.getMessage());
    }
  }

  private static void testbed() throws IOException, InterruptedException {
    try (TestbedDaemon daemon = TestbedDaemon.start(NAME, TopologyReader.find("wifi-lte"))) {
      Thread owner = Thread.ofPlatform().start(() -> serve(daemon));
      for (String name : TestbedClient.running()) {
        if (name.equals(NAME)) {
          try (TestbedClient client = TestbedClient.connect(name)) {
            TestbedState state = client.status();
            System.out.print(StateText.of(state));
            System.out.print(StateText.of(client.change("wifi", "loss=1%")));
            System.out.print(client.mptcp("on"));
            System.out.println(client.down());
          }
        }
      }
      owner.join();
    }
  }

  private static void serve(TestbedDaemon daemon) {
    try {
      daemon.serve();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
