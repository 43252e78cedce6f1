package io.hawser.wire;

/**
 * Sequence arithmetic, the only place where sequence numbers are compared.
 *
 * <p>32-bit TCP sequence numbers are {@code int}s taken modulo 2^32 (RFC 9293 section 3.4); 64-bit
 * data sequence numbers are {@code long}s taken modulo 2^64 (RFC 8684 section 3.3).
 */
public final class SeqNum {
  private SeqNum() {}

  /** True if {@code a} is before {@code b}. */
  public static boolean lt(int a, int b) {
    return a - b < 0;
  }

  /** True if {@code a} is before or equal to {@code b}. */
  public static boolean leq(int a, int b) {
    return a - b <= 0;
  }

  /** True if {@code a} is after {@code b}. */
  public static boolean gt(int a, int b) {
    return a - b > 0;
  }

  /** True if {@code a} is after or equal to {@code b}. */
  public static boolean geq(int a, int b) {
    return a - b >= 0;
  }

  /** The later of two sequence numbers. */
  public static int max(int a, int b) {
    return gt(a, b) ? a : b;
  }

  /** The earlier of two sequence numbers. */
  public static int min(int a, int b) {
    return lt(a, b) ? a : b;
  }

  /** Signed distance from {@code from} to {@code to}, in sequence numbers. */
  public static int distance(int from, int to) {
    return to - from;
  }

  /** True if {@code low <= x < low + size}; size is unsigned and at most 2^31. */
  public static boolean inWindow(int x, int low, int size) {
    return Integer.compareUnsigned(x - low, size) < 0;
  }

  /** True if {@code a} is before {@code b}, 64-bit. */
  public static boolean lt(long a, long b) {
    return a - b < 0;
  }

  /** True if {@code a} is before or equal to {@code b}, 64-bit. */
  public static boolean leq(long a, long b) {
    return a - b <= 0;
  }

  /** True if {@code a} is after {@code b}, 64-bit. */
  public static boolean gt(long a, long b) {
    return a - b > 0;
  }

  /** True if {@code a} is after or equal to {@code b}, 64-bit. */
  public static boolean geq(long a, long b) {
    return a - b >= 0;
  }

  /** The later of two 64-bit sequence numbers. */
  public static long max(long a, long b) {
    return gt(a, b) ? a : b;
  }

  /** The earlier of two 64-bit sequence numbers. */
  public static long min(long a, long b) {
    return lt(a, b) ? a : b;
  }

  /** Signed distance from {@code from} to {@code to}, 64-bit. */
  public static long distance(long from, long to) {
    return to - from;
  }

  /**
   * Promotes the low 32 bits of a 64-bit sequence number to 64 bits: the value nearest to {@code
   * near} with these low bits (RFC 8684 section 3.3.1: a 32-bit number is expanded by the receiver,
   * who knows what wraps).
   */
  public static long promote(int low, long near) {
    return near + (low - (int) near);
  }
}
