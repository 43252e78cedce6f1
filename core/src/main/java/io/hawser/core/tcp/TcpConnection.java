package io.hawser.core.tcp;

import static io.hawser.wire.PacketView.ACK;
import static io.hawser.wire.PacketView.FIN;
import static io.hawser.wire.PacketView.RST;
import static io.hawser.wire.PacketView.SYN;

import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.cc.CongestionControl;
import io.hawser.core.tcp.TcpStateTable.Input;
import io.hawser.core.time.TimerTable;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection (RFC 9293) between two endpoints, the transport of one subflow. It owns no
 * payload: it sends ranges of the connection's {@link SendBuffer} and lends received payload to
 * whoever polls it. It is fed segments and time, and asked.
 *
 * <p>Sequence numbers inside are relative and 64 bits wide (SYN is 0, the first data byte 1), so
 * they never wrap and compare as numbers; only the wire has 32 bits.
 */
public final class TcpConnection {
  private static final long CHALLENGE_INTERVAL_NS = 10_000_000;
  private static final int DEFAULT_MSS = 536;
  private static final int SMALLEST_MSS = 88;

  private final TcpConfig config;
  private final Endpoint local;
  private final Endpoint remote;
  private final TcpExtension extension;
  private final SendBuffer data;
  private final TcpStats stats = new TcpStats();
  private final TimerTable<TcpTimer> timers = new TimerTable<>(TcpTimer.class);
  private final TcpSender sender;
  private final TcpReceiver receiver = new TcpReceiver(stats);
  private final int iss;
  private final int timestampOffset;
  private int mtuBytes;

  private TcpState state = TcpState.CLOSED;
  private TcpClose closeReason = TcpClose.NONE;
  private boolean timestampsOn;
  private boolean sackOn;
  private boolean scalingOn;
  private int peerScale;
  private int peerMss = DEFAULT_MSS;
  private boolean synDue;
  private boolean resetDue;
  private boolean closeWanted;
  private int synsSent;
  private long synSentNs;
  private long handshakeRttNs;
  private long lastChallengeNs = Long.MIN_VALUE / 2;
  private boolean sackWritten;
  private int keepProbesSent;
  private boolean keepProbeDue;
  private boolean mixedOffsets;
  private @Nullable SendBuffer ownCopies;
  private long lastDataOffsetEnd;

  /**
   * A connection in CLOSED.
   *
   * @param mtuBytes largest IP packet
   * @param superSegmentBytes largest payload the device takes in one piece; 0: one segment
   */
  public TcpConnection(
      TcpConfig config,
      Endpoint local,
      Endpoint remote,
      SendBuffer sendBuffer,
      CongestionControl congestion,
      TcpExtension extension,
      int initialSequence,
      int timestampOffset,
      int mtuBytes,
      int superSegmentBytes) {
    this.config = config;
    this.local = local;
    this.remote = remote;
    this.data = sendBuffer;
    this.extension = extension;
    this.iss = initialSequence;
    this.timestampOffset = timestampOffset;
    this.mtuBytes = mtuBytes;
    this.sender =
        new TcpSender(this, config, stats, sendBuffer, congestion, timers, superSegmentBytes);
    receiver.start(0, config.windowScaling ? config.windowScale : 0, DEFAULT_MSS);
  }

  // ---- opening ----

  /** Active open: the SYN goes out with the next poll. */
  public void connect(long nowNs) {
    move(Input.ACTIVE_OPEN);
    synDue = true;
  }

  /**
   * Passive open on a SYN that the caller has accepted: the SYN/ACK goes out with the next poll.
   */
  public void accept(PacketView syn, long nowNs) {
    negotiate(syn);
    move(Input.PASSIVE_OPEN);
    synDue = true;
  }

  private void negotiate(PacketView s) {
    timestampsOn = config.timestamps && s.hasTimestamp;
    sackOn = config.sack && s.sackPermitted;
    // RFC 7323 section 2.2: both SYNs carry the option, or nobody scales.
    scalingOn = config.windowScaling && s.windowScale >= 0;
    peerScale = scalingOn ? Math.min(14, s.windowScale) : 0;
    peerMss = s.mss > 0 ? Math.max(SMALLEST_MSS, s.mss) : DEFAULT_MSS;
    int scale = scalingOn ? config.windowScale : 0;
    receiver.start(s.seq, scale, Math.min(peerMss, advertisedMss()));
    if (s.hasTimestamp) {
      receiver.tsRecent = s.tsVal;
    }
  }

