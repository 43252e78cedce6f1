package io.hawser.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel's objects take: sockets, buffers, files. */
final class Slab {
  private static final Path INFO = Path.of("/proc/slabinfo");
  private static final int HEAD_LINES = 2;

  private Slab() {}

  /**
   * Bytes of all objects in use.
   *
   * @throws IOException if the kernel does not say; it takes root
   */
  static long bytes() throws IOException {
    long sum = 0;
    List<String> lines = Files.readAllLines(INFO);
    for (String line : lines.subList(HEAD_LINES, lines.size())) {
      String[] words = line.split("\\s+");
      sum += Long.parseLong(words[1]) * Long.parseLong(words[3]);
    }
    return sum;
  }
}
