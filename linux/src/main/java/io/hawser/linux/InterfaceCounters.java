package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's counters of an interface since it was made.
 *
 * @param rxBytes received, link-layer headers included where there are any
 * @param txDrops packets that could not be sent
 */
public record InterfaceCounters(
    String name,
    long rxBytes,
    long rxPackets,
    long rxErrors,
    long rxDrops,
    long txBytes,
    long txPackets,
    long txErrors,
    long txDrops) {

  /** All interfaces of a namespace (null: the program's own), in the kernel's order. */
  public static List<InterfaceCounters> read(@Nullable NetworkNamespace namespace) {
    NetworkNamespace where = namespace == null ? NetworkNamespace.ofThisProcess() : namespace;
    return where.run(InterfaceCounters::readHere);
  }

  private static List<InterfaceCounters> readHere() {
    try {
      return parse(Files.readString(Path.of("/proc/thread-self/net/dev")));
    } catch (IOException e) {
      throw new DeviceException("cannot read the kernel's counters: " + e.getMessage());
    }
  }

  /** The table of /proc/net/dev (proc_pid_net(5)): two lines of heads, then one an interface. */
  static List<InterfaceCounters> parse(String table) {
    List<InterfaceCounters> all = new ArrayList<>();
    for (String line : table.lines().skip(2).toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        String[] n = line.substring(colon + 1).strip().split("\\s+");
        all.add(
            new InterfaceCounters(
                line.substring(0, colon).strip(),
                Long.parseLong(n[0]),
                Long.parseLong(n[1]),
                Long.parseLong(n[2]),
                Long.parseLong(n[3]),
                Long.parseLong(n[8]),
                Long.parseLong(n[9]),
                Long.parseLong(n[10]),
                Long.parseLong(n[11])));
      }
    }
    return all;
  }
}
