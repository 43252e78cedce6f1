package io.hawser.bench;

import io.hawser.linux.Ip;
import io.hawser.linux.Leftover;
import io.hawser.linux.Leftovers;
import io.hawser.wire.DeviceException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lets new namespaces use a congestion control: they may only use what the first one allows. Closed
 * it is as before, where it was changed.
 */
final class Congestion implements AutoCloseable {
  private static final String ALLOWED = "net/ipv4/tcp_allowed_congestion_control";
  private static final String USED = "net/ipv4/tcp_congestion_control";

  private final Leftover.@Nullable Sysctl changed;

  private Congestion(Leftover.@Nullable Sysctl changed) {
    this.changed = changed;
  }

  /**
   * Allows it, where it is not.
   *
   * @throws DeviceException without the right to
   */
  static Congestion allow(String name) {
    Leftovers.sweep();
    Ip ip = Ip.here();
    String before = ip.sysctl(ALLOWED);
    if (Arrays.asList(before.split(" ")).contains(name)) {
      return new Congestion(null);
    }
    Leftover.Sysctl changed = new Leftover.Sysctl(ALLOWED, before);
    Leftovers.ofThisProcess().willMake(changed);
    try {
      ip.sysctl(ALLOWED, before + " " + name);
    } catch (DeviceException e) {
      throw new DeviceException(
          "cannot allow "
              + name
              + " in namespaces; run this as root of the machine: "
              + e.getMessage());
    }
    return new Congestion(changed);
  }

  /** Makes it the default of a namespace. */
  static void use(Ip in, String name) {
    in.sysctl(USED, name);
  }

  @Override
  public void close() {
    if (changed != null) {
      Leftovers.ofThisProcess().undo(changed);
    }
  }
}
