package io.hawser.wire;

import static io.hawser.wire.Bytes.i32;
import static io.hawser.wire.Bytes.i64;
import static io.hawser.wire.Bytes.u16;
import static io.hawser.wire.Bytes.u8;

import java.lang.foreign.MemorySegment;

/** TCP options into the fields of a {@link PacketView}. */
final class TcpOptions {
  /** End of option list. */
  static final int EOL = 0;

  /** No operation. */
  static final int NOP = 1;

  private static final int MSS = 2;
  private static final int WINDOW_SCALE = 3;
  private static final int SACK_PERMITTED = 4;
  private static final int SACK = 5;
  private static final int TIMESTAMP = 8;
  private static final int FAST_OPEN = 34;
  private static final int EXPERIMENT = 254;
  private static final int FAST_OPEN_EXPERIMENT = 0xF989;

  private TcpOptions() {}

  static void clear(PacketView v) {
    v.mss = -1;
    v.windowScale = -1;
    v.sackPermitted = false;
    v.hasTimestamp = false;
    v.sackCount = 0;
    v.fastOpenOffset = -1;
    v.fastOpenLength = 0;
    v.fastOpenExperimental = false;
    v.hasDss = false;
    v.mptcpCount = 0;
  }

  /**
   * Parses [at, end); false if a length is impossible. Options of a wrong length are skipped (RFC
   * 9293 section 3.1).
   */
  static boolean parse(PacketView v, MemorySegment m, int at, int end) {
    int i = at;
    while (i < end) {
      int kind = u8(m, i);
      if (kind == EOL) {
        return true;
      }
      if (kind == NOP) {
        i++;
        continue;
      }
      int length = i + 1 < end ? u8(m, i + 1) : 0;
      if (length < 2 || i + length > end) {
        return false;
      }
      one(v, m, i, kind, length);
      i += length;
    }
    return true;
  }

  private static void one(PacketView v, MemorySegment m, int i, int kind, int length) {
    switch (kind) {
      case TIMESTAMP -> {
        if (length == 10) {
          v.hasTimestamp = true;
          v.tsVal = i32(m, i + 2);
          v.tsEcr = i32(m, i + 6);
        }
      }
      case MptcpCodec.KIND -> mptcp(v, m, i, length);
      case SACK -> {
        for (int b = 0; b < 4 && 2 + 8 * (b + 1) <= length; b++) {
          v.sackLeft[b] = i32(m, i + 2 + 8 * b);
          v.sackRight[b] = i32(m, i + 6 + 8 * b);
          v.sackCount = b + 1;
        }
      }
      case MSS -> {
        if (length == 4) {
          v.mss = u16(m, i + 2);
        }
      }
      case WINDOW_SCALE -> {
        if (length == 3) {
          v.windowScale = u8(m, i + 2);
        }
      }
      case SACK_PERMITTED -> v.sackPermitted |= length == 2;
      case FAST_OPEN -> fastOpen(v, i + 2, length - 2, false);
      case EXPERIMENT -> {
        if (length >= 4 && u16(m, i + 2) == FAST_OPEN_EXPERIMENT) {
          fastOpen(v, i + 4, length - 4, true);
        }
      }
      default -> {
        // Unknown options are skipped (RFC 9293 section 3.1).
      }
    }
  }

  /**
   * RFC 7413 section 4.1.1: a cookie has no bytes, or 4 to 16 of them, an even number; only SYNs
   * have the option.
   */
  private static void fastOpen(PacketView v, int offset, int length, boolean experimental) {
    boolean valid = length == 0 || (length >= 4 && length <= 16 && length % 2 == 0);
    if (valid && v.has(PacketView.SYN) && v.fastOpenOffset < 0) {
      v.fastOpenOffset = offset;
      v.fastOpenLength = length;
      v.fastOpenExperimental = experimental;
    }
  }

  private static void mptcp(PacketView v, MemorySegment m, int i, int length) {
    if (!v.hasDss && MptcpCodec.isDss(m, i, length)) {
      dss(v, m, i, length);
    } else {
      v.addMptcp(i);
    }
  }

  private static void dss(PacketView v, MemorySegment m, int i, int length) {
    int flags = u8(m, i + 3);
    v.hasDss = true;
    v.dssOffset = i;
    v.dataFin = (flags & 16) != 0;
    v.dataAckBytes = (flags & 1) == 0 ? 0 : (flags & 2) == 0 ? 4 : 8;
    v.dsnBytes = (flags & 4) == 0 ? 0 : (flags & 8) == 0 ? 4 : 8;
    int at = i + 4;
    v.dataAck = v.dataAckBytes == 8 ? i64(m, at) : v.dataAckBytes == 4 ? u32(m, at) : 0;
    at += v.dataAckBytes;
    v.hasDataChecksum = false;
    if (v.dsnBytes != 0) {
      v.dsn = v.dsnBytes == 8 ? i64(m, at) : u32(m, at);
      at += v.dsnBytes;
      v.ssn = i32(m, at);
      v.dataLength = u16(m, at + 4);
      v.hasDataChecksum = length > MptcpCodec.dssLength(flags);
      v.dataChecksum = v.hasDataChecksum ? u16(m, at + 6) : 0;
    }
  }

  private static long u32(MemorySegment m, int at) {
    return Integer.toUnsignedLong(i32(m, at));
  }
}
