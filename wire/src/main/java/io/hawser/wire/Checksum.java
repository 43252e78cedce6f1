package io.hawser.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071) over native memory. A partial sum is a {@code long} in the
 * machine's byte order; it is folded and turned to network order at the end.
 */
public final class Checksum {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private Checksum() {}

  /** Adds {@code length} bytes to a partial sum; an odd length is padded with a zero byte. */
  public static long add(long sum, MemorySegment memory, long offset, long length) {
    long total = 0;
    int count = (int) (length & ~3L);
    // An int loop over the widened ints: C2 turns it into vector code.
    for (int i = 0; i < count; i += 4) {
      total += Integer.toUnsignedLong(memory.get(INT, offset + i));
    }
    int left = (int) (length & 3);
    long at = offset + count;
    if (left >= 2) {
      total += Short.toUnsignedLong(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
      at += 2;
    }
    if ((left & 1) != 0) {
      int last = memory.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      total += SWAP ? last : last << 8;
    }
    return sum + (total & 0xffff_ffffL) + (total >>> 32);
  }

  /**
   * Adds bytes that follow an odd number of bytes: their sum is taken with swapped bytes (RFC 1071
   * section 2).
   */
  public static long addAtOdd(long sum, MemorySegment memory, long offset, long length) {
    int folded = foldNative(add(0, memory, offset, length));
    return sum + ((folded & 0xff) << 8 | folded >>> 8);
  }

  /** Adds a 16-bit number that stands in network order. */
  public static long add16(long sum, int value) {
    int bits = value & 0xffff;
    return sum + (SWAP ? (bits & 0xff) << 8 | bits >>> 8 : bits);
  }

  /** Adds a 32-bit number that stands in network order. */
  public static long add32(long sum, int value) {
    return sum + Integer.toUnsignedLong(SWAP ? Integer.reverseBytes(value) : value);
  }

  /** Adds a 64-bit number that stands in network order. */
  public static long add64(long sum, long value) {
    return add32(add32(sum, (int) (value >>> 32)), (int) value);
  }

  private static int foldNative(long sum) {
    long folded = (sum & 0xffff_ffffL) + (sum >>> 32);
    folded = (folded & 0xffff) + (folded >>> 16);
    folded = (folded & 0xffff) + (folded >>> 16);
    return (int) ((folded & 0xffff) + (folded >>> 16)) & 0xffff;
  }

  /** Folds a partial sum to 16 bits, as a number to be stored big endian; not complemented. */
  public static int fold(long sum) {
    int folded = foldNative(sum);
    return SWAP ? (folded & 0xff) << 8 | folded >>> 8 : folded;
  }

  /** Folds and complements: what a header's checksum field holds. */
  public static int finish(long sum) {
    return ~fold(sum) & 0xffff;
  }

  /** Partial sum of the TCP or UDP pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1). */
  public static long pseudoHeader(
      boolean v6, long srcHigh, long srcLow, long dstHigh, long dstLow, int protocol, int length) {
    long sum = add32(add32(0, length), protocol);
    if (v6) {
      return add64(add64(add64(add64(sum, srcHigh), srcLow), dstHigh), dstLow);
    }
    return add32(add32(sum, (int) srcLow), (int) dstLow);
  }
}
