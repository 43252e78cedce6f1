package io.hawser.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/** What this process holds in memory. */
final class LiveHeap {
  private static final String COMMANDS = "com.sun.management:type=DiagnosticCommand";
  private static final String[] SIGNATURE = {String[].class.getName()};

  /** What the collector fills gaps with; it is counted as used, but nothing holds it. */
  private static final String FILLER = "jdk.internal.vm.Filler";

  private static final Path STATUS = Path.of("/proc/self/status");

  private LiveHeap() {}

  /**
   * Bytes of the objects that something holds; they are all counted now.
   *
   * @throws IOException if the JVM does not count them
   */
  static long bytes() throws IOException {
    try {
      Object histogram =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName(COMMANDS),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  SIGNATURE);
      return sum(histogram.toString());
    } catch (JMException e) {
      throw new IOException("this JVM has no class histogram: " + e.getMessage(), e);
    }
  }

  /** Of lines {@code number: instances bytes class}; others are for people. */
  static long sum(String histogram) {
    return histogram
        .lines()
        .filter(line -> line.matches("\\s*\\d+:\\s.*") && !line.contains(FILLER))
        .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[2]))
        .sum();
  }

  /**
   * All memory that this process has in RAM, heap and native.
   *
   * @throws IOException if the kernel does not say
   */
  static long residentBytes() throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      String line =
          lines
              .filter(text -> text.startsWith("VmRSS:"))
              .findFirst()
              .orElseThrow(() -> new IOException(STATUS + " has no line VmRSS"));
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
  }
}
