package io.hawser.testbed.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The text of a built-in description or of a file. */
record Source(String name, String text) {
  private static final int MOST_BYTES = 1 << 20;

  /** Built-in names win; what has a slash or ends in .yaml is a file. */
  static Source find(String kind, String nameOrFile) throws IOException {
    List<String> known = builtIn(kind);
    if (known.contains(nameOrFile)) {
      return new Source(nameOrFile + ".yaml", resource(kind + "/" + nameOrFile + ".yaml"));
    }
    boolean isFile =
        nameOrFile.contains("/") || nameOrFile.endsWith(".yaml") || nameOrFile.endsWith(".yml");
    Path file = Path.of(nameOrFile);
    if (!isFile && !Files.isRegularFile(file)) {
      throw new FormatException(
          nameOrFile,
          0,
          0,
          "no such built-in and no such file"
              + Words.nearest(nameOrFile, known)
              + "; built in are "
              + String.join(", ", known));
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new FormatException(nameOrFile, 0, 0, "larger than 1 MiB, so no description");
      }
      return new Source(nameOrFile, Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new FormatException(nameOrFile, 0, 0, "there is no such file");
    }
  }

  /** The names that the index of this kind lists. */
  static List<String> builtIn(String kind) {
    try {
      return resource(kind + "/index").lines().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new IllegalStateException("the jar lacks its " + kind, e);
    }
  }

  private static String resource(String path) throws IOException {
    try (InputStream in = Source.class.getResourceAsStream("/io/hawser/testbed/" + path)) {
      if (in == null) {
        throw new IOException("the jar lacks " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** {@code lab} of {@code some/lab.yaml}. */
  static String stem(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
