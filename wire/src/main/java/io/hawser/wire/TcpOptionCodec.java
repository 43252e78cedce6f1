package io.hawser.wire;

import static io.hawser.wire.Bytes.put16;
import static io.hawser.wire.Bytes.put32;
import static io.hawser.wire.Bytes.put8;

import java.lang.foreign.MemorySegment;

/** TCP's own options to bytes, each without padding; every method returns the bytes written. */
public final class TcpOptionCodec {
  private static final int NOP = 1;

  private TcpOptionCodec() {}

  /** Maximum segment size (RFC 9293 section 3.7.1). */
  public static int mss(MemorySegment m, long at, int bytes) {
    put16(m, at, 2 << 8 | 4);
    put16(m, at + 2, bytes);
    return 4;
  }

  /** Window scale (RFC 7323 section 2.2). */
  public static int windowScale(MemorySegment m, long at, int shift) {
    put16(m, at, 3 << 8 | 3);
    put8(m, at + 2, shift);
    return 3;
  }

  /** SACK permitted (RFC 2018 section 2). */
  public static int sackPermitted(MemorySegment m, long at) {
    put16(m, at, 4 << 8 | 2);
    return 2;
  }

  /** SACK blocks (RFC 2018 section 3) from pairs of left and right edges. */
  public static int sack(MemorySegment m, long at, int[] edges, int blocks) {
    int length = 2 + 8 * blocks;
    put16(m, at, 5 << 8 | length);
    for (int i = 0; i < 2 * blocks; i++) {
      put32(m, at + 2 + 4L * i, edges[i]);
    }
    return length;
  }

  /** Timestamps (RFC 7323 section 3.2). */
  public static int timestamps(MemorySegment m, long at, int value, int echo) {
    put16(m, at, 8 << 8 | 10);
    put32(m, at + 2, value);
    put32(m, at + 6, echo);
    return 10;
  }

  /** Fast Open cookie, or the request for one if it has no bytes (RFC 7413 section 4.1.1). */
  public static int fastOpen(MemorySegment m, long at, MemorySegment cookie) {
    int length = 2 + (int) cookie.byteSize();
    put16(m, at, 34 << 8 | length);
    MemorySegment.copy(cookie, 0, m, at + 2, cookie.byteSize());
    return length;
  }

  /** The same in the experimental form (RFC 6994) that RFC 7413 section 9 tells of. */
  public static int fastOpenExperimental(MemorySegment m, long at, MemorySegment cookie) {
    int length = 4 + (int) cookie.byteSize();
    put16(m, at, 254 << 8 | length);
    put16(m, at + 2, 0xF989);
    MemorySegment.copy(cookie, 0, m, at + 4, cookie.byteSize());
    return length;
  }

  /** So many bytes of padding. */
  public static int nops(MemorySegment m, long at, int count) {
    for (int i = 0; i < count; i++) {
      put8(m, at + i, NOP);
    }
    return count;
  }
}
