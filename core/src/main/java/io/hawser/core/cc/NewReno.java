package io.hawser.core.cc;

/** NewReno (RFC 5681, RFC 6582) with appropriate byte counting (RFC 3465) and HyStart++. */
public final class NewReno implements CongestionControl {
  private final SlowStart slowStart = new SlowStart();
  private int mss = 1;
  private int cwnd;
  private int ssthresh = Integer.MAX_VALUE;
  private int counted;
  private int undoCwnd;
  private int undoSsthresh;

  @Override
  public String name() {
    return "reno";
  }

  @Override
  public void mss(int mssBytes) {
    // RFC 6928: ten segments to begin with.
    cwnd = cwnd == 0 ? InitialWindow.bytes(mssBytes) : Math.max(cwnd, mssBytes);
    mss = mssBytes;
  }

  @Override
  public void onAck(AckSample sample) {
    if (sample.inRecovery || !sample.cwndLimited) {
      return;
    }
    if (cwnd < ssthresh) {
      boolean over = slowStart.over(sample);
      cwnd = InitialWindow.grow(cwnd, slowStart.growth(sample));
      if (over) {
        ssthresh = cwnd;
      }
      return;
    }
    // RFC 3465 section 2.1: one segment more for each window of bytes acknowledged.
    counted += sample.ackedBytes;
    if (counted >= cwnd) {
      counted -= cwnd;
      cwnd = InitialWindow.grow(cwnd, mss);
    }
  }

  /** Takes bytes that a coupled algorithm added into the window. */
  void adopt(int extraBytes) {
    cwnd = InitialWindow.grow(cwnd, extraBytes);
  }

  private void remember() {
    undoCwnd = cwnd;
    undoSsthresh = ssthresh;
  }

  @Override
  public void onRecovery(long nowNs, int inFlightBytes) {
    remember();
    // RFC 5681 section 3.1 equation 4.
    ssthresh = Math.max(Math.min(inFlightBytes, cwnd) / 2, 2 * mss);
    cwnd = ssthresh;
    counted = 0;
  }

  @Override
  public void onTimeout(long nowNs, int inFlightBytes) {
    if (cwnd > mss) {
      remember();
      ssthresh = Math.max(Math.min(inFlightBytes, cwnd) / 2, 2 * mss);
    }
    cwnd = mss;
    counted = 0;
    slowStart.reset();
  }

  @Override
  public void onUndo(long nowNs) {
    cwnd = Math.max(cwnd, undoCwnd);
    ssthresh = Math.max(ssthresh, undoSsthresh);
  }

  @Override
  public void onEcn(long nowNs, int inFlightBytes) {
    onRecovery(nowNs, inFlightBytes);
  }

  @Override
  public void onIdleRestart(long nowNs) {
    cwnd = Math.min(cwnd, InitialWindow.bytes(mss));
  }

  @Override
  public int cwndBytes() {
    return cwnd;
  }

  @Override
  public int ssthreshBytes() {
    return ssthresh;
  }
}
