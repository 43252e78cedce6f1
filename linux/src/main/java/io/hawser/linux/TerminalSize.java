package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** How many characters a terminal shows. */
public record TerminalSize(int columns, int rows) {
  private static final long TIOCGWINSZ = 0x5413;
  private static final int STANDARD_OUTPUT = 1;
  private static final int DEFAULT_COLUMNS = 80;
  private static final int DEFAULT_ROWS = 24;

  /** That of standard output now; empty if it is no terminal. */
  public static Optional<TerminalSize> ofStandardOutput() {
    try (Arena arena = Arena.ofConfined()) {
      // struct winsize: rows, columns, and two numbers in pixels.
      MemorySegment size = arena.allocate(8, 8);
      if (Libc.ioctl(STANDARD_OUTPUT, TIOCGWINSZ, size.address()) < 0) {
        return Optional.empty();
      }
      int rows = size.get(JAVA_SHORT, 0) & 0xffff;
      int columns = size.get(JAVA_SHORT, 2) & 0xffff;
      // A terminal that was never told its size has 0.
      return Optional.of(
          new TerminalSize(
              columns == 0 ? DEFAULT_COLUMNS : columns, rows == 0 ? DEFAULT_ROWS : rows));
    }
  }
}
