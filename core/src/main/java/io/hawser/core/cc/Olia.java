package io.hawser.core.cc;

/**
 * Opportunistic linked increases (draft-khalili-mptcp-congestion-control-05, section 3): like LIA,
 * but windows move from the subflows with the largest windows to the best paths that have small
 * ones.
 */
public final class Olia extends CoupledWindow {
  Olia(CoupledGroup group) {
    super(group);
  }

  @Override
  public String name() {
    return "olia";
  }

  @Override
  double growthPerSegment() {
    double sum = group().totalRate();
    double linked = rate() / rttSeconds() / (sum * sum);
    // A window may shrink by the second term, but never faster than a segment in a window.
    return Math.min(linked + shift() / segments(), 1 / segments());
  }

  /** Best by the draft: the square of what passes between losses, by round-trip time. */
  private static double quality(CoupledWindow path) {
    double bytes = path.lossIntervalBytes();
    return bytes * bytes / path.rttSeconds();
  }

  private double shift() {
    double bestQuality = 0;
    double largest = 0;
    int paths = 0;
    for (CoupledWindow member : group().members) {
      if (member.measured()) {
        bestQuality = Math.max(bestQuality, quality(member));
        largest = Math.max(largest, member.segments());
        paths++;
      }
    }
    int largestPaths = 0;
    int collected = 0;
    for (CoupledWindow member : group().members) {
      if (member.measured()) {
        boolean large = member.segments() >= largest;
        largestPaths += large ? 1 : 0;
        collected += !large && quality(member) >= bestQuality ? 1 : 0;
      }
    }
    if (collected == 0) {
      return 0;
    }
    if (segments() >= largest) {
      return -1.0 / paths / largestPaths;
    }
    return quality(this) >= bestQuality ? 1.0 / paths / collected : 0;
  }
}
