package io.hawser.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A stream whose every byte follows from its position and a seed: whoever reads it knows at once
 * where it went wrong.
 */
public final class Pattern {
  private final long seed;

  /** The stream of this seed. */
  public Pattern(long seed) {
    this.seed = seed;
  }

  private long word(long index) {
    long z = seed + index * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** The byte at a position of the stream. */
  public byte at(long position) {
    return (byte) (word(position >>> 3) >>> ((position & 7) << 3));
  }

  /** Writes the stream's bytes from a position on. */
  public void fill(MemorySegment memory, long offset, int length, long position) {
    int i = 0;
    while (i < length) {
      long at = position + i;
      if ((at & 7) == 0 && length - i >= 8) {
        memory.set(LITTLE, offset + i, word(at >>> 3));
        i += 8;
      } else {
        memory.set(ValueLayout.JAVA_BYTE, offset + i, at(at));
        i++;
      }
    }
  }

  /** Position in the stream of the first byte that is wrong, or -1 if all are right. */
  public long firstWrong(MemorySegment memory, long offset, int length, long position) {
    int i = 0;
    while (i < length) {
      long at = position + i;
      if ((at & 7) == 0 && length - i >= 8 && memory.get(LITTLE, offset + i) == word(at >>> 3)) {
        i += 8;
      } else if (memory.get(ValueLayout.JAVA_BYTE, offset + i) == at(at)) {
        i++;
      } else {
        return at;
      }
    }
    return -1;
  }

  private static final ValueLayout.OfLong LITTLE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);
}
