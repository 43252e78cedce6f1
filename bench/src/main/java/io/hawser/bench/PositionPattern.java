package io.hawser.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bytes that tell where in a stream they belong: each aligned word of eight holds its own position,
 * little endian.
 */
final class PositionPattern {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private PositionPattern() {}

  /** Fills a block whose length and position are multiples of eight. */
  static void fill(byte[] block, long position) {
    for (int i = 0; i < block.length; i += Long.BYTES) {
      WORD.set(block, i, position + i);
    }
  }

  /** The index of the first byte that does not belong there, or -1. */
  static int firstWrong(byte[] block, int length, long position) {
    int at = 0;
    for (; at < length && (position + at & 7) != 0; at++) {
      if (block[at] != byteAt(position + at)) {
        return at;
      }
    }
    long wrong = 0;
    int words = at + (length - at & ~7);
    for (int i = at; i < words; i += Long.BYTES) {
      wrong |= (long) WORD.get(block, i) ^ (position + i);
    }
    if (wrong == 0) {
      at = words;
    }
    for (; at < length; at++) {
      if (block[at] != byteAt(position + at)) {
        return at;
      }
    }
    return -1;
  }

  private static byte byteAt(long position) {
    return (byte) ((position & ~7L) >>> (8 * (position & 7)));
  }
}
