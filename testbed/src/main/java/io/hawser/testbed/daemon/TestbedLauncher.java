package io.hawser.testbed.daemon;

import io.hawser.testbed.OwnJvm;
import io.hawser.testbed.TestbedException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts the process that owns a testbed, with this program's own JVM and options. */
public final class TestbedLauncher {
  private static final long LIMIT_NS = 30_000_000_000L;
  private static final long POLL_MS = 20;

  private TestbedLauncher() {}

  /**
   * Starts it and waits until the testbed is up.
   *
   * @param topology a built-in name or a file
   * @throws IOException with what the process said, if it ended
   */
  public static TestbedState launch(String name, String topology) throws IOException {
    if (TestbedClient.isAnswered(name)) {
      throw new TestbedException(
          "a testbed named "
              + name
              + " is up already; `hawser testbed down --name "
              + name
              + "` ends it, another --name makes a second one");
    }
    Path log = StateFolder.log(name);
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(Rights.prefix());
    command.addAll(OwnJvm.hawser("testbed", "daemon", name, absolute(topology)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log.toFile())
            .redirectErrorStream(true);
    // In a user namespace of its own it is another user, with another folder.
    builder.environment().put(StateFolder.VARIABLE, StateFolder.folder().toString());
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted(process, name)));
    long limitNs = System.nanoTime() + LIMIT_NS;
    try {
      while (System.nanoTime() - limitNs < 0) {
        if (TestbedClient.isAnswered(name)) {
          try (TestbedClient client = TestbedClient.connect(name)) {
            launched = true;
            return client.status();
          }
        }
        if (process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
          launched = true;
          throw new TestbedException(Files.readString(log).strip().replaceFirst("^hawser: ", ""));
        }
      }
      throw new TestbedException("the testbed is not up after 30 s; see " + log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedException("interrupted", e);
    }
  }

  private static volatile boolean launched;

  /** Ctrl-C before the testbed was up: it is not wanted. */
  private static void interrupted(Process process, String name) {
    if (!launched && process.isAlive()) {
      process.destroy();
      System.err.println("hawser: interrupted; testbed " + name + " is taken down");
    }
  }

  private static String absolute(String topology) {
    Path file = Path.of(topology);
    return Files.isRegularFile(file) ? file.toAbsolutePath().toString() : topology;
  }
}
