package io.hawser.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processor time: of the whole machine, the kernel's part included, and of this process. */
final class CpuTime {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final long TICK_NS = 10_000_000;
  private static final int IDLE = 4;
  private static final int WAITING = 5;
  private static final int STOLEN = 8;

  private CpuTime() {}

  /**
   * Busy time of all processors since the start, interrupts included; in steps of 10 ms (proc(5):
   * /proc/stat).
   */
  static long machineNs() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/stat"))) {
      String[] words = lines.findFirst().orElse("").trim().split("\\s+");
      long ticks = 0;
      for (int i = 1; i < Math.min(words.length, STOLEN); i++) {
        if (i != IDLE && i != WAITING) {
          ticks += Long.parseLong(words[i]);
        }
      }
      return ticks * TICK_NS;
    } catch (NumberFormatException e) {
      throw new IOException("/proc/stat is not as expected: " + e.getMessage(), e);
    }
  }

  /** Of all threads of this process. */
  static long processNs() {
    return SYSTEM.getProcessCpuTime();
  }
}
