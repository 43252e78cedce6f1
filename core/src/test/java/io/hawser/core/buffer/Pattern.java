package io.hawser.core.buffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Bytes that tell their stream offset, and how to find a wrong one. */
final class Pattern {
  private Pattern() {}

  static byte at(long offset) {
    return (byte) ((offset * 0x9E3779B97F4A7C15L) >>> 56);
  }

  static void fill(MemorySegment memory, long at, long offset, int length) {
    for (int i = 0; i < length; i++) {
      memory.set(ValueLayout.JAVA_BYTE, at + i, at(offset + i));
    }
  }

  static MemorySegment bytes(Arena arena, long offset, int length) {
    MemorySegment memory = arena.allocate(Math.max(1, length));
    fill(memory, 0, offset, length);
    return memory;
  }

  static void check(MemorySegment memory, long at, long offset, int length) {
    for (int i = 0; i < length; i++) {
      byte found = memory.get(ValueLayout.JAVA_BYTE, at + i);
      if (found != at(offset + i)) {
        throw new AssertionError("wrong byte at stream offset " + (offset + i));
      }
    }
  }
}
