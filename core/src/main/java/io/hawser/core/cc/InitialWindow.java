package io.hawser.core.cc;

/** Bounds that all algorithms share. */
final class InitialWindow {
  private static final int SEGMENTS = 10;
  private static final int LARGEST_WINDOW = 1 << 30;

  private InitialWindow() {}

  /** RFC 6928 section 2, with Linux's plain count of segments. */
  static int bytes(int mss) {
    return SEGMENTS * mss;
  }

  /** Grows a window, which never passes what a scaled TCP window can express. */
  static int grow(int cwnd, int by) {
    return (int) Math.min(LARGEST_WINDOW, (long) cwnd + by);
  }

  /**
   * The window where segments change their size: one segment, as after a timeout, stays one, so
   * that a repeated timeout is known as such.
   */
  static int resized(int cwnd, int oldMss, int mss) {
    return cwnd <= oldMss ? mss : Math.max(cwnd, mss);
  }

  /**
   * RFC 7661 section 4.4.3, RFC 2861 section 3.1: half of a window that was not used, but never
   * less than the first.
   */
  static int halfUnused(int cwnd, int mss) {
    return Math.min(cwnd, Math.max(cwnd / 2, bytes(mss)));
  }

  /** RFC 2861 section 3.1: three quarters of the old window are found again by slow start. */
  static int thresholdAfterIdle(int cwnd, int ssthresh) {
    return Math.max(ssthresh, (int) (cwnd * 3L / 4));
  }
}