  private void move(Input input) {
    state = TcpStateTable.next(state, input);
  }

  // ---- receiving ----

  /** One segment for this connection, the checks of RFC 9293 section 3.10.7 first. */
  public void receive(PacketView s, long nowNs) {
    stats.segmentsIn++;
    if (s.payloadLength > 0) {
      stats.dataSegmentsIn++;
    }
    if (state == TcpState.CLOSED) {
      return;
    }
    keepAliveHeard(nowNs);
    if (state == TcpState.SYN_SENT) {
      inSynSent(s, nowNs);
    } else {
      synchronised(s, nowNs);
    }
  }

  private long ackSsn(PacketView s) {
    long next = sender.nextSsn();
    return next + (s.ack - sequence(next));
  }

  /** RFC 9293 section 3.10.7.3. */
  private void inSynSent(PacketView s, long nowNs) {
    boolean acksSyn = s.has(ACK) && synsSent > 0 && s.ack == iss + 1;
    if (s.has(ACK) && !acksSyn) {
      if (!s.has(RST)) {
        strayAck = s.ack;
        strayResetDue = true;
      }
      return;
    }
    if (s.has(RST)) {
      if (acksSyn) {
        extension.onSegment(s, nowNs);
        close(TcpClose.REFUSED);
      }
      return;
    }
    if (!s.has(SYN)) {
      return;
    }
    negotiate(s);
    if (acksSyn) {
      move(Input.SYN_ACK);
      opened(s.window, nowNs);
      receiver.ackNow();
    } else {
      // Simultaneous open: answer with SYN/ACK.
      move(Input.SYN);
      synDue = true;
    }
    if (extension.onSegment(s, nowNs) == TcpExtension.Verdict.RESET) {
      abort(nowNs);
    }
  }

  private int strayAck;
  private boolean strayResetDue;

  private void opened(int window, long nowNs) {
    synDue = false;
    timers.clear(TcpTimer.RETRANSMIT);
    sender.synAcked(window, 0, nowNs);
    if (synsSent == 1) {
      // Karn's rule: a SYN sent twice measures nothing.
      handshakeRttNs = Math.max(1, nowNs - synSentNs);
      sender.recovery.rtt.sample(handshakeRttNs, nowNs);
    }
    if (closeWanted) {
      shutdown(nowNs);
    }
  }

  private void synchronised(PacketView s, long nowNs) {
    long seq = receiver.relative(s.seq);
    if (timestampsOn
        && s.hasTimestamp
        && !s.has(RST)
        && s.tsVal - receiver.tsRecent < 0
        && !pawsExpired(nowNs)) {
      // RFC 7323 section 5.3, R1.
      if (s.payloadLength > 0 || s.has(FIN) || s.has(SYN)) {
        challenge(s, seq, nowNs);
      }
      return;
    }
    if (!acceptable(s, seq)) {
      unacceptable(s, seq, nowNs);
      return;
    }
    if (s.has(RST)) {
      onReset(s, seq, nowNs);
      return;
    }
    if (s.has(SYN)) {
      // RFC 5961 section 4.2: never a reset for a SYN in the window.
      challengeLimited(nowNs);
      return;
    }
    if (!s.has(ACK)) {
      return;
    }
    long ack = ackSsn(s);
    if (state == TcpState.SYN_RECEIVED && !acksSyn(s, ack, nowNs)) {
      return;
    }
    acknowledgement(s, seq, ack, nowNs);
  }

  private boolean pawsExpired(long nowNs) {
    // RFC 7323 section 5.5: after 24 days of silence the clock may have wrapped.
    return nowNs - Math.max(stats.lastAckReceivedNs, stats.lastDataReceivedNs)
        > 24L * 86_400 * 1_000_000_000L;
  }

