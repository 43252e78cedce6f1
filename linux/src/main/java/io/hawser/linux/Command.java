package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs set-up commands; the child is in the calling thread's network namespace. */
final class Command {
  private static final long LIMIT_SECONDS = 30;
  private static final List<String> SYSTEM_DIRECTORIES =
      List.of("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin");
  private static final Map<String, String> PACKAGES =
      Map.of("ip", "iproute2", "tc", "iproute2", "nft", "nftables", "ping", "iputils-ping");

  private Command() {}

  /** Runs to the end; what the command printed. */
  static String run(String... command) {
    return run("", Arrays.asList(command));
  }

  /**
   * Runs to the end with this input.
   *
   * @throws DeviceException with the command and its error text if it is missing, fails or hangs
   */
  static String run(String input, List<String> command) {
    String line = String.join(" ", command);
    List<String> resolved = new ArrayList<>(command);
    resolved.set(0, locate(command.getFirst()));
    try {
      Process process = new ProcessBuilder(resolved).start();
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

  private static String remedy(String text) {
    return text.contains("not permitted") || text.contains("ermission denied")
        ? " - use sudo, or start the program under `unshare -Urn`"
        : "";
  }

  private static void feed(Process process, String input) throws IOException {
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The command ended without reading all; its exit value tells more than a broken pipe.
      if (process.isAlive()) {
        throw e;
      }
    }
  }

  private static CompletableFuture<String> collect(Process process, boolean errors) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
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
