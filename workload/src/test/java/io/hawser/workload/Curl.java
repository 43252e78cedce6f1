package io.hawser.workload;

import io.hawser.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The real curl. */
final class Curl {
  private Curl() {}

  /** Runs it, quiet, and gives its output. */
  static String run(@Nullable NetworkNamespace namespace, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of("curl", "-q", "-sS", "--noproxy", "*", "--max-time", "20"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Process curl = namespace == null ? builder.start() : namespace.start(builder);
    try {
      String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = curl.waitFor();
      if (status != 0) {
        throw new IOException(Needed.words(command) + ": status " + status + ": " + output);
      }
      return output;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      curl.destroyForcibly();
    }
  }
}