  /** RFC 9293 section 3.10.7.4, first check. */
  private boolean acceptable(PacketView s, long seq) {
    int length = s.sequenceLength();
    long next = receiver.nextSsn();
    long edge = Math.max(next, receiver.windowEdgeSsn());
    if (length == 0) {
      return seq == next || (seq >= next && seq < edge);
    }
    boolean begins = seq >= next && seq < edge;
    boolean ends = seq + length - 1 >= next && seq + length - 1 < edge;
    return begins || ends || (seq < next && seq + length > edge && edge > next);
  }

  private void unacceptable(PacketView s, long seq, long nowNs) {
    if (s.has(RST)) {
      return;
    }
    if (state == TcpState.SYN_RECEIVED && s.has(SYN) && s.seq == receiver.irs()) {
      // Our SYN/ACK was lost.
      synDue = true;
      return;
    }
    if (state == TcpState.TIME_WAIT && s.has(FIN)) {
      timers.set(TcpTimer.LINGER, nowNs + config.timeWaitNs);
    }
    long next = receiver.nextSsn();
    if (s.has(ACK) && !s.has(SYN) && state != TcpState.SYN_RECEIVED && seq <= next) {
      // A full window still takes acknowledgements (section 3.10.7.4: valid ACKs are to be
      // accepted).
      long ack = ackSsn(s);
      if (ack >= sender.unackedSsn() && ack <= sender.nextSsn()) {
        takeAck(s, Math.max(seq, 0), ack, nowNs);
      }
    }
    challenge(s, seq, nowNs);
  }

  private void challenge(PacketView s, long seq, long nowNs) {
    long end = seq + s.payloadLength;
    if (s.payloadLength > 0 && seq >= 1 && end <= receiver.nextSsn()) {
      receiver.duplicateSegment(seq, end);
    } else if (s.sequenceLength() > 0) {
      receiver.ackNow();
    } else {
      challengeLimited(nowNs);
    }
  }

  /** RFC 5961 section 7: challenge ACKs are limited. */
  private void challengeLimited(long nowNs) {
    if (nowNs - lastChallengeNs >= CHALLENGE_INTERVAL_NS) {
      lastChallengeNs = nowNs;
      receiver.ackNow();
    }
  }

  private void onReset(PacketView s, long seq, long nowNs) {
    if (seq != receiver.nextSsn()) {
      // RFC 5961 section 3.2: only the exact number resets.
      challengeLimited(nowNs);
      return;
    }
    extension.onSegment(s, nowNs);
    boolean refused = state == TcpState.SYN_RECEIVED;
    boolean done = state == TcpState.TIME_WAIT || state == TcpState.LAST_ACK;
    close(refused ? TcpClose.REFUSED : done ? TcpClose.ORDERLY : TcpClose.RESET);
  }

  private boolean acksSyn(PacketView s, long ack, long nowNs) {
    if (ack < 1 || ack > sender.nextSsn()) {
      strayAck = s.ack;
      strayResetDue = true;
      return false;
    }
    move(Input.ACK_OF_SYN);
    opened(scaledWindow(s), nowNs);
    return true;
  }

  private void acknowledgement(PacketView s, long seq, long ack, long nowNs) {
    if (ack > sender.nextSsn()) {
      challengeLimited(nowNs);
      return;
    }
    if (ack < sender.unackedSsn() - Math.max(sender.windowBytes(), 65_535)) {
      // RFC 5961 section 5.2.
      challengeLimited(nowNs);
      return;
    }
    if (timestampsOn
        && s.hasTimestamp
        && s.tsVal - receiver.tsRecent >= 0
        && seq <= receiver.lastAckSentSsn()) {
      // RFC 7323 section 4.3.
      receiver.tsRecent = s.tsVal;
    }
    if (ack >= sender.unackedSsn()) {
      takeAck(s, seq, ack, nowNs);
    }
    TcpExtension.Verdict verdict = extension.onSegment(s, nowNs);
    if (verdict == TcpExtension.Verdict.RESET) {
      abort(nowNs);
      return;
    }
    if (state == TcpState.CLOSED || (s.payloadLength == 0 && !s.has(FIN))) {
      return;
    }
    if (verdict == TcpExtension.Verdict.IGNORE_PAYLOAD) {
      receiver.ackNow();
      return;
    }
    boolean finBefore = receiver.finTaken();
    if (!finBefore) {
      receiver.take(s, seq, nowNs);
      if (receiver.finTaken()) {
        onFin(nowNs);
      }
    }
  }

