package io.hawser.core.tcp;

import io.hawser.core.cc.AckSample;
import io.hawser.core.cc.CongestionControl;

/**
 * Finds loss and decides what may be sent for it: RACK-TLP, PRR, the retransmission timeout, and
 * the undoing of reductions that were spurious (by timestamps, RFC 3522 and 4015, and by D-SACK).
 */
final class LossRecovery {
  /** Where congestion recovery stands. */
  enum Phase {
    OPEN,
    RECOVERY,
    LOSS
  }

  private static final int DUPLICATE_THRESHOLD = 3;
  private static final long STAMP_NS = 1_000_000;

  final SackScoreboard board = new SackScoreboard();
  final Rack rack = new Rack();
  final RttEstimator rtt;
  final MtuSearch search;

  /** Most connections never lose: what only a recovery needs is made by the first one. */
  private static final Prr NO_RATE = new Prr();

  private static final UndoDetector NOTHING_REDUCED = new UndoDetector();

  private Prr prr = NO_RATE;
  private final TcpStats stats;
  private final EcnState ecn;
  private final AckSample sample = new AckSample();
  private CongestionControl congestion;
  private Phase phase = Phase.OPEN;
  private long recoveryPointSsn;
  private long roundEndSsn;
  private long limitedUntilSsn;
  private UndoDetector undo = NOTHING_REDUCED;
  final Frto frto = new Frto();
  private final WindowValidation validation = new WindowValidation();
  private final DeliveryRate delivery = new DeliveryRate(sample);
  private long tlpEndSsn = -1;
  private boolean tlpDsack;

  LossRecovery(
      TcpConfig config,
      TcpStats stats,
      CongestionControl congestion,
      EcnState ecn,
      MtuSearch search) {
    this.search = search;
    this.ecn = ecn;
    this.rtt = new RttEstimator(config);
    this.stats = stats;
    this.congestion = congestion;
  }

  CongestionControl congestion() {
    return congestion;
  }

  void congestion(CongestionControl next) {
    congestion = next;
  }

  Phase phase() {
    return phase;
  }

  long lastDeliveryNs() {
    return delivery.lastDeliveryNs();
  }

  long longestPauseNs() {
    return delivery.longestPauseNs();
  }

  /** Bytes that the congestion window lets go now. */
  int congestionRoom() {
    return phase == Phase.RECOVERY && !congestion.steersRecovery()
        ? prr.budget()
        : congestion.cwndBytes() - board.inFlightBytes() + limitedTransmitBytes;
  }

  /** A range leaves (again): notes when, and what had been delivered by then. */
  void onSent(TxRange range, long nextSsn, int mss, long nowNs, int timestamp) {
    delivery.onSent(range, board.inFlightBytes() == 0, nowNs);
    if (congestion.steersRecovery()) {
      delivery.note(range, board.inFlightBytes(), board.foundLostBytes(), nowNs);
    }
    range.sentNs = nowNs;
    range.transmissions++;
    if (phase == Phase.RECOVERY) {
      prr.sent(range.length);
    }
    if (range.transmissions == 1) {
      board.sent(range);
    } else {
      board.markInFlight(range);
      if (undo != NOTHING_REDUCED) {
        undo.retransmitted(timestamp);
      }
      stats.bytesRetransmitted += range.length;
      stats.totalRetransmissions += (range.length + mss - 1) / mss;
    }
    int cwnd = congestion.cwndBytes();
    boolean slowStart = cwnd < congestion.ssthreshBytes();
    int flight = board.inFlightBytes();
    if (slowStart ? flight * 2L >= cwnd : flight + 2L * mss >= cwnd) {
      limitedUntilSsn = nextSsn;
    }
  }

  private int duplicateAcks;
  private int limitedTransmitBytes;
  private int lostBeforeAck = -1;
  private boolean ackCoversRetransmission;
  private boolean hasEcho;
  private int echo;
  private int now;
  private boolean mtuRaised;
  private int ackFresh;
  private int ackGuess;
  private long ackRttNs;
  private int ackPriorFlight;

