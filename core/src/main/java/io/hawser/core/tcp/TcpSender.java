package io.hawser.core.tcp;

import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.cc.CongestionControl;
import io.hawser.core.time.TimerTable;
import io.hawser.wire.PacketView;
import org.jspecify.annotations.Nullable;

/**
 * The sending half: new data, retransmissions, probes, FIN, and what acknowledgements mean for
 * them.
 */
final class TcpSender {
  private static final int LARGEST_SUPER_SEGMENT = 65_535 - 120;
  private static final int SEGMENTS_AFTER_PROBE = 4;
  private static final long TLP_MIN_NS = 2_000_000;
  private static final long TLP_WORST_DELAYED_ACK_NS = 200_000_000;

  final LossRecovery recovery;
  private final TcpConnection connection;
  private final TcpConfig config;
  private final TcpStats stats;
  private final SendBuffer data;
  private final Segmentation cuts;
  private final TimerTable<TcpTimer> timers;
  private final int superSegmentBytes;

  private long unackedSsn;
  private long nextSsn;
  private long finSsn = -1;
  private boolean finWanted;
  private boolean finLost;
  private boolean finSent;
  private final PeerWindow window = new PeerWindow();
  private final WindowProbes probes;
  private final Pacer pacer;
  private @Nullable HeldRest held;
  private boolean dataWaiting;
  private boolean tailProbeDue;
  private long lastProgressNs;
  private long smallEndSsn;

  TcpSender(
      TcpConnection connection,
      TcpConfig config,
      TcpStats stats,
      SendBuffer data,
      CongestionControl congestion,
      TimerTable<TcpTimer> timers,
      MtuSearch search,
      int superSegmentBytes) {
    this.connection = connection;
    this.config = config;
    this.stats = stats;
    this.data = data;
    this.cuts = connection.segmentation();
    this.timers = timers;
    this.superSegmentBytes = Math.min(superSegmentBytes, LARGEST_SUPER_SEGMENT);
    this.recovery = new LossRecovery(config, stats, congestion, connection.ecn(), search);
    this.probes = new WindowProbes(timers, config, recovery.rtt);
    this.pacer = new Pacer(config, timers);
  }

  long unackedSsn() {
    return unackedSsn;
  }

  long nextSsn() {
    return nextSsn;
  }

  long lastProgressNs() {
    return lastProgressNs;
  }

  boolean finAcked() {
    return finSent && unackedSsn > finSsn;
  }

  /** The SYN has been acknowledged: data begins at 1, or after what the SYN carried. */
  void synAcked(int windowBytes, FastOpen fastOpen, long nowNs) {
    int taken = fastOpen.takenBytes();
    stats.bytesAcked += taken;
    unackedSsn = 1 + taken;
    // What was not taken of it is sent anew, as data like any other.
    nextSsn = fastOpen.sentBytes() > 0 ? unackedSsn : Math.max(nextSsn, 1);
    window.set(windowBytes, 0, unackedSsn);
    if (outstanding()) {
      timers.set(TcpTimer.RETRANSMIT, nowNs + recovery.rtt.rtoNs());
    }
    lastProgressNs = nowNs;
    recovery.congestion().mss(connection.mssBytes());
    recovery.rtt.progress();
  }

  /** Data may leave before the SYN/ACK is acknowledged. */
  void openEarly(int windowBytes) {
    window.set(windowBytes, 0, 1);
    recovery.congestion().mss(connection.mssBytes());
  }

  boolean smallOutstanding() {
    return smallEndSsn > unackedSsn;
  }

  /** A SYN left; the first one did at {@code firstNs}, with so many bytes of data. */
  void synSent(long firstNs, int dataBytes) {
    lastProgressNs = firstNs;
    nextSsn = Math.max(nextSsn, 1 + dataBytes);
  }

  int windowBytes() {
    return window.bytes();
  }

  /** What follows waits for room: decides whether a window probe is needed. */
  void dataWaiting(boolean waiting, boolean heldUp, long nowNs) {
    dataWaiting = waiting;
    if (!heldUp && (!waiting || !pacer.holds())) {
      recovery.nothingToSend(connection.mssBytes());
    }
    recovery.frto.turnEnded();
    armProbe(nowNs);
  }

  private void armProbe(long nowNs) {
    boolean shut = window.beyond(nextSsn) < window.useful(connection.mssBytes());
    probes.arm(dataWaiting && recovery.board.size() == 0 && shut, nowNs);
  }

