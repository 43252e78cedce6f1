package io.hawser.core.cc;

/** CUBIC (RFC 9438) with HyStart++; windows in bytes, the curve in segments. */
public final class Cubic implements CongestionControl {
  private static final double C = 0.4;
  private static final double BETA = 0.7;
  private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);
  private static final double NS = 1e9;

  private final SlowStart slowStart = new SlowStart();
  private int mss = 1;
  private int cwnd;
  private int ssthresh = Integer.MAX_VALUE;
  private double fraction;
  private double wMax;
  private double wEst;
  private double k;
  private long epochStartNs = -1;
  private boolean limitedBefore = true;
  private long idleSinceNs;

  private int undoCwnd;
  private int undoSsthresh;
  private double undoWMax;

  @Override
  public String name() {
    return "cubic";
  }

  @Override
  public void mss(int mssBytes) {
    cwnd = cwnd == 0 ? InitialWindow.bytes(mssBytes) : Math.max(cwnd, mssBytes);
    mss = mssBytes;
  }

  @Override
  public void onAck(AckSample sample) {
    if (sample.inRecovery) {
      return;
    }
    if (!sample.cwndLimited) {
      // RFC 9438 section 5.8: time without a full window does not count on the curve.
      if (limitedBefore) {
        idleSinceNs = sample.nowNs;
      }
      limitedBefore = false;
      return;
    }
    if (!limitedBefore) {
      limitedBefore = true;
      if (epochStartNs >= 0) {
        epochStartNs += sample.nowNs - idleSinceNs;
      }
    }
    if (cwnd < ssthresh) {
      boolean over = slowStart.over(sample);
      cwnd = InitialWindow.grow(cwnd, slowStart.growth(sample));
      if (over) {
        ssthresh = cwnd;
      }
      return;
    }
    avoid(sample);
  }

  private void avoid(AckSample sample) {
    double window = (double) cwnd / mss;
    double acked = (double) sample.ackedBytes / mss;
    if (epochStartNs < 0) {
      startEpoch(sample.nowNs, window);
    }
    // RFC 9438 section 4.2: the curve one RTT ahead is the target, bounded to 1.5 windows.
    double t = (sample.nowNs - epochStartNs + Math.max(0, sample.smoothedRttNs)) / NS;
    double d = t - k;
    double target = Math.min(Math.max(C * d * d * d + wMax, window), 1.5 * window);
    // Section 4.3: what Reno would have; alpha is 1 once the old maximum is reached.
    wEst += (wEst >= wMax ? 1 : ALPHA) * acked / window;
    double step;
    if (wEst > target) {
      step = Math.max(0, wEst - window);
    } else {
      step = (target - window) / window * acked;
    }
    fraction += Math.min(step, acked / 2 + 1) * mss;
    int whole = (int) fraction;
    fraction -= whole;
    cwnd = InitialWindow.grow(cwnd, whole);
  }

  private void startEpoch(long nowNs, double window) {
    epochStartNs = nowNs;
    wEst = window;
    if (wMax < window) {
      wMax = window;
      k = 0;
    } else {
      k = StrictMath.cbrt((wMax - window) / C);
    }
  }

  private void remember() {
    undoCwnd = cwnd;
    undoSsthresh = ssthresh;
    undoWMax = wMax;
  }

  private void reduce() {
    double window = (double) cwnd / mss;
    // RFC 9438 section 4.7, fast convergence: a flow that lost before reaching its old maximum
    // leaves room.
    wMax = window < wMax ? window * (1 + BETA) / 2 : window;
    ssthresh = Math.max((int) (cwnd * BETA), 2 * mss);
    epochStartNs = -1;
    fraction = 0;
  }

  @Override
  public void onRecovery(long nowNs, int inFlightBytes) {
    remember();
    reduce();
    cwnd = ssthresh;
  }

  @Override
  public void onTimeout(long nowNs, int inFlightBytes) {
    if (cwnd > mss) {
      remember();
      reduce();
    }
    cwnd = mss;
    slowStart.reset();
  }

  @Override
  public void onUndo(long nowNs) {
    cwnd = Math.max(cwnd, undoCwnd);
    ssthresh = Math.max(ssthresh, undoSsthresh);
    wMax = Math.max(wMax, undoWMax);
    epochStartNs = -1;
  }

  @Override
  public void onEcn(long nowNs, int inFlightBytes) {
    onRecovery(nowNs, inFlightBytes);
  }

  @Override
  public void onIdleRestart(long nowNs) {
    cwnd = Math.min(cwnd, InitialWindow.bytes(mss));
    epochStartNs = -1;
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
