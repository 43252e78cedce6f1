package io.hawser.testbed.daemon;

import io.hawser.linux.Leftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where running testbeds are found: sockets and logs, one of each by name. */
final class StateFolder {
  /** Overrides the place. */
  static final String VARIABLE = "HAWSER_STATE";

  private static final String SOCKET = ".testbed";
  private static final long LONGEST_QUIET_LOG_BYTES = 16;

  private StateFolder() {}

  static Path folder() throws IOException {
    String chosen = System.getenv(VARIABLE);
    if (chosen == null || chosen.isEmpty()) {
      return Leftovers.directory();
    }
    Path folder = Path.of(chosen).toAbsolutePath();
    Files.createDirectories(folder);
    return folder;
  }

  static Path socket(String name) throws IOException {
    return folder().resolve(name + SOCKET);
  }

  static Path log(String name) throws IOException {
    return folder().resolve(name + ".log");
  }

  /** Reports of runs that were started from a testbed's page; people keep them. */
  static Path runs(String name) throws IOException {
    return folder().resolve(name + "-runs");
  }

  /** The log of a testbed that ended as it should says nothing that anybody wants to know. */
  static void forgetLog(String name) throws IOException {
    Path log = log(name);
    if (Files.exists(log) && Files.size(log) <= LONGEST_QUIET_LOG_BYTES && isQuiet(log)) {
      Files.delete(log);
    }
  }

  private static boolean isQuiet(Path log) throws IOException {
    return Files.readString(log).isBlank();
  }

  /** Takes away the sockets of processes that were killed, and their logs if they are empty. */
  static void sweep() throws IOException {
    for (String name : names()) {
      if (!TestbedClient.isAnswered(name)) {
        Files.deleteIfExists(socket(name));
        forgetLog(name);
      }
    }
  }

  /** Names of testbeds that have a socket, whether or not somebody listens. */
  static List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder())) {
      return all.map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(SOCKET))
          .map(file -> file.substring(0, file.length() - SOCKET.length()))
          .sorted()
          .toList();
    }
  }
}
