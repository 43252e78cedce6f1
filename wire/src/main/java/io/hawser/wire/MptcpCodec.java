package io.hawser.wire;

import static io.hawser.wire.Bytes.i32;
import static io.hawser.wire.Bytes.i64;
import static io.hawser.wire.Bytes.put16;
import static io.hawser.wire.Bytes.put32;
import static io.hawser.wire.Bytes.put64;
import static io.hawser.wire.Bytes.put8;
import static io.hawser.wire.Bytes.u16;
import static io.hawser.wire.Bytes.u8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** MPTCP options (RFC 8684 section 3) from and to bytes. */
public final class MptcpCodec {
  /** The TCP option kind of MPTCP. */
  public static final int KIND = 30;

  private static final int MP_CAPABLE = 0;
  private static final int MP_JOIN = 1;
  private static final int DSS = 2;
  private static final int ADD_ADDR = 3;
  private static final int REMOVE_ADDR = 4;
  private static final int MP_PRIO = 5;
  private static final int MP_FAIL = 6;
  private static final int MP_FASTCLOSE = 7;
  private static final int MP_TCPRST = 8;

  private MptcpCodec() {}

  /**
   * Decodes one option that lies inside its packet, kind byte at {@code at}. What does not have one
   * of the forms of RFC 8684, set reserved bits among it (they would be lost), is {@link
   * MptcpOption.Unknown}.
   */
  public static MptcpOption decode(MemorySegment memory, long at, int length) {
    MptcpOption option = length < 3 ? null : known(memory, at, length);
    return option != null
        ? option
        : new MptcpOption.Unknown(memory.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
  }

  private static @Nullable MptcpOption known(MemorySegment m, long at, int length) {
    int low = u8(m, at + 2) & 0xf;
    if (length == 3) {
      // Only MP_PRIO is this short.
      return u8(m, at + 2) >> 4 == MP_PRIO && low <= 1 ? new MptcpOption.MpPrio(low == 1) : null;
    }
    return switch (u8(m, at + 2) >> 4) {
      case MP_CAPABLE -> capable(m, at, length, low);
      case MP_JOIN -> join(m, at, length, low);
      case DSS -> dss(m, at, length);
      case ADD_ADDR -> addAddr(m, at, length, low);
      case REMOVE_ADDR -> removeAddr(m, at, length, low);
      case MP_FAIL ->
          length == 12 && u16(m, at + 2) == 0x6000 ? new MptcpOption.MpFail(i64(m, at + 4)) : null;
      case MP_FASTCLOSE ->
          length == 12 && u16(m, at + 2) == 0x7000
              ? new MptcpOption.MpFastclose(i64(m, at + 4))
              : null;
      case MP_TCPRST -> length == 4 ? new MptcpOption.MpTcprst(low, u8(m, at + 3)) : null;
      default -> null;
    };
  }

  private static @Nullable MptcpOption capable(MemorySegment m, long at, int length, int version) {
    int flags = u8(m, at + 3);
    return switch (length) {
      case 4 -> new MptcpOption.MpCapable(version, flags, 0, 0, 0, -1, -1);
      case 12 -> new MptcpOption.MpCapable(version, flags, 1, i64(m, at + 4), 0, -1, -1);
      case 20 ->
          new MptcpOption.MpCapable(version, flags, 2, i64(m, at + 4), i64(m, at + 12), -1, -1);
      case 22, 24 ->
          new MptcpOption.MpCapable(
              version,
              flags,
              2,
              i64(m, at + 4),
              i64(m, at + 12),
              u16(m, at + 20),
              length == 24 ? u16(m, at + 22) : -1);
      default -> null;
    };
  }

  private static @Nullable MptcpOption join(MemorySegment m, long at, int length, int low) {
    boolean backup = low == 1;
    if (length == 24) {
      return u16(m, at + 2) == 0x1000
          ? new MptcpOption.MpJoinAck(m.asSlice(at + 4, 20).toArray(ValueLayout.JAVA_BYTE))
          : null;
    }
    if (low > 1) {
      return null;
    }
    return switch (length) {
      case 12 -> new MptcpOption.MpJoinSyn(backup, u8(m, at + 3), i32(m, at + 4), i32(m, at + 8));
      case 16 ->
          new MptcpOption.MpJoinSynAck(backup, u8(m, at + 3), i64(m, at + 4), i32(m, at + 12));
      default -> null;
    };
  }

  /** Length that a DSS with these flags has without a checksum. */
  static int dssLength(int flags) {
    int ack = (flags & 1) == 0 ? 0 : (flags & 2) == 0 ? 4 : 8;
    int map = (flags & 4) == 0 ? 0 : (flags & 8) == 0 ? 10 : 14;
    return 4 + ack + map;
  }

  /**
   * True if the bytes are a DSS that means something: no reserved bits, a length that fits its
   * flags.
   */
  static boolean isDss(MemorySegment m, long at, int length) {
    if (length < 4 || u8(m, at + 2) != DSS << 4) {
      return false;
    }
    int flags = u8(m, at + 3);
    int plain = dssLength(flags);
    boolean checksum = length == plain + 2 && (flags & 4) != 0;
    boolean strayWidth = (flags & 3) == 2 || (flags & 12) == 8;
    boolean finAlone = (flags & 0x14) == 0x10;
    return flags < 32 && !strayWidth && !finAlone && (length == plain || checksum);
  }

  private static @Nullable MptcpOption dss(MemorySegment m, long at, int length) {
    if (!isDss(m, at, length)) {
      return null;
    }
    int flags = u8(m, at + 3);
    int ackBytes = (flags & 1) == 0 ? 0 : (flags & 2) == 0 ? 4 : 8;
    int dsnBytes = (flags & 4) == 0 ? 0 : (flags & 8) == 0 ? 4 : 8;
    long map = at + 4 + ackBytes;
    long rest = map + dsnBytes;
    return new MptcpOption.Dss(
        (flags & 16) != 0,
        ackBytes,
        number(m, at + 4, ackBytes),
        dsnBytes,
        number(m, map, dsnBytes),
        dsnBytes == 0 ? 0 : i32(m, rest),
        dsnBytes == 0 ? 0 : u16(m, rest + 4),
        length > dssLength(flags) ? u16(m, rest + 6) : -1);
  }

  private static long number(MemorySegment m, long at, int bytes) {
    return bytes == 0 ? 0 : bytes == 4 ? Integer.toUnsignedLong(i32(m, at)) : i64(m, at);
  }

  private static @Nullable MptcpOption addAddr(MemorySegment m, long at, int length, int low) {
    if (low > 1) {
      return null;
    }
    boolean echo = low == 1;
    int body = length - (echo ? 4 : 12);
    int addressBytes = body == 4 || body == 6 ? 4 : body == 16 || body == 18 ? 16 : 0;
    if (addressBytes == 0) {
      return null;
    }
    IpAddress address =
        IpAddress.of(m.asSlice(at + 4, addressBytes).toArray(ValueLayout.JAVA_BYTE));
    int port = body == addressBytes ? -1 : u16(m, at + 4 + addressBytes);
    long hmac = echo ? 0 : i64(m, at + length - 8);
    // Port 0 on the wire and no port at all are different bytes; only the second is written by
    // anybody.
    return port == 0
        ? null
        : new MptcpOption.AddAddr(echo, u8(m, at + 3), address, Math.max(port, 0), hmac);
  }

  private static @Nullable MptcpOption removeAddr(MemorySegment m, long at, int length, int low) {
    if (low != 0 || length < 4) {
      return null;
    }
    int[] ids = new int[length - 3];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = u8(m, at + 3 + i);
    }
    return new MptcpOption.RemoveAddr(ids);
  }

