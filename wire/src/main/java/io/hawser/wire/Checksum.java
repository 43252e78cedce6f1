package io.hawser.wire;

import java.lang.foreign.MemorySegment;

/**
 * The Internet checksum (RFC 1071) over native memory. A partial sum is a {@code long} that is
 * folded at the end.
 */
public final class Checksum {
  private Checksum() {}

  /** Adds {@code length} bytes to a partial sum; an odd length is padded with a zero byte. */
  public static long add(long sum, MemorySegment memory, long offset, long length) {
    throw new IllegalStateException("written by the wire helper");
  }

  /** Adds bytes that follow an odd number of bytes. */
  public static long addAtOdd(long sum, MemorySegment memory, long offset, long length) {
    throw new IllegalStateException("written by the wire helper");
  }

  /**
   * Folds a partial sum to 16 bits in network order as a number (what {@code putShort} big endian
   * wants), not complemented.
   */
  public static int fold(long sum) {
    throw new IllegalStateException("written by the wire helper");
  }
}
