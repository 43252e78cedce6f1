package io.hawser.core;

import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.util.function.IntPredicate;

/** What middleboxes do to packets, for tests. */
final class Altered {
  private static final PacketMeta TRUSTED = new PacketMeta();

  static {
    TRUSTED.checksumTrusted = true;
  }

  private Altered() {}

  static PacketView view(PacketBuffer packet) {
    PacketView v = new PacketView();
    v.check(packet, TRUSTED);
    return v;
  }

  /** Overwrites MPTCP options whose subtype is chosen with NOPs. */
  static boolean strip(PacketBuffer packet, IntPredicate subtypes) {
    PacketView v = view(packet);
    boolean changed = false;
    int i = v.transportOffset + 20;
    while (i < v.payloadOffset) {
      int kind = Bytes.u8(v.memory, i);
      int length = kind <= 1 ? 1 : Bytes.u8(v.memory, i + 1);
      if (kind == 30 && subtypes.test(Bytes.u8(v.memory, i + 2) >> 4)) {
        for (int k = 0; k < length; k++) {
          Bytes.put8(v.memory, i + k, 1);
        }
        changed = true;
      }
      i += length;
    }
    fix(v);
    return changed;
  }

  /** Changes one payload byte and makes the TCP checksum good again. */
  static void alterPayload(PacketBuffer packet) {
    PacketView v = view(packet);
    Bytes.put8(v.memory, v.payloadOffset, Bytes.u8(v.memory, v.payloadOffset) ^ 0x55);
    fix(v);
  }

  /** Makes a RST of an acknowledgement. */
  static void reset(PacketBuffer packet) {
    PacketView v = view(packet);
    Bytes.put8(v.memory, v.transportOffset + 13, PacketView.RST | PacketView.ACK);
    fix(v);
  }

  /** Changes the byte at an offset within the first MPTCP option of a subtype. */
  static void alterOption(PacketBuffer packet, int subtype, int offset) {
    flipBits(packet, subtype, offset, 0xff);
  }

  /** Flips bits of the byte at an offset within the first MPTCP option of a subtype. */
  static void flipBits(PacketBuffer packet, int subtype, int offset, int bits) {
    PacketView v = view(packet);
    for (int i = v.transportOffset + 20; i < v.payloadOffset; ) {
      int kind = Bytes.u8(v.memory, i);
      if (kind == 30 && Bytes.u8(v.memory, i + 2) >> 4 == subtype) {
        Bytes.put8(v.memory, i + offset, Bytes.u8(v.memory, i + offset) ^ bits);
      }
      i += kind <= 1 ? 1 : Bytes.u8(v.memory, i + 1);
    }
    fix(v);
  }

  /** Cuts the checksum off a DSS with a mapping; true if there was one. */
  static boolean cutDssChecksum(PacketBuffer packet) {
    PacketView v = view(packet);
    if (!v.hasDss || !v.hasDataChecksum) {
      return false;
    }
    int length = Bytes.u8(v.memory, v.dssOffset + 1);
    Bytes.put8(v.memory, v.dssOffset + 1, length - 2);
    Bytes.put16(v.memory, v.dssOffset + length - 2, 0x0101);
    fix(v);
    return true;
  }

  /** Makes a DSS say its numbers in 32 bits; true if that changed anything. */
  static boolean narrowDss(PacketBuffer packet) {
    PacketView v = view(packet);
    if (!v.hasDss || (v.dataAckBytes != 8 && v.dsnBytes != 8)) {
      return false;
    }
    int at = v.dssOffset;
    int length = Bytes.u8(v.memory, at + 1);
    int tail = v.dsnBytes > 0 ? 6 + (v.hasDataChecksum ? 2 : 0) : 0;
    byte[] rest = new byte[tail];
    for (int i = 0; i < tail; i++) {
      rest[i] = (byte) Bytes.u8(v.memory, at + length - tail + i);
    }
    int flags = Bytes.u8(v.memory, at + 3) & ~(2 | 8);
    Bytes.put8(v.memory, at + 3, flags);
    int to = at + 4;
    if (v.dataAckBytes > 0) {
      Bytes.put32(v.memory, to, (int) v.dataAck);
      to += 4;
    }
    if (v.dsnBytes > 0) {
      Bytes.put32(v.memory, to, (int) v.dsn);
      to += 4;
    }
    for (byte b : rest) {
      Bytes.put8(v.memory, to++, b);
    }
    Bytes.put8(v.memory, at + 1, to - at);
    for (; to < at + length; to++) {
      Bytes.put8(v.memory, to, 1);
    }
    fix(v);
    return true;
  }

  /** Makes the TCP checksum good again. */
  static void mend(PacketBuffer packet) {
    fix(view(packet));
  }

  private static void fix(PacketView v) {
    Bytes.put16(v.memory, v.transportOffset + 16, 0);
    long sum =
        Checksum.pseudoHeader(
            v.v6, v.srcHigh, v.srcLow, v.dstHigh, v.dstLow, PacketView.TCP, v.transportLength);
    sum = Checksum.add(sum, v.memory, v.transportOffset, v.transportLength);
    Bytes.put16(v.memory, v.transportOffset + 16, Checksum.finish(sum));
  }
}