  /** When pacing lets the next new segment go; what F-RTO asks for is not held back. */
  long pacedUntilNs() {
    boolean held = pacer.holds() && !recovery.frto.holds();
    return held ? timers.deadlineNs(TcpTimer.PACING) : 0;
  }

  int roomBytes() {
    if (finWanted || held != null) {
      return 0;
    }
    int mss = connection.mssBytes();
    long open = window.beyond(nextSsn);
    if (recovery.board.lostBytes() > 0) {
      int room = recovery.frto.holds() ? recovery.frto.roomBytes(mss) : 0;
      return (int) Math.max(0, Math.min(Math.min(open, mss), room));
    }
    int congestion = recovery.congestionRoom();
    if (congestion < mss && !(recovery.board.size() == 0 && congestion > 0)) {
      return 0;
    }
    if (open < mss) {
      boolean worth = open >= window.useful(mss) || recovery.board.size() == 0;
      return worth && open > 0 ? (int) Math.min(open, Math.max(mss, congestion)) : 0;
    }
    int probe = mtuProbeBytes(open, congestion);
    if (probe > 0) {
      return probe;
    }
    int cwnd = recovery.congestion().cwndBytes();
    int most = cuts.superSegment(cwnd, recovery.rtt.smoothedNs(), superSegmentBytes);
    return cuts.whole((int) Math.min(Math.min(open, Math.max(congestion, mss)), most));
  }

  /**
   * Payload of a larger segment that may try the path now, or 0. RFC 4821 section 7.4: enough must
   * be able to follow that its loss is found without a timeout.
   */
  private int mtuProbeBytes(long open, int congestion) {
    int packet = recovery.search.wanted();
    boolean may = packet > 0 && recovery.phase() == LossRecovery.Phase.OPEN;
    int bytes = may ? cuts.mss(packet) : 0;
    int all = bytes + SEGMENTS_AFTER_PROBE * connection.mssBytes();
    return bytes > connection.mssBytes() && Math.min(open, congestion) >= all ? bytes : 0;
  }

  int send(long dataOffset, int length, boolean push, long nowNs, TcpOutput out) {
    if (nextSsn == unackedSsn && config.slowStartAfterIdle && stats.lastDataSentNs != 0) {
      recovery.afterIdleness(nowNs);
    }
    int probe = mtuProbeBytes(window.beyond(nextSsn), recovery.congestionRoom());
    boolean probing = probe > 0 && length > connection.mssBytes();
    int first = probing ? length : cuts.cut(length);
    TxRange range = recovery.board.append();
    range.map(nextSsn, dataOffset, first, length);
    range.mtuProbe = probing;
    if (!transmit(range, push && first == length, nowNs, out)) {
      recovery.board.removeLast();
      return 0;
    }
    if (nextSsn == unackedSsn) {
      lastProgressNs = nowNs;
    }
    if (probing) {
      recovery.search.sent(range.ssn, recovery.search.wanted() - (probe - length));
    }
    sent(range, nowNs);
    if (cuts.endsSmall(length)) {
      smallEndSsn = range.ssn + length;
    }
    armAfterSend(nowNs);
    if (first < length) {
      TxRange rest = recovery.board.append();
      rest.goOn(range);
      held = sendRest(rest, push, nowNs, out) ? null : new HeldRest(range, push);
    }
    return length;
  }

  /** The rest of a mapping that was said, in segments that do not say it. */
  private boolean sendRest(TxRange rest, boolean push, long nowNs, TcpOutput out) {
    if (!transmit(rest, push, nowNs, out)) {
      recovery.board.removeLast();
      return false;
    }
    sent(rest, nowNs);
    armAfterSend(nowNs);
    return true;
  }

  private boolean sendHeld(HeldRest rest, long nowNs, TcpOutput out) {
    TxRange range = recovery.board.append();
    range.take(rest.range);
    held = sendRest(range, rest.push, nowNs, out) ? null : rest;
    return held == null;
  }

  /** What was given to this path and is not acknowledged: what was sent, then what is held. */
  TxRange unacked(int index) {
    HeldRest rest = held;
    return rest != null && index == recovery.board.size() ? rest.range : recovery.board.at(index);
  }

  int unackedCount() {
    return recovery.board.size() + (held == null ? 0 : 1);
  }

  /** The lowest stream offset that is needed still, or of the mapping of such a byte. */
  long lowestOffset(boolean ofMapping) {
    long sent = recovery.board.lowestOffset(ofMapping);
    HeldRest rest = held;
    return rest == null ? sent : Math.min(sent, rest.lowestOffset(ofMapping));
  }

