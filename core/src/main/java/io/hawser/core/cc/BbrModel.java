package io.hawser.core.cc;

/**
 * What BBR believes of a path (draft-ietf-ccwg-bbr-02, section 2): how fast it is, how long it
 * takes, and what it bears in flight without losing. Rates are bytes per second.
 */
final class BbrModel {
  static final long UNKNOWN = Long.MAX_VALUE;

  private static final long SECOND_NS = 1_000_000_000;
  private static final long MIN_RTT_WINDOW_NS = 10 * SECOND_NS;
  private static final long PROBE_RTT_EVERY_NS = 5 * SECOND_NS;
  private static final double BETA = 0.7;
  private static final double LOSS_THRESHOLD = 0.02;
  private static final double HEADROOM = 0.15;
  private static final int AGGREGATION_ROUNDS = 5;

  int mss = 1;
  int cwnd;

  /** This sample began a round trip; counted by what was delivered, not by numbers. */
  boolean roundStart;

  long rounds;
  private long roundEndDelivered;
  private long deliveredTotal;

  /** The larger of two cycles of bandwidth probing. */
  private long newCycleRate;

  private long oldCycleRate;

  /** What losses say for the moment, and what they have said of the path; UNKNOWN: nothing. */
  long shortRate = UNKNOWN;

  long shortInFlight = UNKNOWN;
  long longInFlight = UNKNOWN;
  private long latestRate;
  private long latestDelivered;
  private boolean lossInRound;
  private int lossesInRound;
  private long lostBefore;

  long minRttNs = UNKNOWN;
  private long minRttAtNs;
  long probeRttMinNs = UNKNOWN;
  long probeRttMinAtNs;
  boolean probeRttDue;

  private long fullRate;
  private int roundsWithoutGrowth;

  /** The rate grows no more: in this probe, and ever since the connection began. */
  boolean fullNow;

  boolean fullReached;

  private long epochStartNs;
  private long epochAcked;
  private long extraAcked;
  private long extraAckedBefore;
  private int extraRounds;

  long maxRate() {
    return Math.max(newCycleRate, oldCycleRate);
  }

  long rate() {
    return Math.min(maxRate(), shortRate);
  }

  /** The next round trip begins now. */
  void startRound() {
    roundEndDelivered = deliveredTotal;
  }

  /** A cycle of bandwidth probing is over: what was measured in the one before counts no more. */
  void nextCycle() {
    if (newCycleRate > 0) {
      oldCycleRate = newCycleRate;
      newCycleRate = 0;
    }
  }

  /**
   * Takes a sample in.
   *
   * @param probing losses are expected and say nothing of the moment
   */
  void take(AckSample s, boolean probing) {
    deliveredTotal = s.deliveredTotalBytes;
    roundStart = s.deliveredBeforeBytes >= roundEndDelivered;
    if (roundStart) {
      startRound();
      rounds++;
    }
    long rate = s.rateFresh ? s.deliveryBytesPerSecond : 0;
    long delivered = s.deliveredTotalBytes - s.deliveredBeforeBytes;
    latestRate = Math.max(latestRate, rate);
    latestDelivered = Math.max(latestDelivered, delivered);
    if (rate > 0 && (rate >= maxRate() || !s.appLimited)) {
      newCycleRate = Math.max(newCycleRate, rate);
    }
    if (s.lostTotalBytes > lostBefore) {
      lossInRound = true;
      lossesInRound++;
    }
    lostBefore = s.lostTotalBytes;
    findFull(s, rate);
    aggregation(s);
    if (roundStart) {
      if (lossInRound && !probing) {
        lower();
      }
      lossInRound = false;
      latestRate = rate;
      latestDelivered = delivered;
    }
    rtt(s);
  }

  /** A mark that says what a loss says. */
  void marked() {
    lossInRound = true;
  }

  private void lower() {
    shortRate = Math.max(latestRate, (long) (BETA * Math.min(shortRate, maxRate())));
    shortInFlight = Math.max(latestDelivered, (long) (BETA * Math.min(shortInFlight, cwnd)));
  }

  /** What losses said for the moment is forgotten. */
  void forgetShort() {
    shortRate = UNKNOWN;
    shortInFlight = UNKNOWN;
  }

