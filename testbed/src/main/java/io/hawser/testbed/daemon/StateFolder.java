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
