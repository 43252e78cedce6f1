package io.hawser.testbed.daemon;

import io.hawser.testbed.TestbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How a process here gets to make network namespaces. */
final class Rights {
  private static final Path TUN = Path.of("/dev/net/tun");
  private static final List<String> OWN_USER_NAMESPACE = List.of("unshare", "-Urnm");
  private static final long LIMIT_SECONDS = 10;
  private static final String ELSE =
      "; `./hawser sim run SCENARIO` runs the same scenarios without any rights";

  private Rights() {}

  /**
   * Words to put before a command: none for root, {@code unshare} for others.
   *
   * @throws TestbedException if this user may not do it at all
   */
  static List<String> prefix() throws TestbedException {
    if (!Files.exists(TUN)) {
      throw new TestbedException(
          "there is no "
              + TUN
              + " here (in a container: start it with `--device "
              + TUN
              + "`; else `modprobe tun`)"
              + ELSE);
    }
    if (!Files.isReadable(TUN) || !Files.isWritable(TUN)) {
      throw new TestbedException(
          "this user may not open " + TUN + " (`chmod 666 " + TUN + "` as root)" + ELSE);
    }
    if (works(List.of("unshare", "-n"))) {
      return List.of();
    }
    if (works(OWN_USER_NAMESPACE)) {
      return OWN_USER_NAMESPACE;
    }
    throw new TestbedException(
        "this user may make no network namespaces, nor user namespaces in which it could: run as"
            + " root, or allow `unshare -Urn` (sysctl kernel.unprivileged_userns_clone or"
            + " kernel.apparmor_restrict_unprivileged_userns; in a container: --privileged)"
            + ELSE);
  }

  private static boolean works(List<String> prefix) throws TestbedException {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      throw new TestbedException("cannot run `unshare`; install the package util-linux" + ELSE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedException("interrupted", e);
    }
  }
}