  /**
   * Begins one acknowledgement.
   *
   * @param echoed the timestamp it echoes, valid if {@code echoes}
   * @param stamp what a segment sent now would carry
   */
  void beginAck(boolean echoes, int echoed, int stamp) {
    hasEcho = echoes;
    echo = echoed;
    now = stamp;
    ackFresh = 0;
    ackGuess = 0;
    ackRttNs = -1;
    ackPriorFlight = board.inFlightBytes();
    delivery.beginAck();
    frto.beginAck();
    ackCoversRetransmission = false;
  }

  /**
   * Without SACK, loss is known by three duplicate acknowledgements (RFC 5681 section 3.2); each
   * stands for a segment that has left the network.
   */
  void duplicateAck(int mss, long nowNs) {
    duplicateAcks++;
    ackGuess = Math.min(mss, board.inFlightBytes());
    // RFC 3042: the first two let a new segment go each. With SACK the scoreboard sees to it.
    boolean early = phase == Phase.OPEN && duplicateAcks < DUPLICATE_THRESHOLD;
    limitedTransmitBytes = early ? duplicateAcks * mss : 0;
    if (duplicateAcks == DUPLICATE_THRESHOLD && phase == Phase.OPEN) {
      headIsLost(mss);
    }
  }

  /**
   * RFC 6582 section 3.2: a partial acknowledgement in recovery means that the next segment is lost
   * too.
   */
  void partialAck(int mss) {
    if (phase == Phase.RECOVERY) {
      headIsLost(mss);
    }
  }

  void headAcked() {
    duplicateAcks = 0;
    limitedTransmitBytes = 0;
  }

  private void headIsLost(int mss) {
    if (board.size() > 0 && !board.at(0).lost) {
      if (board.at(0).length > mss) {
        board.split(0, mss);
      }
      lostBeforeAck = board.lostBytes();
      board.markLost(board.at(0));
    }
  }

  private void deliver(TxRange range, long endSsn, long nowNs) {
    ackFresh += (int) (endSsn - range.ssn);
    long measured = rack.delivered(range, endSsn, nowNs, rtt.minNs());
    if (measured >= 0 && (ackRttNs < 0 || measured < ackRttNs)) {
      ackRttNs = measured;
    }
    mtuRaised |= search.delivered(range);
    delivery.delivered(range);
    frto.delivered(range);
  }

  /** The cumulative acknowledgement moved to {@code ssn}. */
  void cumulative(long ssn, long nowNs) {
    for (int i = 0; i < board.size(); i++) {
      TxRange range = board.at(i);
      if (range.ssn >= ssn) {
        break;
      }
      ackCoversRetransmission |= range.transmissions > 1;
      if (!range.sacked) {
        deliver(range, Math.min(ssn, range.endSsn()), nowNs);
      }
    }
    board.acknowledge(ssn);
  }

  /** One SACK block [left, right). */
  void selective(long left, long right, long nowNs) {
    int i = board.find(left);
    while (i < board.size()) {
      TxRange range = board.at(i);
      if (range.ssn >= right) {
        break;
      }
      if (!range.sacked) {
        if (range.ssn < left) {
          board.split(i, (int) (left - range.ssn));
          i++;
          continue;
        }
        if (range.endSsn() > right) {
          board.split(i, (int) (right - range.ssn));
          range = board.at(i);
        }
        deliver(range, range.endSsn(), nowNs);
        board.markSacked(range);
      }
      i++;
    }
  }

  /** A D-SACK: the receiver had that already. */
  void duplicate(long left, long right, long nextSsn, long unackedSsn, long nowNs) {
    stats.dsacks++;
    rack.onDsack(nextSsn, unackedSsn);
    if (tlpEndSsn >= 0 && right == tlpEndSsn) {
      tlpDsack = true;
    }
    if (undo.onDsack()) {
      undo(nowNs);
    }
  }