  private void sent(TxRange range, long nowNs) {
    recovery.board.noteSent(range.dataOffset, range.length);
    nextSsn += range.length;
    recovery.frto.newData(range.length);
    recovery.onSent(range, nextSsn, connection.mssBytes(), nowNs, connection.timestamp(nowNs));
  }

  private boolean transmit(TxRange range, boolean push, long nowNs, TcpOutput out) {
    int flags = PacketView.ACK | (push ? PacketView.PSH : 0);
    int seq = connection.sequence(range.ssn);
    if (!out.segment(connection, TcpExtension.Slot.DATA, flags, seq, range, data, nowNs)) {
      return false;
    }
    int segments = cuts.count(range);
    stats.segmentsOut += segments;
    stats.dataSegmentsOut += segments;
    stats.bytesSent += range.length;
    stats.lastDataSentNs = nowNs;
    pacer.sent(
        range.length,
        stats.dataSegmentsOut,
        recovery.congestion(),
        recovery.rtt.smoothedNs(),
        nowNs);
    if (cuts.saysAll(range)) {
      connection.ackLeft();
    }
    return true;
  }

  private void armAfterSend(long nowNs) {
    if (!timers.isSet(TcpTimer.RETRANSMIT)) {
      timers.set(TcpTimer.RETRANSMIT, nowNs + recovery.rtt.rtoNs());
    }
    armTailProbe(nowNs);
    timers.clear(TcpTimer.PROBE);
  }

  /** RFC 8985 section 7.2. */
  private void armTailProbe(long nowNs) {
    boolean wanted =
        recovery.board.inFlightBytes() > 0
            && recovery.phase() == LossRecovery.Phase.OPEN
            && recovery.board.sackedBytes() == 0
            && !recovery.tailProbeOut()
            && connection.sackOn()
            && recovery.rtt.smoothedNs() > 0;
    if (!wanted) {
      timers.clear(TcpTimer.TAIL_PROBE);
      return;
    }
    long pto = Math.max(2 * recovery.rtt.smoothedNs(), TLP_MIN_NS);
    if (nextSsn - unackedSsn <= connection.mssBytes()) {
      pto += TLP_WORST_DELAYED_ACK_NS;
    }
    long deadline = nowNs + pto;
    timers.set(TcpTimer.TAIL_PROBE, Math.min(deadline, timers.deadlineNs(TcpTimer.RETRANSMIT)));
  }

  void wantFin() {
    finWanted = true;
  }

  boolean wantsPoll() {
    boolean lostDue = recovery.board.lostBytes() > 0 && mayRetransmit();
    return probes.due() || tailProbeDue || finDue() || lostDue || held != null;
  }

  private boolean finDue() {
    boolean sentAll = recovery.board.lostBytes() == 0 && held == null;
    return finWanted && (!finSent || finLost) && sentAll;
  }

  private boolean mayRetransmit() {
    if (recovery.frto.holds() || pacer.holds()) {
      return false;
    }
    return recovery.phase() == LossRecovery.Phase.RECOVERY
        ? recovery.congestionRoom() > 0
        : recovery.board.inFlightBytes() == 0 || recovery.congestionRoom() >= connection.mssBytes();
  }

  /** Timers that belong to sending; returns false if the peer must be given up. */
  boolean onTimers(long nowNs) {
    pacer.onTimer(nowNs);
    if (timers.expire(TcpTimer.REORDERING, nowNs)) {
      long wait = recovery.onReorderingTimer(nextSsn, connection.mssBytes(), nowNs);
      if (wait > 0) {
        timers.set(TcpTimer.REORDERING, nowNs + wait);
      }
    }
    if (timers.expire(TcpTimer.RETRANSMIT, nowNs) && outstanding()) {
      return onRetransmitTimer(nowNs);
    }
    if (timers.expire(TcpTimer.TAIL_PROBE, nowNs) && recovery.board.size() > 0) {
      tailProbeDue = true;
    }
    return probes.onTimer(nowNs) && nowNs < userTimeoutAtNs();
  }

  /** When what is outstanding has been so for too long (RFC 5482); Long.MAX_VALUE: never. */
  long userTimeoutAtNs() {
    boolean counts = config.userTimeoutNs > 0 && outstanding();
    return counts ? lastProgressNs + config.userTimeoutNs : Long.MAX_VALUE;
  }

  private boolean outstanding() {
    return nextSsn > unackedSsn;
  }

