package io.hawser.sim;

import static io.hawser.wire.PacketBuffer.START;

import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;

/**
 * A router before a link with a smaller MTU: larger packets go no further, and the sender hears of
 * it by ICMP (RFC 1191, RFC 8201) or, from a black hole, does not (RFC 2923).
 */
public final class PathMtu implements Middlebox {
  private static final int ICMP4 = 1;
  private static final int ICMP6 = 58;
  private static final int QUOTED_BYTES = 64;

  private final boolean tells;
  private volatile int mtuBytes;
  private Outlet outlet = NOWHERE;
  private long tooBig;

  /** Packets above this size are dropped; {@code tells}: with an ICMP message to their sender. */
  public PathMtu(int mtuBytes, boolean tells) {
    this.mtuBytes = mtuBytes;
    this.tells = tells;
  }

  /** Another MTU from now on; from any thread. */
  public void mtu(int bytes) {
    mtuBytes = bytes;
  }

  /** Packets that were too big so far. */
  public long tooBig() {
    return tooBig;
  }

  @Override
  public void attach(Outlet next) {
    outlet = next;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (packet.length() <= mtuBytes) {
      return true;
    }
    tooBig++;
    if (tells) {
      Direction back = direction == Direction.A_TO_B ? Direction.B_TO_A : Direction.A_TO_B;
      outlet.emit(message(packet), back, nowNs);
    }
    return false;
  }

  private PacketBuffer message(PacketBuffer about) {
    boolean v6 = Bytes.u8(about.memory(), START) >> 4 == 6;
    int quoted = Math.min(about.length(), QUOTED_BYTES);
    int header = v6 ? 40 : 20;
    PacketBuffer made = outlet.buffer(header + 8 + quoted);
    made.length(header + 8 + quoted);
    MemorySegment m = made.memory();
    MemorySegment from = about.memory();
    int icmp = START + header;
    for (int i = START; i < icmp + 8; i++) {
      Bytes.put8(m, i, 0);
    }
    MemorySegment.copy(from, START, m, icmp + 8, quoted);
    if (v6) {
      Bytes.put8(m, START, 0x60);
      Bytes.put16(m, START + 4, 8 + quoted);
      Bytes.put8(m, START + 6, ICMP6);
      Bytes.put8(m, START + 7, 64);
      MemorySegment.copy(from, START + 24, m, START + 8, 16);
      MemorySegment.copy(from, START + 8, m, START + 24, 16);
      Bytes.put8(m, icmp, 2);
      Bytes.put32(m, icmp + 4, mtuBytes);
      long sum = Checksum.add(0, m, START + 8, 32);
      sum = Checksum.add32(Checksum.add32(sum, 8 + quoted), ICMP6);
      Bytes.put16(m, icmp + 2, Checksum.finish(Checksum.add(sum, m, icmp, 8 + quoted)));
    } else {
      Bytes.put8(m, START, 0x45);
      Bytes.put16(m, START + 2, made.length());
      Bytes.put8(m, START + 8, 64);
      Bytes.put8(m, START + 9, ICMP4);
      MemorySegment.copy(from, START + 16, m, START + 12, 4);
      MemorySegment.copy(from, START + 12, m, START + 16, 4);
      Bytes.put16(m, START + 10, Checksum.finish(Checksum.add(0, m, START, 20)));
      Bytes.put8(m, icmp, 3);
      Bytes.put8(m, icmp + 1, 4);
      Bytes.put16(m, icmp + 6, mtuBytes);
      Bytes.put16(m, icmp + 2, Checksum.finish(Checksum.add(0, m, icmp, 8 + quoted)));
    }
    return made;
  }
}
