package io.hawser.core.tcp;

import io.hawser.core.buffer.Reassembler;
import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.cc.CongestionControl;
import io.hawser.core.tcp.TcpStateTable.Input;
import io.hawser.core.time.TimerTable;
import io.hawser.wire.Endpoint;
import io.hawser.wire.PacketView;

/**
 * One TCP connection (RFC 9293) between two endpoints, the transport of one subflow. It owns no
 * payload: it sends ranges of the connection's {@link SendBuffer} and lends received payload to
 * whoever polls it. It is fed segments and time, and asked.
 *
 * <p>Sequence numbers inside are relative and 64 bits wide (SYN is 0, the first data byte 1), so
 * they never wrap and compare as numbers; only the wire has 32 bits.
 */
public final class TcpConnection {
  private final TcpConfig config;
  private final Endpoint local;
  private final Endpoint remote;
  private final TcpExtension extension;
  private final SendBuffer data;
  private final TcpStats stats = new TcpStats();
  private final TimerTable<TcpTimer> timers = new TimerTable<>(TcpTimer.class);
  private final TcpSender sender;
  private final TcpReceiver receiver = new TcpReceiver(stats);
  private final TcpInput input;
  private final TcpControl control;
  private final TcpEstimates estimates;
  private final int iss;
  private final int timestampOffset;
  private final SegmentSize size;
  private final MtuSearch search;

