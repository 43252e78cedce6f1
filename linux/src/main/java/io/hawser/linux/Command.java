package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs set-up commands.
 *
 * <p>They enter a namespace through {@code nsenter}, never through the calling thread: the JDK
 * keeps the thread that waits for a child, and such a thread would keep a namespace alive.
 */
final class Command {
  private static final long LIMIT_SECONDS = 30;
  private static final List<String> SYSTEM_DIRECTORIES =
      List.of("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin");
  private static final Map<String, String> PACKAGES =
      Map.of(
          "ip",
          "iproute2",
          "tc",
          "iproute2",
          "nft",
          "nftables",
          "nsenter",
          "util-linux",
          "ping",
          "iputils-ping");

  private Command() {}

  /** Runs to the end in the program's own namespace; what the command printed. */
  static String run(String... command) {
    return run(NetworkNamespace.ofThisProcess(), Arrays.asList(command));
  }

  /** The command line that does this in a namespace. */
  static List<String> in(NetworkNamespace namespace, List<String> command) {
    List<String> line = new ArrayList<>();
    if (!namespace.isThisProcess()) {
      line.add(locate("nsenter"));
      line.add("--net=" + namespace.path());
      line.add("--");
    }
    line.add(locate(command.getFirst()));
    line.addAll(command.subList(1, command.size()));
    return line;
  }

  /**
   * Runs to the end in a namespace.
   *
   * @throws DeviceException with the command and its error text if it is missing, fails or hangs
   */
  static String run(NetworkNamespace namespace, List<String> command) {
    return run(namespace, command, "");
  }

  /** The same with this text as its input. */
  static String run(NetworkNamespace namespace, List<String> command, String input) {
    if (!NetworkNamespace.currentId().equals(NetworkNamespace.ofThisProcess().id())) {
      return NetworkNamespace.ofThisProcess().run(() -> run(namespace, command, input));
    }
    String line = String.join(" ", command);
    try {
      Process process = start(new ProcessBuilder(in(namespace, command)));
      CompletableFuture<String> errors = collect(process, true);
      CompletableFuture<String> output = collect(process, false);
      feed(process, input);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new DeviceException("`" + line + "` did not end within " + LIMIT_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        String text = errors.join().strip();
        throw new DeviceException(
            "`" + line + "` failed (" + process.exitValue() + "): " + text + remedy(text));
      }
      return output.join();
    } catch (IOException e) {
      throw new DeviceException("cannot run `" + line + "`: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeviceException("interrupted while `" + line + "` ran");
    }
  }

  private static void feed(Process process, String input) throws IOException {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (process.isAlive()) {
        throw e;
      }
      // It ended before it read all: its status and its error text tell why.
    }
  }

  /** Starts a child from a thread in the program's own namespace. */
  static Process start(ProcessBuilder program) throws IOException {
    if (NetworkNamespace.currentId().equals(NetworkNamespace.ofThisProcess().id())) {
      return program.start();
    }
    return NetworkNamespace.ofThisProcess().run(program::start);
  }

  private static String remedy(String text) {
    return text.contains("not permitted") || text.contains("ermission denied")
        ? " - use sudo, or start the program under `unshare -Urn`"
        : "";
  }

  private static CompletableFuture<String> collect(Process process, boolean errors) {
    CompletableFuture<String> text = new CompletableFuture<>();
    // Not a virtual thread: reading a pipe holds its carrier.
    Thread.ofPlatform()
        .daemon()
        .name("hawser-command-output")
        .start(() -> {
          try (var stream = errors ? process.getErrorStream() : process.getInputStream()) {
            text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
          } catch (IOException e) {
            text.complete("");
          }
        });
    return text;
  }

  /** The path of a program; ordinary users' PATH often lacks the sbin directories. */
  static String locate(String program) {
    if (program.indexOf('/') >= 0) {
      return program;
    }
    List<String> directories = new ArrayList<>();
    String path = System.getenv("PATH");
    if (path != null) {
      directories.addAll(Arrays.asList(path.split(":", -1)));
    }
    directories.addAll(SYSTEM_DIRECTORIES);
    for (String directory : directories) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return directory + "/" + program;
      }
    }
    throw new DeviceException(
        "the program `"
            + program
            + "` is not installed; install the package "
            + PACKAGES.getOrDefault(program, program));
  }
}
