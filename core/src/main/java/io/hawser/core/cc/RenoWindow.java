package io.hawser.core.cc;

/**
 * A window that is halved by a loss (RFC 5681, RFC 6582) and begins with HyStart++; how it grows in
 * congestion avoidance is the algorithm's own.
 */
abstract class RenoWindow implements CongestionControl {
  private final SlowStart slowStart = new SlowStart();
  private int mss = 1;
  private double fraction;
  private int cwnd;
  private int ssthresh = Integer.MAX_VALUE;
  private boolean begun;
  private int undoCwnd;
  private int undoSsthresh;

  final int mssBytes() {
    return mss;
  }

  /** Bytes to grow by in congestion avoidance; may be a fraction, or less than 0. */
  abstract double increaseBytes(AckSample sample);

  /** The window after a loss, bytes. */
  int reducedBytes(int inFlightBytes) {
    // RFC 5681 section 3.1 equation 4.
    return Math.min(inFlightBytes, cwnd) / 2;
  }

  /** Every acknowledgement, before the window moves. */
  void observe(AckSample sample) {}

  /** Every reduction, before the window moves. */
  void observeLoss() {}

  @Override
  public final void mss(int mssBytes) {
    cwnd = begun ? InitialWindow.resized(cwnd, mss, mssBytes) : InitialWindow.bytes(mssBytes);
    mss = mssBytes;
  }

  @Override
  public final void onAck(AckSample sample) {
    begun = true;
    observe(sample);
    if (!sample.cwndLimited) {
      return;
    }
    if (cwnd < ssthresh) {
      // Also after a timeout; in fast recovery the window is at the threshold already.
      boolean over = slowStart.over(sample, ssthresh == Integer.MAX_VALUE);
      cwnd = InitialWindow.grow(cwnd, slowStart.growth(sample));
      if (over) {
        ssthresh = cwnd;
      }
    } else if (!sample.inRecovery) {
      fraction += increaseBytes(sample);
      int whole = (int) fraction;
      fraction -= whole;
      cwnd = Math.max(InitialWindow.grow(cwnd, whole), 2 * mss);
    }
  }

  private void reduce(int inFlightBytes) {
    begun = true;
    undoCwnd = cwnd;
    undoSsthresh = ssthresh;
    observeLoss();
    ssthresh = Math.max(reducedBytes(inFlightBytes), 2 * mss);
    fraction = 0;
  }

  @Override
  public final void onRecovery(long nowNs, int inFlightBytes) {
    reduce(inFlightBytes);
    cwnd = ssthresh;
  }

  @Override
  public final void onTimeout(long nowNs, int inFlightBytes) {
    // RFC 5681 section 3.1: a repeated timeout leaves the threshold as it is.
    if (cwnd > mss) {
      reduce(inFlightBytes);
    }
    cwnd = mss;
    slowStart.reset();
  }

  @Override
  public final void onUndo(long nowNs) {
    cwnd = Math.max(cwnd, undoCwnd);
    ssthresh = Math.max(ssthresh, undoSsthresh);
  }

  @Override
  public final void onEcn(long nowNs, int inFlightBytes) {
    onRecovery(nowNs, inFlightBytes);
  }

  @Override
  public final void onIdleRestart(long nowNs) {
    ssthresh = InitialWindow.thresholdAfterIdle(cwnd, ssthresh);
    cwnd = InitialWindow.halfUnused(cwnd, mss);
    slowStart.reset();
  }

  @Override
  public final void onUnvalidated(long nowNs) {
    ssthresh = InitialWindow.thresholdAfterIdle(cwnd, ssthresh);
    cwnd = InitialWindow.halfUnused(cwnd, mss);
  }

  @Override
  public final int cwndBytes() {
    return cwnd;
  }

  @Override
  public final int ssthreshBytes() {
    return ssthresh;
  }
}
