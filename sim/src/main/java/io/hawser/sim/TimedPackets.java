package io.hawser.sim;

import io.hawser.wire.PacketBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packets by a time each; those of the same time keep the order they were added in. A ring that is
 * filled from behind: nearly every packet comes after all others.
 */
final class TimedPackets {
  private @Nullable PacketBuffer[] packets = new @Nullable PacketBuffer[64];
  private long[] timesNs = new long[64];
  private int head;
  private int count;

  void add(PacketBuffer packet, long atNs) {
    if (count == packets.length) {
      grow();
    }
    int mask = packets.length - 1;
    int at = count;
    while (at > 0 && timesNs[(head + at - 1) & mask] > atNs) {
      packets[(head + at) & mask] = packets[(head + at - 1) & mask];
      timesNs[(head + at) & mask] = timesNs[(head + at - 1) & mask];
      at--;
    }
    packets[(head + at) & mask] = packet;
    timesNs[(head + at) & mask] = atNs;
    count++;
  }

  private void grow() {
    int old = packets.length;
    @Nullable PacketBuffer[] morePackets = Arrays.copyOfRange(packets, head, head + 2 * old);
    long[] moreTimes = Arrays.copyOfRange(timesNs, head, head + 2 * old);
    System.arraycopy(packets, 0, morePackets, old - head, head);
    System.arraycopy(timesNs, 0, moreTimes, old - head, head);
    packets = morePackets;
    timesNs = moreTimes;
    head = 0;
  }

  long firstNs() {
    return count == 0 ? Long.MAX_VALUE : timesNs[head];
  }

  boolean isEmpty() {
    return count == 0;
  }

  PacketBuffer first() {
    PacketBuffer packet = packets[head];
    if (packet == null) {
      throw new IllegalStateException("no packet waits");
    }
    return packet;
  }

  PacketBuffer take() {
    PacketBuffer packet = first();
    packets[head] = null;
    head = (head + 1) & (packets.length - 1);
    count--;
    return packet;
  }
}
