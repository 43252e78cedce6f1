package io.hawser.core.cc;

/**
 * BBR version 3 (draft-ietf-ccwg-bbr-02): sends at the rate that the path delivers, measured, and
 * keeps little more in flight than it holds. Losses bound it only above two per cent. Each subflow
 * has its own; it is not coupled.
 *
 * <p>Left out are explicit congestion notification of low latency (a classic mark counts as a loss)
 * and the conservation of packets in the first round of a recovery.
 */
public final class Bbr implements CongestionControl {
  private enum State {
    STARTUP,
    DRAIN,
    DOWN,
    CRUISE,
    REFILL,
    UP,
    PROBE_RTT
  }

  /** What acknowledgements that come now say of a probe. */
  private enum Feedback {
    NONE,
    STARTING,
    LASTING,
    STOPPING
  }

  private static final long SECOND_NS = 1_000_000_000;
  private static final long UNKNOWN_RTT_NS = 1_000_000;
  private static final long PROBE_RTT_NS = 200_000_000;
  private static final long LEAST_WAIT_NS = 2 * SECOND_NS;
  private static final int MOST_ROUNDS_BETWEEN_PROBES = 63;
  private static final double STARTUP_PACING = 2.77;
  private static final double DRAIN_PACING = 0.5;
  private static final double DOWN_PACING = 0.9;
  private static final double UP_PACING = 1.25;
  private static final double CWND_GAIN = 2;
  private static final double UP_CWND_GAIN = 2.25;
  private static final double PROBE_RTT_GAIN = 0.5;
  private static final double MARGIN = 0.99;

  private final BbrModel model = new BbrModel();
  private State state = State.STARTUP;
  private Feedback feedback = Feedback.NONE;
  private long pacingRate;
  private boolean begun;
  private boolean restarted;

  private long cycleAtNs;
  private long waitNs;
  private long roundAtProbe;
  private boolean probeSamples;
  private int upRounds;
  private double upShare;

  private long probeRttDoneNs;
  private boolean probeRttRound;
  private int priorCwnd;
  private long priorShortRate = BbrModel.UNKNOWN;
  private long priorShortInFlight = BbrModel.UNKNOWN;
  private long priorLongInFlight = BbrModel.UNKNOWN;

  @Override
  public String name() {
    return "bbr";
  }

  @Override
  public void mss(int mssBytes) {
    model.cwnd =
        begun
            ? InitialWindow.resized(model.cwnd, model.mss, mssBytes)
            : InitialWindow.bytes(mssBytes);
    model.mss = mssBytes;
  }

  @Override
  public boolean steersRecovery() {
    return true;
  }

  @Override
  public void onAck(AckSample s) {
    begun = true;
    model.take(s, state == State.STARTUP || state == State.REFILL || state == State.UP);
    model.startupLoss(s);
    if (state == State.STARTUP && model.fullReached) {
      state = State.DRAIN;
    }
    if (state == State.DRAIN && s.inFlightBytes <= model.inFlight(1)) {
      startDown(s.nowNs);
    }
    if (model.fullReached) {
      adaptLong(s);
      cycle(s);
    }
    probeRtt(s);
    restarted = false;
    setPacing(s);
    setCwnd(s);
  }

  // ---- Probing for bandwidth: section 5.3.3 ----

  private boolean probesBandwidth() {
    return switch (state) {
      case DOWN, CRUISE, REFILL, UP -> true;
      default -> false;
    };
  }

  private void cycle(AckSample s) {
    switch (state) {
      case DOWN -> {
        if (!timeToProbe(s.nowNs)
            && s.inFlightBytes <= model.withHeadroom()
            && s.inFlightBytes <= model.inFlight(1)) {
          state = State.CRUISE;
        }
      }
      case CRUISE -> timeToProbe(s.nowNs);
      case REFILL -> {
        if (model.roundStart) {
          probeSamples = true;
          startUp(s);
        }
      }
      case UP -> {
        if (s.cwndLimited && model.cwnd >= model.longInFlight) {
          model.searchFull(s.deliveryBytesPerSecond);
        } else if (model.fullNow) {
          startDown(s.nowNs);
        }
      }
      default -> {}
    }
  }

