package io.hawser.linux;

/**
 * TCP ports from the first to the last.
 *
 * @param first 1 to 65535
 * @param last the same or more
 */
public record PortRange(int first, int last) {
  /** Above those that Linux gives to its own connections (32768 to 60999) unless told otherwise. */
  public static final PortRange ABOVE_EPHEMERAL = new PortRange(61_000, 65_535);

  /** Every port. */
  public static final PortRange ALL = new PortRange(1, 65_535);

  /** Checks the numbers. */
  public PortRange {
    if (first < 1 || last < first || last > 65_535) {
      throw new IllegalArgumentException(
          "ports " + first + "-" + last + " are no range within 1-65535");
    }
  }

  /** One port. */
  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  /**
   * Reads {@code 61000-65535}, {@code 80} or {@code all}.
   *
   * @throws IllegalArgumentException with what would be right
   */
  public static PortRange parse(String text) {
    if (text.equals("all")) {
      return ALL;
    }
    String[] ends = text.split("-", 2);
    try {
      int first = Integer.parseInt(ends[0].strip());
      return new PortRange(first, ends.length == 1 ? first : Integer.parseInt(ends[1].strip()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no range of ports; write 61000-65535, one port, or all", e);
    }
  }

  /** Whether a port is one of them. */
  public boolean contains(int port) {
    return port >= first && port <= last;
  }

  /** How many they are. */
  public int size() {
    return last - first + 1;
  }

  @Override
  public String toString() {
    return first == last ? String.valueOf(first) : first + "-" + last;
  }
}
