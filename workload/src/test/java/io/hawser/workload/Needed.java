package io.hawser.workload;

import io.hawser.linux.Requirement;
import java.io.IOException;
import java.util.List;

/** What tests here find on this machine; {@link Requirement} decides where it is missing. */
final class Needed {
  private Needed() {}

  static void curl() {
    Requirement.program("curl", "curl");
  }

  /** A kernel engine in this program's own namespace. */
  static SocketEngine kernelEngine(boolean mptcp) throws IOException {
    if (mptcp) {
      Requirement.kernelMptcp();
    }
    return new KernelEngine(null, mptcp, "");
  }

  /** The command's words, for a message. */
  static String words(List<String> command) {
    return String.join(" ", command);
  }
}
