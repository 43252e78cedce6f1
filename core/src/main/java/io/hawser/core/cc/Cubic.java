package io.hawser.core.cc;

/** CUBIC (RFC 9438) with HyStart++; windows in bytes, the curve in segments and seconds. */
public final class Cubic implements CongestionControl {
  private static final double C = 0.4;
  private static final double BETA = 0.7;
  private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);
  private static final double NS = 1e9;

  /** Where the curve stands, in the RFC's names; what a spurious reduction takes away. */
  private static final class Curve {
    double wMax;
    double cwndPrior;
    double wEst;
    double k;
    long epochStartNs;
    boolean begun;

    void copyFrom(Curve other) {
      wMax = other.wMax;
      cwndPrior = other.cwndPrior;
      wEst = other.wEst;
      k = other.k;
      epochStartNs = other.epochStartNs;
      begun = other.begun;
    }
  }

  private final SlowStart slowStart = new SlowStart();
  private final Curve curve = new Curve();

  /** As it was before the last reduction; the same until there was one. */
  private Curve undoCurve = curve;

  private int mss = 1;
  private int cwnd;
  private int ssthresh = Integer.MAX_VALUE;
  private double fraction;
  private boolean begun;
  private boolean limitedBefore = true;
  private long idleSinceNs;
  private int undoCwnd;
  private int undoSsthresh;

  @Override
  public String name() {
    return "cubic";
  }

  @Override
  public void mss(int mssBytes) {
    cwnd = begun ? InitialWindow.resized(cwnd, mss, mssBytes) : InitialWindow.bytes(mssBytes);
    // The curve counts segments, and they have another size now.
    curve.begun &= mssBytes == mss;
    curve.wMax *= (double) mss / mssBytes;
    mss = mssBytes;
  }

  @Override
  public void onAck(AckSample sample) {
    begun = true;
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
      curve.epochStartNs += sample.nowNs - idleSinceNs;
    }
    if (cwnd < ssthresh) {
      // Also after a timeout; in fast recovery the window is at the threshold already.
      boolean over = slowStart.over(sample, ssthresh == Integer.MAX_VALUE);
      cwnd = InitialWindow.grow(cwnd, slowStart.growth(sample));
      if (over) {
        ssthresh = cwnd;
      }
    } else if (!sample.inRecovery) {
      avoid(sample);
    }
  }

  private void avoid(AckSample sample) {
    double window = (double) cwnd / mss;
    double acked = (double) sample.ackedBytes / mss;
    if (!curve.begun) {
      startEpoch(sample.nowNs, window);
    }
    // RFC 9438 section 4.3: what Reno would have; alpha is 1 once the old window is reached.
    curve.wEst += (curve.wEst >= curve.cwndPrior ? 1 : ALPHA) * acked / window;
    double t = (sample.nowNs - curve.epochStartNs) / NS;
    double step;
    if (cubic(t) < curve.wEst) {
      step = Math.min(acked, Math.max(0, curve.wEst - window));
    } else {
      // Section 4.2: the curve one RTT ahead is the target, from one to one and a half windows.
      double ahead = cubic(t + Math.max(0, sample.smoothedRttNs) / NS);
      double target = Math.min(Math.max(ahead, window), 1.5 * window);
      step = (target - window) / window * acked;
    }
    fraction += step * mss;
    int whole = (int) fraction;
    fraction -= whole;
    cwnd = InitialWindow.grow(cwnd, whole);
  }

  /** RFC 9438 section 4.2 equation 1. */
  private double cubic(double t) {
    double d = t - curve.k;
    return C * d * d * d + curve.wMax;
  }

  private void startEpoch(long nowNs, double window) {
    curve.begun = true;
    curve.epochStartNs = nowNs;
    curve.wEst = window;
    if (curve.wMax <= window) {
      // Section 4.8 and 4.10: after a timeout or without a loss, the plateau is here.
      curve.wMax = window;
      curve.k = 0;
    } else {
      curve.k = StrictMath.cbrt((curve.wMax - window) / C);
    }
  }

  /**
   * The window that a loss reduces. RFC 7661 section 4.4.1: of a window that was not half used
   * nobody knows whether the path bears it, so what was in flight counts.
   */
  private int basis(int inFlightBytes) {
    boolean validated = limitedBefore || inFlightBytes >= cwnd / 2;
    return validated ? cwnd : Math.max(inFlightBytes, 2 * mss);
  }

  private void reduce(int basis) {
    begun = true;
    undoCwnd = cwnd;
    undoSsthresh = ssthresh;
    if (undoCurve == curve) {
      undoCurve = new Curve();
    }
    undoCurve.copyFrom(curve);
    double window = (double) basis / mss;
    curve.cwndPrior = window;
    // RFC 9438 section 4.7, fast convergence: a flow that lost before reaching its old maximum
    // leaves room.
    curve.wMax = window < curve.wMax ? window * (1 + BETA) / 2 : window;
    curve.begun = false;
    // Section 4.6.
    ssthresh = Math.max((int) (basis * BETA), 2 * mss);
    fraction = 0;
  }

  @Override
  public void onRecovery(long nowNs, int inFlightBytes) {
    reduce(basis(inFlightBytes));
    cwnd = ssthresh;
  }

  @Override
  public void onTimeout(long nowNs, int inFlightBytes) {
    if (cwnd > mss) {
      reduce(basis(inFlightBytes));
      // Section 4.8: the curve begins where slow start ends.
      curve.wMax = 0;
    }
    cwnd = mss;
    slowStart.reset();
  }

  @Override
  public void onUndo(long nowNs) {
    // Section 4.9: everything as it was, if the window is not larger by now.
    if (cwnd < undoCwnd) {
      cwnd = undoCwnd;
      curve.copyFrom(undoCurve);
    }
    ssthresh = Math.max(ssthresh, undoSsthresh);
  }

  @Override
  public void onEcn(long nowNs, int inFlightBytes) {
    onRecovery(nowNs, inFlightBytes);
  }

  @Override
  public void onIdleRestart(long nowNs) {
    ssthresh = InitialWindow.thresholdAfterIdle(cwnd, ssthresh);
    cwnd = InitialWindow.halfUnused(cwnd, mss);
    curve.begun = false;
    slowStart.reset();
  }

  @Override
  public void onUnvalidated(long nowNs) {
    ssthresh = InitialWindow.thresholdAfterIdle(cwnd, ssthresh);
    cwnd = InitialWindow.halfUnused(cwnd, mss);
    curve.begun = false;
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
