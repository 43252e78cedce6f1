package io.hawser.proof.world;

import io.hawser.sim.Direction;
import io.hawser.sim.Middlebox;
import io.hawser.wire.Bytes;
import io.hawser.wire.DropReason;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.util.SplittableRandom;

/**
 * A broken middlebox: now and then it sets a bit of TCP payload that was clear and mends the TCP
 * checksum, so that only MPTCP's own checksum can tell. Because bits are only ever set, fewer than
 * sixteen alterations of one mapping cannot cancel each other in a one's complement sum.
 */
final class Alterer implements Middlebox {
  private static final PacketMeta TRUSTED = new PacketMeta();

  static {
    TRUSTED.checksumTrusted = true;
  }

  private final PacketView view = new PacketView();
  private final SplittableRandom random;
  private final int oneIn;
  private int left;
  private long alteredBytes;

  Alterer(SplittableRandom random, int oneIn, int most) {
    this.random = random;
    this.oneIn = oneIn;
    left = most;
  }

  /** Bytes changed so far. */
  long alteredBytes() {
    return alteredBytes;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (left > 0
        && view.check(packet, TRUSTED) == DropReason.NONE
        && view.protocol == PacketView.TCP
        && view.payloadLength > 0
        && random.nextInt(oneIn) == 0) {
      int at = view.payloadOffset + random.nextInt(view.payloadLength);
      int mask = 1 << random.nextInt(8);
      if ((Bytes.u8(view.memory, at) & mask) == 0) {
        set(at, mask);
        alteredBytes++;
        left--;
      }
    }
    return true;
  }

  /** Sets a bit and mends the checksum by the difference (RFC 1624 equation 3). */
  private void set(int at, int mask) {
    Bytes.put8(view.memory, at, Bytes.u8(view.memory, at) | mask);
    int field = view.transportOffset + 16;
    boolean high = (at - view.transportOffset) % 2 == 0;
    int sum = (~Bytes.u16(view.memory, field) & 0xffff) + (high ? mask << 8 : mask);
    Bytes.put16(view.memory, field, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
  }
}