  /**
   * Ends one acknowledgement: finds loss, moves the phase, tells the congestion control.
   *
   * @param sack whether the peer acknowledges selectively
   * @return how long until loss may be found by time alone, or 0
   */
  long endAck(long unackedSsn, long nextSsn, boolean advanced, boolean sack, int mss, long nowNs) {
    // Karn's rule, and what it means for ranges that waited for a retransmission before them.
    if (ackRttNs >= 0 && !ackCoversRetransmission) {
      rtt.sample(ackRttNs, nowNs);
    } else if (advanced && ackFresh > 0 && hasEcho && now - echo > 0) {
      // RFC 7323 section 4.1: an echo is never ambiguous.
      rtt.sample((now - echo) * STAMP_NS, nowNs);
    }
    if (advanced) {
      rtt.progress();
      search.progress();
      if (hasEcho && undo.onEcho(echo)) {
        undo(nowNs);
      }
    }
    // Without SACK a retransmission that fills a hole takes along what lay behind it.
    boolean certain = sack || !ackCoversRetransmission;
    if (frto.spurious(advanced, certain, unackedSsn) && undo.possible()) {
      undo(nowNs);
    }
    tlpOutcome(unackedSsn, nowNs);
    if (phase != Phase.OPEN && unackedSsn >= recoveryPointSsn) {
      leaveRecovery();
    }
    delivery.add(ackFresh, rtt.smoothedNs(), nowNs);
    int lostBefore = lostBeforeAck >= 0 ? lostBeforeAck : board.lostBytes();
    lostBeforeAck = -1;
    long wait = rack.detect(board, rtt, phase == Phase.RECOVERY, mss, nowNs);
    boolean newLoss = isLoss(board.lostBytes() - lostBefore);
    if (newLoss && phase == Phase.OPEN) {
      enterRecovery(nextSsn, ackFresh, nowNs);
    }
    feedCongestion(unackedSsn, nextSsn, nowNs);
    if (phase == Phase.RECOVERY) {
      prr.onAck(
          ackFresh + ackGuess,
          board.inFlightBytes(),
          congestion.ssthreshBytes(),
          mss,
          advanced && !newLoss);
    }
    return wait;
  }

  /** True once if a larger packet has passed, so that segments may grow. */
  boolean pollMtuRaised() {
    boolean raised = mtuRaised;
    mtuRaised = false;
    return raised;
  }

  private boolean isLoss(int newlyLostBytes) {
    return newlyLostBytes > 0 && !search.onlyProbeLost(board, newlyLostBytes);
  }

  private void feedCongestion(long unackedSsn, long nextSsn, long nowNs) {
    if (ackFresh <= 0) {
      return;
    }
    sample.nowNs = nowNs;
    sample.ackedBytes = ackFresh;
    sample.rttNs = ackRttNs;
    sample.smoothedRttNs = rtt.smoothedNs();
    sample.inRecovery = phase == Phase.RECOVERY;
    sample.cwndLimited = unackedSsn <= limitedUntilSsn;
    sample.roundStart = unackedSsn >= roundEndSsn;
    if (sample.roundStart) {
      roundEndSsn = nextSsn;
    }
    sample.inFlightBytes = board.inFlightBytes();
    delivery.measure(rtt.minNs(), board.foundLostBytes(), nowNs);
    congestion.onAck(sample);
    if (validation.lapsed(sample.cwndLimited, nowNs)) {
      congestion.onUnvalidated(nowNs);
    }
  }

  /** Last delivery rate measured, bytes per second. */
  long rateBytesPerSecond() {
    return delivery.bytesPerSecond();
  }

  /** What may be sent has been; there is room for more in the window or not. */
  void nothingToSend(int mss) {
    if (congestion.steersRecovery()
        && board.lostBytes() == 0
        && congestion.cwndBytes() - board.inFlightBytes() >= mss) {
      delivery.onAppLimited(board.inFlightBytes());
    }
  }

  private void enterRecovery(long nextSsn, int justDelivered, long nowNs) {
    phase = Phase.RECOVERY;
    recoveryPointSsn = nextSsn;
    armUndo();
    if (prr == NO_RATE) {
      prr = new Prr();
    }
    // RFC 6675 section 5 step 4.2: FlightSize counts what was selectively acknowledged.
    congestion.onRecovery(nowNs, outstanding(nextSsn));
    ecn.reduced(nextSsn);
    // RFC 9937 section 6.1: what was delivered before this acknowledgement is out of it.
    prr.start(board.inFlightBytes() + board.lostBytes() + justDelivered);
  }

  private void armUndo() {
    if (undo == NOTHING_REDUCED) {
      undo = new UndoDetector();
    }
    undo.arm();
  }

