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
import org.jspecify.annotations.Nullable;

/** Starts the process that owns a testbed, with this program's own JVM and options. */
public final class TestbedLauncher {
  private static final long LIMIT_NS = 30_000_000_000L;
  private static final long POLL_MS = 5;
  private static final long END_LIMIT_SECONDS = 10;

  private TestbedLauncher() {}

  /**
   * Starts it and waits until the testbed is up.
   *
   * @param topology a built-in name or a file
   * @param seed null: any
   * @throws IOException with what the process said, if it ended
   */
  public static TestbedState launch(String name, String topology, @Nullable Long seed)
      throws IOException {
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
    command.addAll(OwnJvm.main(TestbedProcess.class.getName(), name, absolute(topology)));
    if (seed != null) {
      command.add(seed.toString());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log.toFile())
            .redirectErrorStream(true);
    // In a user namespace of its own it is another user, with another folder.
    builder.environment().put(StateFolder.VARIABLE, StateFolder.folder().toString());
    Child child = new Child(name);
    Thread hook = Thread.ofPlatform().name("testbed-interrupted").unstarted(child::interrupted);
    Runtime.getRuntime().addShutdownHook(hook);
    return awaited(name, child.start(builder), child, log);
  }

  private static TestbedState awaited(String name, Process process, Child child, Path log)
      throws IOException {
    long limitNs = System.nanoTime() + LIMIT_NS;
    try {
      while (System.nanoTime() - limitNs < 0) {
        if (TestbedClient.isAnswered(name)) {
          try (TestbedClient client = TestbedClient.connect(name)) {
            TestbedState state = client.status();
            child.isWanted();
            return state;
          }
        }
        if (process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
          String said = Files.readString(log).strip().replaceFirst("^hawser: ", "");
          Files.delete(log);
          throw new TestbedException(
              said.isEmpty() ? "the testbed's process ended, status " + process.exitValue() : said);
        }
      }
      throw new TestbedException("the testbed is not up after 30 s; see " + log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedException("interrupted", e);
    }
  }

  /** The process while nobody has seen the testbed yet: Ctrl-C means that it is not wanted. */
  private static final class Child {
    private final String name;
    private @Nullable Process process;
    private boolean interrupted;
    private boolean wanted;

    Child(String name) {
      this.name = name;
    }

    synchronized Process start(ProcessBuilder builder) throws IOException {
      if (interrupted) {
        throw new TestbedException("interrupted");
      }
      Process started = builder.start();
      process = started;
      return started;
    }

    synchronized void isWanted() throws TestbedException {
      if (interrupted) {
        throw new TestbedException("interrupted");
      }
      wanted = true;
    }

    private synchronized @Nullable Process unwanted() {
      interrupted = true;
      return wanted ? null : process;
    }

    /** At the JVM's end. */
    void interrupted() {
      Process going = unwanted();
      if (going == null) {
        return;
      }
      boolean was = going.isAlive();
      going.destroy();
      try {
        if (!going.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
          going.destroyForcibly().waitFor();
        }
        Files.deleteIfExists(StateFolder.log(name));
        if (!TestbedClient.isAnswered(name)) {
          Files.deleteIfExists(StateFolder.socket(name));
        }
      } catch (IOException e) {
        System.err.println("hawser: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (was) {
        System.err.println("hawser: interrupted; testbed " + name + " is taken down");
      }
    }
  }

  private static String absolute(String topology) {
    Path file = Path.of(topology);
    return Files.isRegularFile(file) ? file.toAbsolutePath().toString() : topology;
  }
}