  private void takeAck(PacketView s, long seq, long ack, long nowNs) {
    stats.lastAckReceivedNs = nowNs;
    sender.onAck(s, ack, seq, scaledWindow(s), nowNs);
    if (sender.recovery.board.size() == 0) {
      dropOwnCopies();
    }
    if (sender.finAcked()) {
      TcpState before = state;
      if (before != TcpState.FIN_WAIT_2) {
        move(Input.ACK_OF_FIN);
      }
      if (before == TcpState.LAST_ACK) {
        close(TcpClose.ORDERLY);
      } else if (before == TcpState.CLOSING) {
        timeWait(nowNs);
      }
    }
  }

  private void onFin(long nowNs) {
    move(Input.FIN);
    if (state == TcpState.TIME_WAIT) {
      timeWait(nowNs);
    }
  }

  private void timeWait(long nowNs) {
    timers.clearAll();
    timers.set(TcpTimer.LINGER, nowNs + config.timeWaitNs);
    closeReason = TcpClose.ORDERLY;
  }

  private void close(TcpClose reason) {
    state = TcpState.CLOSED;
    closeReason = reason;
    timers.clearAll();
    synDue = false;
  }

  // ---- time and transmission ----

  /**
   * Expired timers, then what TCP itself has to send: SYN, retransmissions, probes, FIN, RST, ACKs
   * that are due.
   */
  public void poll(long nowNs, TcpOutput out) {
    if (state != TcpState.CLOSED && timers.nextNs() <= nowNs) {
      onTimers(nowNs);
    }
    if (strayResetDue) {
      int seq = strayAck;
      strayResetDue = !out.segment(this, TcpExtension.Slot.RST, RST, seq, null, data, nowNs);
    }
    if (resetDue) {
      int seq = sequence(sender.nextSsn());
      resetDue = !out.segment(this, TcpExtension.Slot.RST, RST | ACK, seq, null, data, nowNs);
      stats.segmentsOut++;
    }
    if (state == TcpState.CLOSED) {
      return;
    }
    if (synDue) {
      sendSyn(nowNs, out);
    }
    if (state != TcpState.SYN_SENT && state != TcpState.SYN_RECEIVED) {
      sender.poll(nowNs, out);
    }
  }

  /**
   * Sends the ACK that is due, if nothing that left after {@link #poll} carried it; the last step
   * of a turn.
   */
  public void pollAck(long nowNs, TcpOutput out) {
    if (state == TcpState.CLOSED || state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED) {
      return;
    }
    if (keepProbeDue && sendProbe(nowNs, out)) {
      keepProbeDue = false;
    }
    if (receiver.ackDue() || extension.wantsAck(nowNs)) {
      sendAck(nowNs, out);
    } else if (receiver.ackDelayed() && !timers.isSet(TcpTimer.DELAYED_ACK)) {
      timers.set(TcpTimer.DELAYED_ACK, nowNs + config.delayedAckNs);
    }
  }

  private void sendAck(long nowNs, TcpOutput out) {
    int seq = sequence(sender.nextSsn());
    if (out.segment(this, TcpExtension.Slot.ACK, ACK, seq, null, data, nowNs)) {
      stats.segmentsOut++;
      timers.clear(TcpTimer.DELAYED_ACK);
      receiver.acked(true);
    }
  }

  /** A segment before the window: the peer answers with its state (window probes, keep-alive). */
  boolean sendProbe(long nowNs, TcpOutput out) {
    int seq = sequence(sender.unackedSsn() - 1);
    boolean sent = out.segment(this, TcpExtension.Slot.ACK, ACK, seq, null, data, nowNs);
    stats.segmentsOut += sent ? 1 : 0;
    return sent;
  }

