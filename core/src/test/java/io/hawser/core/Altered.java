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

  /** Changes the byte at an offset within the first MPTCP option of a subtype. */
  static void alterOption(PacketBuffer packet, int subtype, int offset) {
    PacketView v = view(packet);
    for (int i = v.transportOffset + 20; i < v.payloadOffset; ) {
      int kind = Bytes.u8(v.memory, i);
      if (kind == 30 && Bytes.u8(v.memory, i + 2) >> 4 == subtype) {
        Bytes.put8(v.memory, i + offset, Bytes.u8(v.memory, i + offset) ^ 0xff);
      }
      i += kind <= 1 ? 1 : Bytes.u8(v.memory, i + 1);
    }
    fix(v);
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