  private TcpState state = TcpState.CLOSED;
  private boolean orphaned;
  private TcpClose closeReason = TcpClose.NONE;
  private final Negotiated agreed = new Negotiated();
  private final Segmentation segmentation;
  private final EcnState ecn;
  private boolean closeWanted;
  private final OwnCopies ownCopies = new OwnCopies();
  private FastOpen fastOpen = FastOpen.OFF;

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
    this.ecn = new EcnState(config);
    this.size = new SegmentSize(config, local.address().v6(), mtuBytes);
    this.segmentation = new Segmentation(this);
    this.search = new MtuSearch(config, size);
    this.sender =
        new TcpSender(
            this, config, stats, sendBuffer, congestion, timers, search, superSegmentBytes);
    this.estimates = new TcpEstimates(sender, receiver);
    this.control = new TcpControl(this, sender, receiver, timers, config, data);
    this.input = new TcpInput(this, sender, receiver, extension, config, stats);
    int scale = TcpReceiver.bearableScale(config, extension.receiveCapacityBytes());
    receiver.start(0, scale, SegmentSize.DEFAULT_MSS);
  }

  /** What the SYNs say of cookies and carry (RFC 7413); to be said before opening. */
  public void fastOpen(FastOpen next) {
    fastOpen = next;
  }

  /** Fast Open of this connection. */
  public FastOpen fastOpen() {
    return fastOpen;
  }

  /** Active open: the SYN goes out with the next poll. */
  public void connect(long nowNs) {
    move(Input.ACTIVE_OPEN);
    control.syn();
  }

  /**
   * Passive open on a SYN that the caller has accepted: the SYN/ACK goes out with the next poll.
   */
  public void accept(PacketView syn, long nowNs) {
    negotiate(syn);
    move(Input.PASSIVE_OPEN);
    control.syn();
    if (fastOpen.takesData()) {
      fastOpen.took();
      receiver.takeSyn(syn, extension.receiveCapacityBytes());
      sender.openEarly(syn.window);
    }
  }

  /** The same where the SYN/ACK has gone out already, with a cookie as its sequence number. */
  public void acceptAnswered(PacketView syn, long nowNs) {
    accept(syn, nowNs);
    windowField(TcpExtension.Slot.SYN_ACK);
    control.answered(nowNs);
  }

  void negotiate(PacketView s) {
    agreed.take(s, config);
    ecn.negotiate(s);
    size.peer(s.mss);
    int scale = agreed.scaling ? receiver.scale() : 0;
    receiver.start(s.seq, scale, size.whole());
    if (s.hasTimestamp) {
      receiver.tsRecent = s.tsVal;
    }
  }

  void move(Input what) {
    state = TcpStateTable.next(state, what);
  }

  /** One segment for this connection, the checks of RFC 9293 section 3.10.7 first. */
  public void receive(PacketView s, long nowNs) {
    stats.segmentsIn++;
    if (s.payloadLength > 0) {
      stats.dataSegmentsIn++;
    }
    if (state == TcpState.CLOSED) {
      return;
    }
    control.keepAliveHeard(nowNs);
    input.take(s, nowNs);
  }

  void opened(int window, long ackSsn, long nowNs) {
    control.synDone();
    fastOpen.opened(ackSsn);
    timers.clear(TcpTimer.RETRANSMIT);
    sender.synAcked(window, fastOpen, nowNs);
    if (control.synsSent() == 1) {
      // Karn's rule: a SYN sent twice measures nothing.
      sender.recovery.rtt.sample(nowNs - control.synSentNs(), nowNs);
    }
    if (closeWanted) {
      shutdown(nowNs);
    }
  }

  void timeWait(long nowNs) {
    timers.clearAll();
    timers.set(TcpTimer.LINGER, nowNs + config.timeWaitNs);
    closeReason = TcpClose.ORDERLY;
  }

  void close(TcpClose reason) {
    state = TcpState.CLOSED;
    closeReason = reason;
    timers.clearAll();
    control.synDone();
    fastOpen.leaveQueue();
  }

  /**
   * Expired timers, then what TCP itself has to send: SYN, retransmissions, probes, FIN, RST, ACKs
   * that are due.
   */
  public void poll(long nowNs, TcpOutput out) {
    if (state != TcpState.CLOSED && nextDeadlineNs() <= nowNs) {
      control.onTimers(nowNs);
    }
    control.poll(nowNs, out);
    boolean synchronised =
        state != TcpState.CLOSED && state != TcpState.SYN_SENT && state != TcpState.SYN_RECEIVED;
    if (synchronised) {
      sender.poll(nowNs, out);
    }
  }

  /**
   * Sends the ACK that is due, if nothing that left after {@link #poll} carried it; the last step
   * of a turn.
   */
  public void pollAck(long nowNs, TcpOutput out) {
    if (isOpen()) {
      control.pollAck(nowNs, out);
    }
  }

  /** A segment that makes the peer say where it stands goes out with the next poll. */
  public void probe() {
    control.probe();
  }

  /** Keep-alive settings changed. */
  public void keepAliveChanged(long nowNs) {
    timers.clear(TcpTimer.KEEP_ALIVE);
    if (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT) {
      control.keepAliveHeard(nowNs);
    }
  }

  /** True if poll has something to do before its deadline. */
  public boolean wantsPoll(long nowNs) {
    return control.isDue()
        || (isOpen() && control.ackIsDue())
        || (state != TcpState.CLOSED && (sender.wantsPoll() || extension.wantsAck(nowNs)));
  }

  /** Earliest timer, or Long.MAX_VALUE. */
  public long nextDeadlineNs() {
    return state == TcpState.CLOSED
        ? timers.nextNs()
        : Math.min(timers.nextNs(), sender.userTimeoutAtNs());
  }

  /**
   * Bytes of new data that congestion window and peer's window let go, at most one super-segment;
   * not before {@link TcpEstimates#pacedUntilNs}.
   */
  public int sendRoomBytes() {
    return carriesData() ? sender.roomBytes() : 0;
  }

  /**
   * True in states in which new data may be sent; after data in the SYN that is before the
   * handshake is over (RFC 7413 section 4.2.2).
   */
  public boolean carriesData() {
    boolean early = state == TcpState.SYN_RECEIVED && fastOpen.takesData() && synsSent() > 0;
    return early || state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT;
  }

  /**
   * Sends new data: the stream's bytes [dataOffset, dataOffset + length) become the next bytes of
   * this subflow, under one mapping.
   *
   * @param push whether to set PSH (nothing follows for now)
   * @return bytes taken: length, or 0 if the device had no room (nothing happened then)
   */
  public int send(long dataOffset, int length, boolean push, long nowNs, TcpOutput out) {
    return sender.send(dataOffset, length, push, nowNs, out);
  }

  /**
   * Says whether data waits that {@link #sendRoomBytes} did not let go (a closed window is probed
   * then), and whether something else than windows, pace or want of data held it up.
   */
  public void dataWaiting(boolean waiting, boolean heldUp, long nowNs) {
    if (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT) {
      sender.dataWaiting(waiting, heldUp, nowNs);
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

  /** Nobody is interested any more: FIN-WAIT-2 is bounded, from when it begins. */
  public void orphan(long nowNs) {
    orphaned = true;
    boundFinWait2(nowNs);
  }

  void boundFinWait2(long nowNs) {
    if (orphaned && state == TcpState.FIN_WAIT_2) {
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
    if (speaks) {
      control.reset();
    }
    sender.clear();
    close(state == TcpState.TIME_WAIT ? TcpClose.ORDERLY : TcpClose.ABORTED);
  }

  /** The path takes packets of at most {@code bytes} (RFC 1191, RFC 8201). */
  public void pathMtu(int bytes, long nowNs) {
    int former = size.mtuBytes();
    if (state != TcpState.CLOSED && size.path(bytes)) {
      search.told(former, nowNs);
      sender.onSmallerSegments(nowNs);
    }
  }

  /**
   * ICMP says the destination cannot be reached: only a connection that is not yet open believes it
   * (RFC 5927).
   */
  public void unreachable(long nowNs) {
    if (state == TcpState.SYN_SENT) {
      fastOpen.failed(nowNs);
      close(TcpClose.UNREACHABLE);
    }
  }

  /**
   * What has come in order, piece by piece; a piece's buffer reference belongs to who polls it.
   * Offsets are relative sequence numbers.
   */
  public Reassembler payload() {
    return receiver.payload;
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

  /**
   * Stream offset of the first byte this connection may still have to retransmit; Long.MAX_VALUE if
   * none.
   */
  public long lowestUnackedOffset() {
    return sender.lowestOffset(false);
  }

  /** Where the run of stream bytes ends that are under way here from this offset on. */
  public long unackedRunEnd(long offset) {
    return sender.recovery.board.runEnd(offset);
  }

  /** The same, or where the mapping of such a byte begins. */
  public long lowestUnackedMappingOffset() {
    return sender.lowestOffset(true);
  }

  /**
   * Copies what is outstanding here and acknowledged at data level (before {@code offset}), so that
   * the connection's buffer can let it go although this path still has to retransmit it. At most a
   * congestion window is copied.
   */
  public void keepOwnCopies(long offset) {
    ownCopies.keep(sender, data, offset);
  }

  void dropOwnCopies() {
    ownCopies.drop();
  }

  /** True while a segment that was not full is not acknowledged: for Nagle as Minshall has it. */
  public boolean smallOutstanding() {
    return sender.smallOutstanding();
  }

  /** Range {@code index} of what is not cumulatively acknowledged, oldest first. */
  public TxRange unacked(int index) {
    return sender.unacked(index);
  }

  /** Number of such ranges. */
  public int unackedCount() {
    return sender.unackedCount();
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

  /** Relative sequence number of a segment of the peer's: its SYN has 0. */
  public long ssnOf(PacketView s) {
    return receiver.relative(s.seq);
  }

  /** The window a segment advertises, in bytes. */
  public int scaledWindow(PacketView s) {
    return agreed.window(s);
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
    return state == TcpState.TIME_WAIT && input.isCertainlyNew(s);
  }

  TcpControl control() {
    return control;
  }

  /** TIME-WAIT begins again. */
  void timeWaitAgain(long nowNs) {
    timers.set(TcpTimer.LINGER, nowNs + config.timeWaitNs);
  }

  /** The 32-bit sequence number of a relative one on the sending side. */
  public int sequence(long ssn) {
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

  /** A segment with an acknowledgement left. */
  void ackLeft() {
    timers.clear(TcpTimer.DELAYED_ACK);
    receiver.acked();
  }

  TcpReceiver receiver() {
    return receiver;
  }

  TcpExtension extension() {
    return extension;
  }

  EcnState ecn() {
    return ecn;
  }

  boolean timestampsOn() {
    return agreed.timestamps;
  }

  boolean sackOn() {
    return agreed.sack;
  }

  boolean scalingOn() {
    return agreed.scaling;
  }

  /** MSS to put on a SYN. */
  int advertisedMss() {
    return size.advertised();
  }

  /** Payload bytes of a full segment, net of all options (RFC 6691). */
  public int mssBytes() {
    return segmentation.mss();
  }

  Segmentation segmentation() {
    return segmentation;
  }

  SegmentSize size() {
    return size;
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

  /** SYNs or SYN/ACKs sent. */
  public int synsSent() {
    return control.synsSent();
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

  /** What is known of the path, live. */
  public TcpEstimates estimates() {
    return estimates;
  }

  /** Figures, live. */
  public TcpStats stats() {
    return stats;
  }
}