  private void sendSyn(long nowNs, TcpOutput out) {
    boolean answer = state == TcpState.SYN_RECEIVED;
    TcpExtension.Slot slot = answer ? TcpExtension.Slot.SYN_ACK : TcpExtension.Slot.SYN;
    if (!out.segment(this, slot, answer ? SYN | ACK : SYN, iss, null, data, nowNs)) {
      return;
    }
    stats.segmentsOut++;
    synDue = false;
    synsSent++;
    if (synsSent == 1) {
      synSentNs = nowNs;
    }
    sender.synSent();
    receiver.acked(true);
    if (!timers.isSet(TcpTimer.RETRANSMIT)) {
      timers.set(TcpTimer.RETRANSMIT, nowNs + sender.recovery.rtt.rtoNs());
    }
  }

  private void onTimers(long nowNs) {
    if (timers.expire(TcpTimer.LINGER, nowNs)) {
      close(closeReason == TcpClose.NONE ? TcpClose.TIMED_OUT : closeReason);
      return;
    }
    if (timers.expire(TcpTimer.DELAYED_ACK, nowNs)) {
      receiver.ackNow();
    }
    if (state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED) {
      if (timers.expire(TcpTimer.RETRANSMIT, nowNs)) {
        int most = state == TcpState.SYN_SENT ? config.synRetries : config.synAckRetries;
        if (synsSent > most) {
          close(TcpClose.TIMED_OUT);
        } else {
          sender.recovery.rtt.backOff();
          synDue = true;
        }
      }
      return;
    }
    if (timers.expire(TcpTimer.KEEP_ALIVE, nowNs)) {
      keepAlive(nowNs);
    }
    if (state != TcpState.CLOSED && !sender.onTimers(nowNs)) {
      resetDue = true;
      close(TcpClose.TIMED_OUT);
    }
  }

  private void keepAliveHeard(long nowNs) {
    if (config.keepIdleNs > 0) {
      keepProbesSent = 0;
      timers.set(TcpTimer.KEEP_ALIVE, nowNs + config.keepIdleNs);
    }
  }

  private void keepAlive(long nowNs) {
    if (config.keepIdleNs == 0) {
      return;
    }
    if (keepProbesSent >= config.keepProbes) {
      resetDue = true;
      close(TcpClose.TIMED_OUT);
      return;
    }
    keepProbesSent++;
    keepProbeDue = true;
    timers.set(TcpTimer.KEEP_ALIVE, nowNs + config.keepIntervalNs);
  }

  /** A segment that makes the peer say where it stands goes out with the next poll. */
  public void probe() {
    keepProbeDue = true;
  }

  /** Keep-alive settings changed. */
  public void keepAliveChanged(long nowNs) {
    timers.clear(TcpTimer.KEEP_ALIVE);
    if (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT) {
      keepAliveHeard(nowNs);
    }
  }

  /** True if poll has something to do before its deadline. */
  public boolean wantsPoll(long nowNs) {
    if (resetDue || strayResetDue || synDue) {
      return true;
    }
    return state != TcpState.CLOSED
        && (receiver.ackDue()
            || keepProbeDue
            || sender.wantsPoll()
            || (receiver.ackDelayed() && !timers.isSet(TcpTimer.DELAYED_ACK))
            || extension.wantsAck(nowNs));
  }

  /** Earliest timer, or Long.MAX_VALUE. */
  public long nextDeadlineNs() {
    return timers.nextNs();
  }

  // ---- sending ----

  /**
   * Bytes of new data that may be sent now: congestion window and peer's window, at most one
   * super-segment.
   */
  public int sendRoomBytes() {
    boolean open = state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT;
    return open ? sender.roomBytes() : 0;
  }

  /**
   * Sends new data: the stream's bytes [dataOffset, dataOffset + length) become the next bytes of
   * this subflow, under one mapping.
   *
   * @param push whether to set PSH (nothing follows for now)
   * @return bytes taken: length, or 0 if the device had no room (nothing happened then)
   */
  public int send(long dataOffset, int length, boolean push, long nowNs, TcpOutput out) {
    int sent = sender.send(dataOffset, length, push, nowNs, out);
    if (sent > 0) {
      if (sender.recovery.board.size() <= 1) {
        mixedOffsets = false;
      } else if (dataOffset < lastDataOffsetEnd) {
        mixedOffsets = true;
      }
      lastDataOffsetEnd = dataOffset + length;
    }
    return sent;
  }