  /** After two to three seconds, or as soon as Reno would have grown by as much. */
  private boolean timeToProbe(long nowNs) {
    long reno = Math.min(model.target() / model.mss, MOST_ROUNDS_BETWEEN_PROBES);
    if (nowNs - cycleAtNs <= waitNs && model.rounds - roundAtProbe < reno) {
      return false;
    }
    model.forgetShort();
    upRounds = 0;
    model.startRound();
    state = State.REFILL;
    return true;
  }

  private void startUp(AckSample s) {
    feedback = Feedback.STARTING;
    model.startRound();
    model.searchFull(s.deliveryBytesPerSecond);
    cycleAtNs = s.nowNs;
    state = State.UP;
    steeper();
  }

  private void startDown(long nowNs) {
    model.forgetCongestion();
    cycleAtNs = nowNs;
    roundAtProbe = model.rounds;
    // Flows that share a path should not probe at once; no chance in it, so that runs repeat.
    long mixed = (model.rounds + 1) * 0x9E3779B97F4A7C15L ^ model.maxRate() * 0xC2B2AE3D27D4EB4FL;
    waitNs = LEAST_WAIT_NS + (mixed >>> 1) % SECOND_NS;
    feedback = Feedback.STOPPING;
    model.startRound();
    state = State.DOWN;
  }

  private void adaptLong(AckSample s) {
    if (model.roundStart) {
      if (feedback == Feedback.STARTING) {
        feedback = Feedback.LASTING;
      } else if (feedback == Feedback.STOPPING) {
        probeSamples = false;
        feedback = Feedback.NONE;
        if (probesBandwidth() && !s.appLimited) {
          model.nextCycle();
        }
      }
    }
    if (model.losesTooMuch(s)) {
      if (probeSamples) {
        probeSamples = false;
        model.tooMuch(s);
        if (state == State.UP) {
          startDown(s.nowNs);
        }
      }
    } else if (model.longInFlight != BbrModel.UNKNOWN) {
      model.longInFlight = Math.max(model.longInFlight, s.inFlightAtSendBytes);
      if (state == State.UP) {
        raise(s);
      }
    }
  }

  /** By one segment in the first round of a probe, by twice as many in each that follows. */
  private void raise(AckSample s) {
    if (s.cwndLimited && model.cwnd >= model.longInFlight) {
      model.longInFlight += (long) (s.ackedBytes * upShare);
    }
    if (model.roundStart) {
      steeper();
    }
  }

  private void steeper() {
    long growth = (long) model.mss << upRounds;
    upRounds = Math.min(upRounds + 1, 20);
    upShare = Math.min(1, (double) growth / Math.max(model.cwnd, 1));
  }

  // ---- Probing for the round trip: section 5.3.4 ----

  private void probeRtt(AckSample s) {
    if (state != State.PROBE_RTT && model.probeRttDue && !restarted) {
      priorCwnd = Math.max(priorCwnd, model.cwnd);
      state = State.PROBE_RTT;
      probeRttDoneNs = 0;
      feedback = Feedback.STOPPING;
      model.startRound();
    }
    if (state != State.PROBE_RTT) {
      return;
    }
    if (probeRttDoneNs == 0) {
      if (s.inFlightBytes <= probeRttCwnd()) {
        probeRttDoneNs = s.nowNs + PROBE_RTT_NS;
        probeRttRound = false;
        model.startRound();
      }
      return;
    }
    probeRttRound |= model.roundStart;
    if (probeRttRound && s.nowNs >= probeRttDoneNs) {
      leaveProbeRtt(s.nowNs);
    }
  }

  private void leaveProbeRtt(long nowNs) {
    model.probeRttMinAtNs = nowNs;
    model.cwnd = Math.max(model.cwnd, priorCwnd);
    priorCwnd = 0;
    model.forgetShort();
    if (model.fullReached) {
      startDown(nowNs);
      state = State.CRUISE;
    } else {
      state = State.STARTUP;
    }
  }