  /** Bytes that {@link #encode} writes. */
  public static int length(MptcpOption option) {
    return switch (option) {
      case MptcpOption.MpCapable c ->
          4 + 8 * c.keys() + (c.dataLength() < 0 ? 0 : 2) + (c.checksum() < 0 ? 0 : 2);
      case MptcpOption.MpJoinSyn j -> 12;
      case MptcpOption.MpJoinSynAck j -> 16;
      case MptcpOption.MpJoinAck j -> 24;
      case MptcpOption.Dss d ->
          4
              + d.dataAckBytes()
              + (d.dsnBytes() == 0 ? 0 : d.dsnBytes() + 6)
              + (d.checksum() < 0 ? 0 : 2);
      case MptcpOption.AddAddr a ->
          4 + (a.address().v6() ? 16 : 4) + (a.port() == 0 ? 0 : 2) + (a.echo() ? 0 : 8);
      case MptcpOption.RemoveAddr r -> 3 + r.addressIds().length;
      case MptcpOption.MpPrio p -> 3;
      case MptcpOption.MpFail f -> 12;
      case MptcpOption.MpFastclose f -> 12;
      case MptcpOption.MpTcprst r -> 4;
      case MptcpOption.Unknown u -> u.bytes().length;
    };
  }

  /** Writes one option, without padding; returns its length in bytes. */
  public static int encode(MptcpOption option, MemorySegment m, long at) {
    int length = length(option);
    put8(m, at, KIND);
    put8(m, at + 1, length);
    switch (option) {
      case MptcpOption.MpCapable c -> {
        head(m, at, MP_CAPABLE << 4 | c.version(), c.flags());
        if (c.keys() > 0) {
          put64(m, at + 4, c.senderKey());
        }
        if (c.keys() > 1) {
          put64(m, at + 12, c.receiverKey());
        }
        long rest = at + 4 + 8L * c.keys();
        if (c.dataLength() >= 0) {
          put16(m, rest, c.dataLength());
        }
        if (c.checksum() >= 0) {
          put16(m, rest + 2, c.checksum());
        }
      }
      case MptcpOption.MpJoinSyn j -> {
        head(m, at, MP_JOIN << 4 | (j.backup() ? 1 : 0), j.addressId());
        put32(m, at + 4, j.token());
        put32(m, at + 8, j.nonce());
      }
      case MptcpOption.MpJoinSynAck j -> {
        head(m, at, MP_JOIN << 4 | (j.backup() ? 1 : 0), j.addressId());
        put64(m, at + 4, j.hmac());
        put32(m, at + 12, j.nonce());
      }
      case MptcpOption.MpJoinAck j -> {
        head(m, at, MP_JOIN << 4, 0);
        MemorySegment.copy(j.hmac(), 0, m, ValueLayout.JAVA_BYTE, at + 4, 20);
      }
      case MptcpOption.Dss d ->
          encodeDss(
              m,
              at,
              d.dataFin(),
              d.dataAckBytes(),
              d.dataAck(),
              d.dsnBytes(),
              d.dsn(),
              d.ssn(),
              d.dataLength(),
              d.checksum());
      case MptcpOption.AddAddr a -> encodeAddAddr(a, m, at);
      case MptcpOption.RemoveAddr r -> {
        put8(m, at + 2, REMOVE_ADDR << 4);
        for (int i = 0; i < r.addressIds().length; i++) {
          put8(m, at + 3 + i, r.addressIds()[i]);
        }
      }
      case MptcpOption.MpPrio p -> put8(m, at + 2, MP_PRIO << 4 | (p.backup() ? 1 : 0));
      case MptcpOption.MpFail f -> {
        head(m, at, MP_FAIL << 4, 0);
        put64(m, at + 4, f.dsn());
      }
      case MptcpOption.MpFastclose f -> {
        head(m, at, MP_FASTCLOSE << 4, 0);
        put64(m, at + 4, f.receiverKey());
      }
      case MptcpOption.MpTcprst r -> head(m, at, MP_TCPRST << 4 | r.flags(), r.reason());
      case MptcpOption.Unknown u ->
          MemorySegment.copy(u.bytes(), 0, m, ValueLayout.JAVA_BYTE, at, length);
    }
    return length;
  }

