package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine. Where it is missing the test is skipped with a line on stderr;
 * with {@code HAWSER_REQUIRE_ALL=1} it fails. The one place of that rule, for the tests of all
 * modules.
 */
public final class Requirement {
  private static final String ALL = "HAWSER_REQUIRE_ALL";

  private static @Nullable String namespaces;

  private Requirement() {}

  /**
   * Skips a test that cannot run here.
   *
   * @param missing what is not there and how to get it; empty: nothing
   */
  public static void orSkip(String missing) {
    orSkip("a test", missing);
  }

  static void orSkip(String who, String missing) {
    orSkip(who, missing, "1".equals(System.getenv(ALL)));
  }

  static void orSkip(String who, String missing, boolean isAllRequired) {
    if (missing.isEmpty()) {
      return;
    }
    if (isAllRequired) {
      throw new AssertionError(ALL + "=1, but: " + missing);
    }
    System.err.println("SKIPPED " + who + ": " + missing);
    Assumptions.abort(missing);
  }

  /** A program, from the Debian package of that name. */
  public static void program(String name, String aptPackage) {
    try {
      Command.locate(name);
    } catch (DeviceException e) {
      orSkip(name + " is not installed (Debian: apt-get install " + aptPackage + ")");
    }
  }

  /** The kernel's MPTCP. */
  public static void kernelMptcp() {
    try {
      KernelSocket.open(false, true).close();
    } catch (DeviceException | IOException e) {
      orSkip("the kernel has no MPTCP: " + e.getMessage());
    }
  }

  /** Network namespaces with TUN devices: as root, or under {@code unshare -Urn}. */
  public static void namespaces() {
    orSkip(missingNamespaces());
  }

  // Not in a static initializer: the trial runs code of this class on another thread.
  static synchronized String missingNamespaces() {
    String answer = namespaces;
    if (answer == null) {
      answer = tryNamespaces();
      namespaces = answer;
    }
    return answer;
  }

  private static String tryNamespaces() {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous();
        TunDevice device =
            namespace.run(() -> TunDevice.open("hwprobe0", TunOptions.create().plain()))) {
      return device.name().equals("hwprobe0") ? "" : "the TUN device has another name";
    } catch (DeviceException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
