package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which process a file belongs to, so that neither a reused process number nor another container's
 * view is mistaken for it.
 *
 * @param pid the process number
 * @param startTicks when it started, in the kernel's ticks since boot
 * @param bootId the kernel's name for this boot
 * @param pidNamespace where the number counts
 * @param networkNamespace what its changes apply to
 */
record ProcessMark(
    long pid, long startTicks, String bootId, String pidNamespace, String networkNamespace) {

  /** What has become of a process. */
  enum Fate {
    /** It runs. */
    ALIVE,
    /** It is gone and its changes are ours to undo. */
    DEAD,
    /** It is gone, and its changes with it: another boot, or a namespace that ended. */
    VANISHED,
    /** It cannot be judged from here: another container, or another network namespace. */
    OUT_OF_REACH
  }

  static ProcessMark ofThisProcess() {
    return of(ProcessHandle.current().pid());
  }

  static ProcessMark of(long pid) {
    long start = startTicks(pid);
    if (start < 0) {
      throw new DeviceException("there is no process " + pid);
    }
    return new ProcessMark(
        pid,
        start,
        bootNow(),
        linkOf("/proc/" + pid + "/ns/pid"),
        linkOf("/proc/" + pid + "/ns/net"));
  }

  String fileName() {
    return pid + "-" + startTicks;
  }

  String line() {
    return String.join(
        "\t",
        List.of(
            "hawser",
            Long.toString(pid),
            Long.toString(startTicks),
            bootId,
            pidNamespace,
            networkNamespace));
  }

  static @Nullable ProcessMark parse(String line) {
    String[] f = line.split("\t", -1);
    if (f.length != 6
        || !f[0].equals("hawser")
        || !f[1].matches("[0-9]{1,18}")
        || !f[2].matches("[0-9]{1,18}")) {
      return null;
    }
    return new ProcessMark(Long.parseLong(f[1]), Long.parseLong(f[2]), f[3], f[4], f[5]);
  }

  Fate fate() {
    if (!bootId.equals(bootNow())) {
      return Fate.VANISHED;
    }
    if (!pidNamespace.equals(linkOf("/proc/self/ns/pid"))) {
      return Fate.OUT_OF_REACH;
    }
    if (startTicks(pid) == startTicks) {
      return Fate.ALIVE;
    }
    if (networkNamespace.equals(linkOf("/proc/self/ns/net"))) {
      return Fate.DEAD;
    }
    return someProcessIsIn(networkNamespace) ? Fate.OUT_OF_REACH : Fate.VANISHED;
  }

  private static boolean someProcessIsIn(String namespace) {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(p -> p.getFileName().toString().matches("[0-9]+"))
          .anyMatch(p -> linkOf(p + "/ns/net").equals(namespace));
    } catch (IOException e) {
      return true;
    }
  }

  /** Field 22 of /proc/PID/stat; -1 if there is no such process (a zombie counts as none). */
  private static long startTicks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The second field, the program's name, may hold blanks and brackets.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return fields[0].equals("Z") ? -1 : Long.parseLong(fields[19]);
    } catch (IOException e) {
      return -1;
    }
  }

  private static String bootNow() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String linkOf(String path) {
    try {
      return Files.readSymbolicLink(Path.of(path)).toString();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