  private int outstanding(long nextSsn) {
    return board.size() == 0 ? 0 : (int) (nextSsn - board.at(0).ssn);
  }

  /** The peer echoes a mark: as if a segment were lost, but nothing is sent again. */
  void onCongestionEcho(long nextSsn, long nowNs) {
    if (phase == Phase.OPEN) {
      undo.disarm();
      stats.ecnReductions++;
      congestion.onEcn(nowNs, ackPriorFlight);
      ecn.reduced(nextSsn);
    }
  }

  private void leaveRecovery() {
    phase = Phase.OPEN;
    rack.onRecoveryEnd();
    // A D-SACK for the last retransmission may still come; it undoes then.
  }

  private void undo(long nowNs) {
    undo.disarm();
    frto.stop();
    stats.undos++;
    for (int i = 0; i < board.size(); i++) {
      board.markInFlight(board.at(i));
    }
    phase = Phase.OPEN;
    congestion.onUndo(nowNs);
  }

  /** Loss may have been found by time: the reordering timer. Returns the next wait, or 0. */
  long onReorderingTimer(long nextSsn, int mss, long nowNs) {
    int before = board.lostBytes();
    long wait = rack.detect(board, rtt, phase == Phase.RECOVERY, mss, nowNs);
    if (isLoss(board.lostBytes() - before)) {
      if (phase == Phase.OPEN) {
        enterRecovery(nextSsn, 0, nowNs);
      }
      if (phase == Phase.RECOVERY) {
        prr.onAck(0, board.inFlightBytes(), congestion.ssthreshBytes(), mss, false);
      }
    }
    return wait;
  }

  /** RFC 6298 section 5.4 to 5.6, RFC 8985 section 6.3: the timer expired. */
  void onTimeout(long nextSsn, int mss, long nowNs) {
    stats.timeouts++;
    int flight = board.inFlightBytes() + board.lostBytes();
    if (rtt.backoff() == 0 && phase != Phase.LOSS) {
      armUndo();
    }
    frto.stop();
    if (rtt.backoff() == 0 && phase == Phase.OPEN) {
      frto.start(nextSsn);
    }
    limitedTransmitBytes = 0;
    // RFC 2018 section 8: a peer that had what follows the first hole and asks for nothing has
    // dropped it again; one that answers nothing at all may have.
    if (rtt.backoff() > 0 || (board.size() > 0 && board.at(0).sacked)) {
      board.forgetSacks();
    }
    for (int i = 0; i < board.size(); i++) {
      board.markLost(board.at(i));
    }
    phase = Phase.LOSS;
    recoveryPointSsn = nextSsn;
    tlpEndSsn = -1;
    congestion.onTimeout(nowNs, flight);
    ecn.reduced(nextSsn);
    rtt.backOff();
  }

  /** A tail loss probe went out, ending at {@code endSsn}. */
  void onTailProbe(long endSsn) {
    tlpEndSsn = endSsn;
    tlpDsack = false;
    stats.tailProbes++;
  }

  boolean tailProbeOut() {
    return tlpEndSsn >= 0;
  }

  /** RFC 8985 section 7.4: a probe that was needed stands for a loss. */
  private void tlpOutcome(long unackedSsn, long nowNs) {
    if (tlpEndSsn >= 0 && unackedSsn >= tlpEndSsn) {
      if (!tlpDsack && phase == Phase.OPEN && unackedSsn > tlpEndSsn) {
        congestion.onRecovery(nowNs, board.inFlightBytes());
      }
      tlpEndSsn = -1;
    }
  }

  /** Index of the first range to send again, or -1. */
  int nextLost() {
    if (board.lostBytes() == 0) {
      return -1;
    }
    for (int i = 0; i < board.size(); i++) {
      if (board.at(i).lost) {
        return i;
      }
    }
    return -1;
  }

  /** RFC 5681 section 4.1: a window that was not used for long is not sent at once. */
  void afterIdleness(long nowNs) {
    long rto = rtt.rtoNs();
    int before = Integer.MAX_VALUE;
    long idleNs = nowNs - stats.lastDataSentNs;
    for (; idleNs > rto && congestion.cwndBytes() < before; idleNs -= rto) {
      before = congestion.cwndBytes();
      congestion.onIdleRestart(nowNs);
    }
  }
}