  /**
   * Says whether data waits that {@link #sendRoomBytes} did not let go: a closed window is probed
   * then.
   */
  public void dataWaiting(boolean waiting, long nowNs) {
    if (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT) {
      sender.dataWaiting(waiting, nowNs);
    }
  }

  /** An ACK goes out with the next poll, whatever delays apply. */
  public void ackNow() {
    receiver.ackNow();
  }

  /** FIN after everything sent; the receiving side stays open. */
  public void shutdown(long nowNs) {
    switch (state) {
      case SYN_SENT, SYN_RECEIVED -> closeWanted = true;
      case ESTABLISHED, CLOSE_WAIT -> {
        sender.wantFin();
        move(Input.CLOSE);
      }
      default -> {
        // Already closing.
      }
    }
  }

  /** Nobody is interested any more: FIN-WAIT-2 is bounded. */
  public void orphan(long nowNs) {
    if (state != TcpState.CLOSED && state != TcpState.TIME_WAIT) {
      timers.set(TcpTimer.LINGER, nowNs + config.finTimeoutNs);
    }
  }

  /**
   * RST if the state calls for one (RFC 9293 section 3.10.5), and CLOSED. Extension options ride on
   * it.
   */
  public void abort(long nowNs) {
    boolean speaks =
        switch (state) {
          case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> true;
          default -> false;
        };
    resetDue |= speaks;
    sender.clear();
    close(TcpClose.ABORTED);
  }

  /** The path takes packets of at most {@code bytes} (RFC 1191, RFC 8201). */
  public void pathMtu(int bytes, long nowNs) {
    int least = remote.address().v6() ? 1280 : 552;
    int next = Math.max(least, bytes);
    if (next < mtuBytes && state != TcpState.CLOSED) {
      mtuBytes = next;
      sender.onSmallerSegments(nowNs);
    }
  }

  /**
   * ICMP says the destination cannot be reached: only a connection that is not yet open believes it
   * (RFC 5927).
   */
  public void unreachable(long nowNs) {
    if (state == TcpState.SYN_SENT) {
      close(TcpClose.UNREACHABLE);
    }
  }

  // ---- payload ----

  /**
   * Moves to the next in-order received piece if there is one; its buffer reference then belongs to
   * the caller.
   */
  public boolean pollPayload() {
    return receiver.payload.poll();
  }

  /** Buffer of the polled piece. */
  public PacketBuffer payloadBuffer() {
    return receiver.payload.buffer();
  }

  /** Where the polled piece begins in its buffer's memory. */
  public int payloadOffset() {
    return receiver.payload.bufferOffset();
  }

  /** Bytes of the polled piece. */
  public int payloadLength() {
    return receiver.payload.length();
  }

  /** Relative sequence number of the piece's first byte (first data byte of the connection: 1). */
  public long payloadSsn() {
    return receiver.payload.offset();
  }

  /**
   * True if received payload has gaps or an ACK is due or delayed: the next ACK comes by itself.
   */
  public boolean ackPending() {
    return receiver.ackDue() || receiver.ackDelayed();
  }

  /** True once all data up to the peer's FIN was polled. */
  public boolean peerFinished() {
    return receiver.finTaken() && receiver.payload.nextOffset() == receiver.nextSsn() - 1;
  }

  /** Memory held for payload out of order, bytes. */
  public long heldBytes() {
    return receiver.payload.heldBytes();
  }

  /** Gives back all memory. */
  public void free() {
    receiver.payload.clear();
    sender.clear();
    dropOwnCopies();
  }

  // ---- asked ----

  /**
   * Stream offset of the first byte this connection may still have to retransmit; Long.MAX_VALUE if
   * none.
   */
  public long lowestUnackedOffset() {
    SackScoreboard board = sender.recovery.board;
    if (board.size() == 0) {
      return Long.MAX_VALUE;
    }
    if (!mixedOffsets && board.at(0).own == null) {
      return board.at(0).dataOffset;
    }
    long lowest = Long.MAX_VALUE;
    for (int i = 0; i < board.size(); i++) {
      if (board.at(i).own == null) {
        lowest = Math.min(lowest, board.at(i).dataOffset);
      }
    }
    return lowest;
  }