  private boolean onRetransmitTimer(long nowNs) {
    if (recovery.rtt.backoff() >= config.retries2 || nowNs >= userTimeoutAtNs()) {
      return false;
    }
    pacer.reset();
    int mss = connection.mssBytes();
    // When it was sent there may have been more options beside it than there are now.
    boolean full =
        recovery.board.size() > 0 && recovery.board.at(0).length + TcpOutput.MOST_OPTIONS >= mss;
    recovery.onTimeout(nextSsn, mss, nowNs);
    if (recovery.search.onTimeout(full, nowNs)) {
      recovery.congestion().mss(connection.mssBytes());
    }
    finLost = finSent;
    timers.clear(TcpTimer.TAIL_PROBE);
    timers.clear(TcpTimer.REORDERING);
    timers.set(TcpTimer.RETRANSMIT, nowNs + recovery.rtt.rtoNs());
    return true;
  }

  /** Retransmissions, probes and FIN, as far as windows and the device let them. */
  void poll(long nowNs, TcpOutput out) {
    if (connection.sackOn()) {
      recovery.search.tick(nowNs);
    }
    if (tailProbeDue) {
      tailProbe(nowNs, out);
    }
    while (recovery.board.lostBytes() > 0 && mayRetransmit()) {
      if (!retransmitOne(recovery.nextLost(), nowNs, out)) {
        return;
      }
    }
    if (held != null && !sendHeld(held, nowNs, out)) {
      return;
    }
    if (probes.due() && connection.control().sendProbe(nowNs, out)) {
      probes.sent(nowNs);
    }
    if (finDue()) {
      sendFin(nowNs, out);
    }
  }

  private void sendFin(long nowNs, TcpOutput out) {
    if (!finSent) {
      finSsn = nextSsn;
    }
    int flags = PacketView.FIN | PacketView.ACK;
    int seq = connection.sequence(finSsn);
    if (out.segment(connection, TcpExtension.Slot.ACK, flags, seq, null, data, nowNs)) {
      stats.segmentsOut++;
      connection.ackLeft();
      if (!finSent) {
        lastProgressNs = nowNs;
        nextSsn = finSsn + 1;
      }
      finSent = true;
      finLost = false;
      if (!timers.isSet(TcpTimer.RETRANSMIT)) {
        timers.set(TcpTimer.RETRANSMIT, nowNs + recovery.rtt.rtoNs());
      }
    }
  }

  private boolean retransmitOne(int index, long nowNs, TcpOutput out) {
    if (index < 0) {
      return false;
    }
    SackScoreboard board = recovery.board;
    int mss = connection.mssBytes();
    // House rule: retransmissions are cut at the MSS.
    int full = cuts.of(board.at(index));
    if (board.at(index).length > full) {
      board.split(index, full);
    }
    TxRange range = board.at(index);
    if (!transmit(range, false, nowNs, out)) {
      return false;
    }
    recovery.onSent(range, nextSsn, mss, nowNs, connection.timestamp(nowNs));
    if (!timers.isSet(TcpTimer.RETRANSMIT)) {
      timers.set(TcpTimer.RETRANSMIT, nowNs + recovery.rtt.rtoNs());
    }
    return true;
  }

  private void tailProbe(long nowNs, TcpOutput out) {
    SackScoreboard board = recovery.board;
    if (board.size() == 0 || board.lostBytes() > 0) {
      tailProbeDue = false;
      return;
    }
    int index = board.size() - 1;
    int mss = connection.mssBytes();
    TxRange last = board.at(index);
    if (last.length > cuts.of(last)) {
      board.split(index, cuts.last(last));
      index++;
    }
    TxRange probe = board.at(index);
    if (!transmit(probe, true, nowNs, out)) {
      return;
    }
    tailProbeDue = false;
    recovery.onSent(probe, nextSsn, mss, nowNs, connection.timestamp(nowNs));
    recovery.onTailProbe(probe.endSsn());
    timers.set(TcpTimer.RETRANSMIT, nowNs + recovery.rtt.rtoNs());
  }

