package io.hawser.testbed.daemon;

import io.hawser.testbed.Testbed;
import io.hawser.testbed.yaml.TopologyReader;
import java.io.IOException;

/**
 * The process that owns a testbed: {@code NAME TOPOLOGY [SEED]}. It ends when it is told to over
 * its socket, or by SIGTERM or SIGINT; either way nothing of the testbed stays.
 */
public final class TestbedProcess {
  private TestbedProcess() {}

  /** Ends with status 1 and one line if the testbed cannot be made. */
  public static void main(String[] words) throws InterruptedException {
    try {
      run(words[0], words[1], words.length > 2 ? Long.parseLong(words[2]) : Testbed.anySeed());
    } catch (IOException | RuntimeException e) {
      System.out.println("hawser: " + e.getMessage());
      System.out.flush();
      System.exit(1);
    }
  }

  private static void run(String name, String topology, long seed)
      throws IOException, InterruptedException {
    try (TestbedDaemon daemon = TestbedDaemon.start(name, TopologyReader.find(topology), seed)) {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("testbed-end").unstarted(daemon::close));
      daemon.serve();
    }
  }
}