  /**
   * Copies what is outstanding here and acknowledged at data level (before {@code offset}), so that
   * the connection's buffer can let it go although this path still has to retransmit it. At most a
   * congestion window is copied.
   */
  public void keepOwnCopies(long offset) {
    SackScoreboard board = sender.recovery.board;
    SendBuffer copies = ownCopies;
    for (int i = 0; i < board.size(); i++) {
      TxRange range = board.at(i);
      if (range.own == null && range.dataOffset + range.length <= offset) {
        if (copies == null) {
          copies =
              data.sibling(
                  2 * congestionControl().cwndBytes()
                      + 4 * sender.recovery.board.lostBytes()
                      + (8 << 20));
          ownCopies = copies;
        }
        range.ownOffset = copies.writtenOffset();
        data.copyTo(range.dataOffset, range.length, copies);
        range.own = copies;
      }
    }
  }

  private void dropOwnCopies() {
    SendBuffer copies = ownCopies;
    if (copies != null) {
      copies.close();
      ownCopies = null;
    }
  }

  /** Range {@code index} of what was sent and not cumulatively acknowledged, oldest first. */
  public TxRange unacked(int index) {
    return sender.recovery.board.at(index);
  }

  /** Number of such ranges. */
  public int unackedCount() {
    return sender.recovery.board.size();
  }

  /** Relative sequence number of the next new byte to be sent. */
  public long nextSsn() {
    return sender.nextSsn();
  }

  /** Relative sequence number of the first byte not acknowledged. */
  public long unackedSsn() {
    return sender.unackedSsn();
  }

  /** Relative sequence number of the next byte expected from the peer. */
  public long receiveSsn() {
    return receiver.nextSsn();
  }

  /**
   * Makes a 32-bit relative sequence number (as in a DSS) 64-bit, near what is expected from the
   * peer.
   */
  public long unwrapReceiveSsn(int ssn) {
    long next = receiver.nextSsn();
    return next + (ssn - (int) next);
  }

  /** Relative sequence number of a segment's first byte. */
  public long segmentSsn(PacketView s) {
    return receiver.relative(s.seq) + (s.has(SYN) ? 1 : 0);
  }

  /** The window a segment advertises, in bytes. */
  public int scaledWindow(PacketView s) {
    return s.has(SYN) ? s.window : s.window << peerScale;
  }

  /** True if the application's reading has opened the window by enough to tell the peer. */
  public boolean windowUpdateDue() {
    return state != TcpState.CLOSED && receiver.windowUpdateDue(extension.receiveWindowBytes());
  }

  /** True if the sequence number lies in what was sent and is not acknowledged. */
  public boolean isOutstanding(int seq) {
    long ssn = sender.nextSsn() + (seq - sequence(sender.nextSsn()));
    return ssn >= sender.unackedSsn() && ssn <= sender.nextSsn();
  }

  /** True in TIME-WAIT for a SYN that is certainly new: a later sequence number or timestamp. */
  public boolean yieldsTo(PacketView s) {
    return state == TcpState.TIME_WAIT
        && s.has(SYN)
        && !s.has(ACK)
        && !s.has(RST)
        && (receiver.relative(s.seq) > receiver.nextSsn()
            || (timestampsOn && s.hasTimestamp && s.tsVal - receiver.tsRecent > 0));
  }

  int sequence(long ssn) {
    return iss + (int) ssn;
  }

  int timestamp(long nowNs) {
    return (int) (nowNs / 1_000_000) + timestampOffset;
  }

  int windowField(TcpExtension.Slot slot) {
    boolean syn = slot == TcpExtension.Slot.SYN || slot == TcpExtension.Slot.SYN_ACK;
    return slot == TcpExtension.Slot.RST
        ? 0
        : receiver.windowField(extension.receiveWindowBytes(), !syn, extension.windowIsShared());
  }

  void noteSack(boolean written) {
    sackWritten = written;
  }

