package io.hawser.core.mptcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opportunistic retransmission (Raiciu et al., NSDI 2012, section 4.2): what holds up the stream is
 * on its way over a slow path while a faster one idles; then it goes there too, and the slow path
 * rests for some of its round trips.
 */
final class Overtaking {
  private long untilOffset;
  private int source;

  /**
   * Decides whether the stream's bytes from an offset on are to be overtaken.
   *
   * @param offset the first byte that is not acknowledged
   * @param endOffset no byte from here on
   * @return true: those before {@link #untilOffset} go again, on another path than {@link #source}
   */
  boolean begin(List<Subflow> subflows, long offset, long endOffset, long nowNs) {
    if (subflows.size() < 2 || offset < untilOffset) {
      return false;
    }
    Subflow slow = carrier(subflows, offset);
    if (slow == null) {
      return false;
    }
    long end = Math.min(endOffset, offset + fasterRoomBytes(subflows, slow));
    end = Math.min(end, slow.tcp().unackedRunEnd(offset));
    if (end <= offset) {
      return false;
    }
    untilOffset = end;
    source = slow.id();
    slow.rest(nowNs);
    return true;
  }

  long untilOffset() {
    return untilOffset;
  }

  int source() {
    return source;
  }

  private static @Nullable Subflow carrier(List<Subflow> subflows, long offset) {
    Subflow last = null;
    for (int i = 0; i < subflows.size(); i++) {
      if (subflows.get(i).underWayOffset() <= offset) {
        last = subflows.get(i);
      }
    }
    return last;
  }

  private static int fasterRoomBytes(List<Subflow> subflows, Subflow slow) {
    int room = 0;
    for (int i = 0; i < subflows.size(); i++) {
      Subflow one = subflows.get(i);
      boolean faster =
          one != slow
              && one.carriesData()
              && !one.stale
              && one.backup() == slow.backup()
              && one.smoothedRttNs() > 0
              && one.smoothedRttNs() < slow.smoothedRttNs();
      room = Math.max(room, faster ? one.sendRoomBytes() : 0);
    }
    return room;
  }
}
