package io.hawser.sim;

import io.hawser.wire.PacketBuffer;
import java.util.SplittableRandom;

/**
 * A broken middlebox: now and then it sets a bit of TCP payload that was clear and mends the TCP
 * checksum, so that only MPTCP's own checksum can tell. Because bits are only ever set, fewer than
 * sixteen alterations of one mapping cannot cancel each other in a one's complement sum.
 */
final class Alterer implements Middlebox {
  private final TcpHeader header = new TcpHeader();
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
        && header.locate(packet)
        && header.payloadBytes() > 0
        && random.nextInt(oneIn) == 0) {
      int at = header.payloadOffset() + random.nextInt(header.payloadBytes());
      int mask = 1 << random.nextInt(8);
      if ((header.u8(at) & mask) == 0) {
        header.replace8(at, header.u8(at) | mask);
        alteredBytes++;
        left--;
      }
    }
    return true;
  }
}