  /** A segment with an acknowledgement left. */
  void ackLeft() {
    timers.clear(TcpTimer.DELAYED_ACK);
    receiver.acked(sackWritten);
  }

  TcpReceiver receiver() {
    return receiver;
  }

  TcpExtension extension() {
    return extension;
  }

  boolean timestampsOn() {
    return timestampsOn;
  }

  boolean sackOn() {
    return sackOn;
  }

  boolean scalingOn() {
    return scalingOn;
  }

  /** MSS to put on a SYN. */
  int advertisedMss() {
    int fits = mtuBytes - Headers.ipBytes(local.address().v6()) - 20;
    return config.maxSegment > 0 ? Math.min(config.maxSegment, fits) : fits;
  }

  /** Payload bytes of a full segment, net of all options (RFC 6691). */
  public int mssBytes() {
    int whole = Math.min(peerMss, advertisedMss());
    return Math.max(8, whole - (timestampsOn ? 12 : 0) - extension.dataOptionBytes());
  }

  /** This connection's settings; most may be changed while it lives. */
  public TcpConfig config() {
    return config;
  }

  /** Its state. */
  public TcpState state() {
    return state;
  }

  /** Why it is CLOSED, or NONE. */
  public TcpClose closeReason() {
    return closeReason;
  }

  /** True from ESTABLISHED on, until CLOSED. */
  public boolean isOpen() {
    return state != TcpState.CLOSED && state != TcpState.SYN_SENT && state != TcpState.SYN_RECEIVED;
  }

  /** True if the FIN was sent and acknowledged. */
  public boolean finAcked() {
    return sender.finAcked();
  }

  /** Local end. */
  public Endpoint local() {
    return local;
  }

  /** Remote end. */
  public Endpoint remote() {
    return remote;
  }

  /** RTT of the handshake, or 0 if its SYN was sent twice. */
  public long handshakeRttNs() {
    return handshakeRttNs;
  }

  /** SYNs or SYN/ACKs sent. */
  public int synsSent() {
    return synsSent;
  }

  /** Smoothed RTT, 0 if not measured. */
  public long smoothedRttNs() {
    return sender.recovery.rtt.smoothedNs();
  }

  /** RTT variance. */
  public long rttVarianceNs() {
    return sender.recovery.rtt.varianceNs();
  }

  /** Least RTT of the last minutes, 0 if not measured. */
  public long minRttNs() {
    return sender.recovery.rtt.minNs();
  }

  /** Retransmission timeout with its back-off. */
  public long rtoNs() {
    return sender.recovery.rtt.rtoNs();
  }

  /** Retransmission timeouts in a row without progress. */
  public int backoff() {
    return sender.recovery.rtt.backoff();
  }

  /** Congestion window. */
  public int cwndBytes() {
    return sender.recovery.congestion().cwndBytes();
  }

  /** Slow-start threshold; Integer.MAX_VALUE while unknown. */
  public int ssthreshBytes() {
    return sender.recovery.congestion().ssthreshBytes();
  }

  /** Bytes in flight by RACK's reckoning. */
  public int inFlightBytes() {
    return sender.recovery.board.inFlightBytes();
  }

  /** Bytes found lost and not sent again yet. */
  public int lostBytes() {
    return sender.recovery.board.lostBytes();
  }

  /** Bytes selectively acknowledged. */
  public int sackedBytes() {
    return sender.recovery.board.sackedBytes();
  }

  /** Last measured delivery rate, bytes per second; 0 if unknown. */
  public long rateBytesPerSecond() {
    return sender.recovery.rateBytesPerSecond();
  }

  /** Peer's window as last told, bytes. */
  public int peerWindowBytes() {
    return sender.windowBytes();
  }

  /** When an acknowledgement last moved SND.UNA, or sending began after idleness. */
  public long lastProgressNs() {
    return sender.lastProgressNs();
  }

  /** Changes the congestion control in mid-transfer. */
  public void congestionControl(CongestionControl next) {
    next.mss(mssBytes());
    sender.recovery.congestion(next);
  }

  /** The congestion control in use. */
  public CongestionControl congestionControl() {
    return sender.recovery.congestion();
  }

  /** Figures, live. */
  public TcpStats stats() {
    return stats;
  }
}