  /**
   * An acceptable acknowledgement, its SACK blocks and its window. Returns true if SND.UNA moved.
   */
  boolean onAck(PacketView s, long ackSsn, long seqSsn, int windowBytes, long nowNs) {
    boolean advanced = ackSsn > unackedSsn;
    boolean echoes = connection.timestampsOn() && s.hasTimestamp;
    recovery.beginAck(echoes, s.tsEcr, connection.timestamp(nowNs));
    long dataAck = finSent && ackSsn > finSsn ? finSsn : ackSsn;
    if (advanced) {
      stats.bytesAcked += Math.max(0, dataAck - Math.max(1, unackedSsn));
      unackedSsn = ackSsn;
      lastProgressNs = nowNs;
      if (dataAck > 0) {
        recovery.cumulative(dataAck, nowNs);
      }
    }
    if (connection.sackOn()) {
      blocks(s, ackSsn, nowNs);
    } else if (advanced) {
      recovery.headAcked();
      recovery.partialAck(connection.mssBytes());
    } else if (isDuplicate(s, ackSsn, windowBytes)) {
      recovery.duplicateAck(connection.mssBytes(), nowNs);
    }
    long wait =
        recovery.endAck(
            unackedSsn, nextSsn, advanced, connection.sackOn(), connection.mssBytes(), nowNs);
    if (recovery.pollMtuRaised()) {
      recovery.congestion().mss(connection.mssBytes());
    }
    if (connection.ecn().onEcho(s, unackedSsn)) {
      recovery.onCongestionEcho(nextSsn, nowNs);
    }
    window.update(windowBytes, seqSsn, ackSsn);
    if (finWanted || !dataWaiting || window.beyond(nextSsn) < connection.mssBytes()) {
      recovery.frto.turnEnded();
    }
    rearm(advanced, wait, nowNs);
    return advanced;
  }

  /**
   * RFC 5681 section 2: no data, no FIN, the same window, and something is outstanding. RFC 8684
   * section 3: nor an MPTCP option other than DSS, for which such an ACK may have been sent.
   */
  private boolean isDuplicate(PacketView s, long ackSsn, int windowBytes) {
    return ackSsn == unackedSsn
        && recovery.board.size() > 0
        && s.sequenceLength() == 0
        && s.mptcpCount == 0
        && windowBytes == window.bytes();
  }

  private void blocks(PacketView s, long ackSsn, long nowNs) {
    for (int i = 0; i < s.sackCount; i++) {
      long left = nextSsn + (s.sackLeft[i] - connection.sequence(nextSsn));
      long right = nextSsn + (s.sackRight[i] - connection.sequence(nextSsn));
      if (left >= right || right > nextSsn) {
        continue;
      }
      boolean inside = i == 0 && s.sackCount > 1 && insideSecond(s);
      if (left < ackSsn || inside) {
        // RFC 2883 section 4: below the cumulative acknowledgement, or inside the second block.
        if (i == 0) {
          recovery.duplicate(left, right, nextSsn, unackedSsn, nowNs);
        }
      } else {
        recovery.selective(left, right, nowNs);
      }
    }
  }

  private static boolean insideSecond(PacketView s) {
    return s.sackLeft[0] - s.sackLeft[1] >= 0 && s.sackRight[1] - s.sackRight[0] >= 0;
  }

  private void rearm(boolean advanced, long reorderingWaitNs, long nowNs) {
    if (!outstanding()) {
      timers.clear(TcpTimer.RETRANSMIT);
      timers.clear(TcpTimer.TAIL_PROBE);
      timers.clear(TcpTimer.REORDERING);
    } else {
      if (advanced) {
        timers.set(TcpTimer.RETRANSMIT, nowNs + recovery.rtt.rtoNs());
      }
      if (reorderingWaitNs > 0) {
        timers.set(TcpTimer.REORDERING, nowNs + reorderingWaitNs);
        timers.clear(TcpTimer.TAIL_PROBE);
      } else {
        timers.clear(TcpTimer.REORDERING);
        if (advanced) {
          armTailProbe(nowNs);
        }
      }
    }
    if (advanced) {
      tailProbeDue = false;
    } else if (recovery.rtt.backoff() > 0
        && outstanding()
        && nowNs - stats.lastDataSentNs > recovery.rtt.plainRtoNs()) {
      // RFC 6069: an answer after a long silence ends the back-off; what is lost goes again now.
      recovery.rtt.pathAnswers();
      timers.set(TcpTimer.RETRANSMIT, nowNs);
    }
    probes.answered();
    armProbe(nowNs);
  }

  /** The path's MTU has shrunk: what is larger is cut and sent again. */
  void onSmallerSegments(long nowNs) {
    recovery.congestion().mss(connection.mssBytes());
    for (int i = 0; i < recovery.board.size(); i++) {
      recovery.board.markLost(recovery.board.at(i));
    }
    recovery.board.joinLost();
    timers.set(TcpTimer.RETRANSMIT, nowNs + recovery.rtt.rtoNs());
  }

  void clear() {
    recovery.board.clear();
    held = null;
    probes.clear();
    tailProbeDue = false;
    finWanted = false;
    dataWaiting = false;
  }
}
