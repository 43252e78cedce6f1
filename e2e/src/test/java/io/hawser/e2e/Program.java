package io.hawser.e2e;

import io.hawser.testbed.OwnJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code hawser} as a process of its own, as a user starts it. */
final class Program implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://\\S+");
  private static final long LIMIT_SECONDS = 40;

  private final Process process;
  private final Path errors;

  private Program(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /** Starts it; testbeds and what has to be undone are noted in the folder. */
  static Program start(Path folder, String... words) throws IOException {
    List<String> command = new ArrayList<>(OwnJvm.hawser(words));
    command.add(1, "-XX:TieredStopAtLevel=1");
    command.add(1, "-XX:+UseSerialGC");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().put("HAWSER_STATE", folder.toString());
    return new Program(builder.start(), errors);
  }

  /** Runs to its end; what it printed. */
  static String run(Path folder, String... words) throws IOException, InterruptedException {
    try (Program program = start(folder, words)) {
      String told =
          new String(program.process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!program.process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)
          || program.process.exitValue() != 0) {
        throw new IOException(
            String.join(" ", words) + " failed: " + told + Files.readString(program.errors));
      }
      return told;
    }
  }

  /** The address of the page that it serves. */
  String address() throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher found = ADDRESS.matcher(line);
      if (found.find()) {
        return found.group();
      }
    }
    throw new IOException("no page: " + Files.readString(errors));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
