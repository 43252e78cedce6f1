package io.hawser.workload;

import io.hawser.linux.KernelSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** What a test finds on this machine or is skipped for, aloud; never with HAWSER_REQUIRE_ALL=1. */
final class Needed {
  private Needed() {}

  private static void orSkip(String missing) {
    if (missing.isEmpty()) {
      return;
    }
    if ("1".equals(System.getenv("HAWSER_REQUIRE_ALL"))) {
      throw new AssertionError("HAWSER_REQUIRE_ALL=1, but: " + missing);
    }
    System.err.println("SKIPPED: " + missing);
    Assumptions.abort(missing);
  }

  static void curl() {
    orSkip(Curl.isThere() ? "" : "curl is not installed (Debian: apt-get install curl)");
  }

  static void kernelMptcp() {
    try {
      KernelSocket.open(false, true).close();
    } catch (DeviceException | IOException e) {
      orSkip("the kernel has no MPTCP: " + e.getMessage());
    }
  }

  static void namespaces() {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous();
        TunDevice device =
            namespace.run(() -> TunDevice.open("hwprobe0", TunOptions.create().plain()))) {
      orSkip(device.name().equals("hwprobe0") ? "" : "the TUN device has another name");
    } catch (DeviceException e) {
      orSkip(String.valueOf(e.getMessage()));
    }
  }

  /** A kernel engine in this program's own namespace. */
  static SocketEngine kernelEngine(boolean mptcp) throws IOException {
    if (mptcp) {
      kernelMptcp();
    }
    return new KernelEngine(null, mptcp, "");
  }

  /** The command's words, for a message. */
  static String words(List<String> command) {
    return String.join(" ", command);
  }
}
