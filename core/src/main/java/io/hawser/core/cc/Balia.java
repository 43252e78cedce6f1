package io.hawser.core.cc;

/** Balanced linked adaptation (draft-walid-mptcp-congestion-control-04, section 3). */
public final class Balia extends CoupledWindow {
  Balia(CoupledGroup group) {
    super(group);
  }

  @Override
  public String name() {
    return "balia";
  }

  /** How much faster the fastest subflow is than this one; at least 1. */
  private double alpha() {
    double fastest = 0;
    for (CoupledWindow member : group().members) {
      if (member.measured()) {
        fastest = Math.max(fastest, member.rate());
      }
    }
    return measured() ? fastest / rate() : 1;
  }

  @Override
  double growthPerSegment() {
    double alpha = alpha();
    double sum = group().totalRate();
    double balanced = rate() / (rttSeconds() * sum * sum) * (1 + alpha) / 2 * (4 + alpha) / 5;
    // Never faster than a single TCP on this path, as RFC 6356 section 3 demands of any coupling.
    return Math.min(balanced, 1 / segments());
  }

  @Override
  int reducedBytes(int inFlightBytes) {
    int window = Math.min(inFlightBytes, cwndBytes());
    return window - (int) (window / 2.0 * Math.min(alpha(), 1.5));
  }
}
