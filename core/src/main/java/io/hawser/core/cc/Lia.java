package io.hawser.core.cc;

/**
 * Linked increases (RFC 6356): the subflows together take no more than one TCP on the best path.
 */
public final class Lia implements CongestionControl {
  private final CoupledGroup group;
  private final NewReno reno = new NewReno();
  private int extra;
  private int mss = 1;
  private double fraction;
  private long rttNs;

  Lia(CoupledGroup group) {
    this.group = group;
    group.members.add(this);
  }

  @Override
  public String name() {
    return "lia";
  }

  @Override
  public void mss(int mssBytes) {
    mss = mssBytes;
    reno.mss(mssBytes);
  }

  @Override
  public void onAck(AckSample sample) {
    rttNs = sample.smoothedRttNs;
    if (cwndBytes() < reno.ssthreshBytes()) {
      reno.onAck(sample);
      return;
    }
    if (sample.inRecovery || !sample.cwndLimited || rttNs <= 0) {
      return;
    }
    double total = 0;
    double best = 0;
    double sum = 0;
    for (Lia member : group.members) {
      double rtt = Math.max(1, member.rttNs);
      double window = member.cwndBytes();
      total += window;
      best = Math.max(best, window / (rtt * rtt));
      sum += window / rtt;
    }
    // RFC 6356 section 3: alpha, then the lesser of the linked increase and Reno's own.
    double alpha = sum == 0 ? 1 : total * best / (sum * sum);
    double linked = alpha * sample.ackedBytes * mss / total;
    double own = (double) sample.ackedBytes * mss / cwndBytes();
    fraction += Math.min(linked, own);
    int whole = (int) fraction;
    fraction -= whole;
    extra = InitialWindow.grow(extra, whole);
  }

  @Override
  public void onRecovery(long nowNs, int inFlightBytes) {
    fold();
    reno.onRecovery(nowNs, inFlightBytes);
  }

  @Override
  public void onTimeout(long nowNs, int inFlightBytes) {
    fold();
    reno.onTimeout(nowNs, inFlightBytes);
  }

  /** What congestion avoidance added becomes part of the window that a reduction halves. */
  private void fold() {
    reno.adopt(extra);
    extra = 0;
  }

  @Override
  public void onUndo(long nowNs) {
    reno.onUndo(nowNs);
  }

  @Override
  public void onEcn(long nowNs, int inFlightBytes) {
    onRecovery(nowNs, inFlightBytes);
  }

  @Override
  public void onIdleRestart(long nowNs) {
    extra = 0;
    reno.onIdleRestart(nowNs);
  }

  @Override
  public int cwndBytes() {
    return InitialWindow.grow(reno.cwndBytes(), extra);
  }

  @Override
  public int ssthreshBytes() {
    return reno.ssthreshBytes();
  }
}
