package io.hawser.core.cc;

/**
 * Linked increases (RFC 6356): the subflows together take no more than one TCP on the best path.
 */
public final class Lia extends CoupledWindow {
  Lia(CoupledGroup group) {
    super(group);
  }

  @Override
  public String name() {
    return "lia";
  }

  @Override
  double growthPerSegment() {
    // RFC 6356 section 3: alpha = total * max(w / rtt^2) / (sum of w / rtt)^2; the increase for
    // an acknowledged segment is the lesser of alpha / total and what Reno would add.
    double best = 0;
    for (CoupledWindow member : group().members) {
      if (member.measured()) {
        best = Math.max(best, member.rate() / member.rttSeconds());
      }
    }
    double sum = group().totalRate();
    return Math.min(best / (sum * sum), 1 / segments());
  }
}
