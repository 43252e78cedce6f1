package io.hawser.testbed;

import io.hawser.testbed.yaml.TopologyReader;
import java.util.Map;

/** A process with a testbed that changes all the time, until it is killed. */
final class KilledTestbed {
  private KilledTestbed() {}

  /** So long sleeps the program in the client's host. */
  static String seconds(String name) {
    return "6" + name.replaceAll("[^0-9]", "");
  }

  public static void main(String[] arguments) throws Exception {
    System.out.println("begin");
    try (Testbed testbed = Testbed.up(arguments[0], TopologyReader.find("wifi-lte"))) {
      testbed.client().start(new ProcessBuilder("sleep", seconds(arguments[0])), Map.of());
      while (true) {
        for (String change : new String[] {"down", "up", "remove", "add", "address"}) {
          testbed.change("wifi", change);
        }
        testbed.mptcp(true);
      }
    }
  }
}