  private long probeRttCwnd() {
    return Math.max(model.bdp(PROBE_RTT_GAIN), model.leastBytes());
  }

  // ---- What follows from it: section 5.6 ----

  private double pacingGain() {
    return switch (state) {
      case STARTUP -> STARTUP_PACING;
      case DRAIN -> DRAIN_PACING;
      case DOWN -> DOWN_PACING;
      case UP -> UP_PACING;
      default -> 1;
    };
  }

  private void setPacing(AckSample s) {
    if (model.maxRate() == 0) {
      // Nothing measured yet: the first window in a round trip.
      long rtt = s.smoothedRttNs > 0 ? s.smoothedRttNs : UNKNOWN_RTT_NS;
      pacingRate = (long) (STARTUP_PACING * model.cwnd * SECOND_NS / rtt);
      return;
    }
    long rate = (long) (pacingGain() * MARGIN * model.rate());
    if (model.fullReached || rate > pacingRate) {
      pacingRate = Math.max(rate, 1);
    }
  }

  private void setCwnd(AckSample s) {
    double gain =
        switch (state) {
          case UP -> UP_CWND_GAIN;
          case PROBE_RTT -> PROBE_RTT_GAIN;
          default -> CWND_GAIN;
        };
    long most = model.mostInFlight(gain);
    long cwnd = model.cwnd;
    if (model.fullReached) {
      cwnd = Math.min(cwnd + s.ackedBytes, most);
    } else if (cwnd < most || s.deliveredTotalBytes < InitialWindow.bytes(model.mss)) {
      cwnd += s.ackedBytes;
    }
    if (state == State.PROBE_RTT) {
      cwnd = Math.min(cwnd, probeRttCwnd());
    }
    long cap = model.shortInFlight;
    if (state == State.CRUISE || state == State.PROBE_RTT) {
      cap = Math.min(cap, model.withHeadroom());
    } else if (probesBandwidth()) {
      cap = Math.min(cap, model.longInFlight);
    }
    cwnd = Math.max(Math.min(cwnd, cap), model.leastBytes());
    model.cwnd = InitialWindow.grow(0, (int) Math.min(cwnd, Integer.MAX_VALUE));
  }

  // ---- Events ----

  @Override
  public void onRecovery(long nowNs, int inFlightBytes) {
    begun = true;
    remember();
  }

  @Override
  public void onTimeout(long nowNs, int inFlightBytes) {
    begun = true;
    if (model.cwnd > model.mss) {
      remember();
    }
    model.cwnd = model.mss;
  }

  private void remember() {
    priorCwnd = state == State.PROBE_RTT ? Math.max(priorCwnd, model.cwnd) : model.cwnd;
    priorShortRate = model.shortRate;
    priorShortInFlight = model.shortInFlight;
    priorLongInFlight = model.longInFlight;
  }

  @Override
  public void onUndo(long nowNs) {
    model.cwnd = Math.max(model.cwnd, priorCwnd);
    model.shortRate = Math.max(model.shortRate, priorShortRate);
    model.shortInFlight = Math.max(model.shortInFlight, priorShortInFlight);
    model.longInFlight = Math.max(model.longInFlight, priorLongInFlight);
  }

  @Override
  public void onEcn(long nowNs, int inFlightBytes) {
    model.marked();
  }

  /** The model stays: what was measured before is the best guess still. */
  @Override
  public void onIdleRestart(long nowNs) {
    restarted = true;
    model.forgetAggregation(nowNs);
    if (probesBandwidth()) {
      pacingRate = Math.max(1, (long) (MARGIN * model.rate()));
    }
  }

  @Override
  public void onUnvalidated(long nowNs) {
    // A window that is not used is no sign: what bounds it was measured.
  }

  @Override
  public int cwndBytes() {
    return model.cwnd;
  }

  @Override
  public int ssthreshBytes() {
    return model.fullReached
        ? Math.min(model.cwnd, (int) Math.max(model.bdp(1), 1))
        : Integer.MAX_VALUE;
  }

  @Override
  public long pacingBytesPerSecond() {
    return pacingRate;
  }
}
