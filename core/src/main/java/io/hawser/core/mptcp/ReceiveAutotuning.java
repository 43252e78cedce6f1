package io.hawser.core.mptcp;

/**
 * Dynamic right-sizing of a receive window: it begins small and follows twice what the application
 * reads in a round trip, so that a slow reader never holds much and a fast one is never the brake.
 */
final class ReceiveAutotuning {
  private static final int FIRST_SEGMENTS = 10;
  private static final int SEGMENTS_OF_HEADROOM = 16;
  private static final int TYPICAL_SEGMENT = 1448;

  private long bytes;
  private long lastCopied = FIRST_SEGMENTS * TYPICAL_SEGMENT;
  private long roundStartNs = -1;
  private long roundStartRead;

  /** Begins with so many bytes. */
  ReceiveAutotuning(int firstBytes) {
    bytes = firstBytes;
  }

  /** The window as tuned so far; it never becomes less. */
  int bytes() {
    return (int) bytes;
  }

  /**
   * Tells how far the application has read.
   *
   * @param readBytes bytes read since the connection began
   * @param rttNs the longest round trip among the paths
   * @param mostBytes the window grows up to here
   */
  void read(long readBytes, long rttNs, int mostBytes, long nowNs) {
    if (roundStartNs < 0) {
      roundStartNs = nowNs;
      roundStartRead = readBytes;
      return;
    }
    if (nowNs - roundStartNs < rttNs || bytes >= mostBytes) {
      return;
    }
    // Nobody may have asked for longer than a round trip.
    long copied = (long) ((double) (readBytes - roundStartRead) * rttNs / (nowNs - roundStartNs));
    if (copied > lastCopied) {
      // What slow start may bring in the next round comes on top, as in Linux.
      long window = 2 * copied + SEGMENTS_OF_HEADROOM * TYPICAL_SEGMENT;
      double growth = (double) (copied - lastCopied) / lastCopied;
      window += (long) (2 * Math.min(2, growth) * window);
      bytes = Math.min(mostBytes, Math.max(bytes, window));
      lastCopied = copied;
    } else if (2 * copied > bytes) {
      bytes = Math.min(mostBytes, 2 * bytes);
    }
    roundStartNs = nowNs;
    roundStartRead = readBytes;
  }
}