  private static void head(MemorySegment m, long at, int second, int third) {
    put8(m, at + 2, second);
    put8(m, at + 3, third);
  }

  private static void encodeAddAddr(MptcpOption.AddAddr a, MemorySegment m, long at) {
    head(m, at, ADD_ADDR << 4 | (a.echo() ? 1 : 0), a.addressId());
    byte[] address = a.address().bytes();
    MemorySegment.copy(address, 0, m, ValueLayout.JAVA_BYTE, at + 4, address.length);
    long rest = at + 4 + address.length;
    if (a.port() != 0) {
      put16(m, rest, a.port());
      rest += 2;
    }
    if (!a.echo()) {
      put64(m, rest, a.hmac());
    }
  }

  /**
   * Writes a DSS without an object for it; returns its length. {@code dataAckBytes} and {@code
   * dsnBytes} are 0, 4 or 8; {@code checksum} -1 leaves it out.
   */
  public static int encodeDss(
      MemorySegment m,
      long at,
      boolean dataFin,
      int dataAckBytes,
      long dataAck,
      int dsnBytes,
      long dsn,
      int ssn,
      int dataLength,
      int checksum) {
    int flags =
        (dataFin ? 16 : 0)
            | (dsnBytes == 0 ? 0 : dsnBytes == 8 ? 12 : 4)
            | (dataAckBytes == 0 ? 0 : dataAckBytes == 8 ? 3 : 1);
    long next = at + 4;
    if (dataAckBytes == 8) {
      put64(m, next, dataAck);
    } else if (dataAckBytes == 4) {
      put32(m, next, (int) dataAck);
    }
    next += dataAckBytes;
    if (dsnBytes != 0) {
      if (dsnBytes == 8) {
        put64(m, next, dsn);
      } else {
        put32(m, next, (int) dsn);
      }
      put32(m, next + dsnBytes, ssn);
      put16(m, next + dsnBytes + 4, dataLength);
      next += dsnBytes + 6;
      if (checksum >= 0) {
        put16(m, next, checksum);
        next += 2;
      }
    }
    int length = (int) (next - at);
    put8(m, at, KIND);
    put8(m, at + 1, length);
    head(m, at, DSS << 4, flags);
    return length;
  }
}