  void forgetCongestion() {
    lossInRound = false;
    latestRate = 0;
    latestDelivered = 0;
  }

  /** The search for a rate that grows no more begins anew. */
  void searchFull(long fromRate) {
    fullRate = fromRate;
    roundsWithoutGrowth = 0;
    fullNow = false;
  }

  /** Section 5.3.1.2: three round trips in which the rate does not grow by a quarter. */
  private void findFull(AckSample s, long rate) {
    if (fullNow || s.appLimited || !s.rateFresh) {
      return;
    }
    if (rate >= fullRate * 1.25) {
      searchFull(rate);
    } else if (roundStart && ++roundsWithoutGrowth >= 3) {
      fullNow = true;
      fullReached = true;
    }
  }

  /** Section 5.3.1.3: a start-up that loses much has filled the queue. */
  void startupLoss(AckSample s) {
    if (roundStart) {
      if (!fullReached && s.inRecovery && lossesInRound >= 6 && losesTooMuch(s)) {
        fullReached = true;
        longInFlight = Math.max(bdp(1), latestDelivered);
      }
      lossesInRound = 0;
    }
  }

  boolean losesTooMuch(AckSample s) {
    return s.lostSinceSentBytes > s.inFlightAtSendBytes * LOSS_THRESHOLD;
  }

  /** Section 5.5.9: how much more was acknowledged than the rate explains. */
  private void aggregation(AckSample s) {
    long expected = bytes(rate(), s.nowNs - epochStartNs);
    if (epochAcked <= expected) {
      epochAcked = 0;
      epochStartNs = s.nowNs;
      expected = 0;
    }
    epochAcked += s.ackedBytes;
    if (roundStart && ++extraRounds >= AGGREGATION_ROUNDS) {
      extraRounds = 0;
      extraAckedBefore = extraAcked;
      extraAcked = 0;
    }
    extraAcked = Math.max(extraAcked, Math.min(epochAcked - expected, cwnd));
  }

  void forgetAggregation(long nowNs) {
    epochStartNs = nowNs;
    epochAcked = 0;
  }

  private void rtt(AckSample s) {
    probeRttDue = s.nowNs > probeRttMinAtNs + PROBE_RTT_EVERY_NS;
    if (s.rttNs >= 0 && (s.rttNs < probeRttMinNs || probeRttDue)) {
      // The first one is no news about an old one.
      probeRttDue &= probeRttMinNs != UNKNOWN;
      probeRttMinNs = s.rttNs;
      probeRttMinAtNs = s.nowNs;
    }
    if (probeRttMinNs < minRttNs || s.nowNs > minRttAtNs + MIN_RTT_WINDOW_NS) {
      minRttNs = probeRttMinNs;
      minRttAtNs = probeRttMinAtNs;
    }
  }

  private static long bytes(long rate, long ns) {
    return (long) ((double) rate * ns / SECOND_NS);
  }

  /** So many times what the path holds. */
  long bdp(double gain) {
    return minRttNs == UNKNOWN ? InitialWindow.bytes(mss) : (long) (gain * bytes(rate(), minRttNs));
  }

  /** In flight for a gain, with room for a few segments of each end's offload. */
  long inFlight(double gain) {
    return Math.max(bdp(gain), leastBytes()) + (gain > 1 ? 2L * mss : 0);
  }

  long mostInFlight(double gain) {
    return inFlight(gain) + Math.max(extraAcked, extraAckedBefore);
  }

  long target() {
    return Math.min(bdp(1), cwnd);
  }

  long leastBytes() {
    return 4L * mss;
  }

  /** What leaves room for others that come. */
  long withHeadroom() {
    if (longInFlight == UNKNOWN) {
      return UNKNOWN;
    }
    long room = Math.max(mss, (long) (HEADROOM * longInFlight));
    return Math.max(longInFlight - room, leastBytes());
  }

  /** Too much was in flight: section 5.3.3.6. */
  void tooMuch(AckSample s) {
    if (!s.appLimited) {
      longInFlight = Math.max(s.inFlightAtSendBytes, (long) (BETA * target()));
    }
  }
}
