package io.hawser.testbed;

import io.hawser.linux.Ip;
import io.hawser.linux.Leftover;
import io.hawser.linux.Leftovers;
import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** What the kernels of all hosts are set to. */
final class HostDefaults {
  private static final String ALLOWED = "net/ipv4/tcp_allowed_congestion_control";
  private static final String CONGESTION = "cubic";
  private static final int ATTEMPTS = 5;

  private HostDefaults() {}

  /**
   * Cubic everywhere. Other namespaces may only choose what the first one allows: it does so for
   * the moment in which we choose. In a user namespace nobody may change that; the kernel's default
   * stays.
   */
  static synchronized void set(Collection<Host> hosts) {
    for (int n = 0; n < ATTEMPTS; n++) {
      try {
        tryToSet(hosts);
        return;
      } catch (DeviceException e) {
        // Another testbed has just taken the permission back; or we have no right to give it.
        if (!isFirstUserNamespace()) {
          return;
        }
      }
    }
  }

  private static void tryToSet(Collection<Host> hosts) {
    Ip first = Ip.here();
    String allowed = first.sysctl(ALLOWED);
    boolean isAllowed = List.of(allowed.split("\\s+")).contains(CONGESTION);
    Leftover change = new Leftover.Sysctl(ALLOWED, allowed);
    Leftovers leftovers = Leftovers.ofThisProcess();
    if (!isAllowed && isFirstUserNamespace()) {
      leftovers.make(change, () -> first.sysctl(ALLOWED, allowed + " " + CONGESTION));
    }
    try {
      for (Host host : hosts) {
        host.ip().sysctl("net/ipv4/tcp_congestion_control", CONGESTION);
      }
    } finally {
      if (leftovers.present().contains(change)) {
        leftovers.undo(change);
      }
    }
  }

  /** Whether this process is root as the machine knows it, not in a user namespace of somebody. */
  static boolean isFirstUserNamespace() {
    try {
      String[] words = Files.readString(Path.of("/proc/self/uid_map")).strip().split("\\s+");
      return words.length == 3 && words[0].equals("0") && words[2].equals("4294967295");
    } catch (IOException e) {
      return true;
    }
  }
}
