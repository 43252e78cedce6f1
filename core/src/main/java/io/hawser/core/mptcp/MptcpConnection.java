package io.hawser.core.mptcp;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.cc.CoupledGroup;
import io.hawser.core.sched.Schedulers;
import io.hawser.core.tcp.TcpClose;
import io.hawser.core.tcp.TcpConnection;
import io.hawser.core.tcp.TcpOutput;
import io.hawser.core.tcp.TcpState;
import io.hawser.core.time.TimerTable;
import io.hawser.event.Event;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpCodec;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection: MPTCP (RFC 8684), fallen back, or plain TCP, which is one subflow with the
 * identity mapping. This class holds the connection-level state and moves it; its halves are {@link
 * DataSender} and {@link DataReceiver}.
 */
public final class MptcpConnection implements Connection {
  /** Bits of what is new, as in {@code NewsSink}. */
  public static final int READABLE = 1;

  /** There is room to write. */
  public static final int WRITABLE = 2;

  /** Established, or failed to be. */
  public static final int CONNECTED = 4;

  /** Over; the stack forgets it. */
  public static final int CLOSED = 8;

  private static final int DSS_BYTES = 28;
  private static final int REASON_UNSPECIFIED = 0;
  private static final int REASON_MIDDLEBOX = 6;
  private static final long UNMAPPED_PATIENCE_NS = 100_000_000L;
  private static final long MAKE_AFTER_BREAK_NS = 60_000_000_000L;
  private static final long STATS_INTERVAL_NS = 10_000_000L;

  private final long id;
  private final ConnectionHost host;
  private final boolean client;
  private final Endpoint local;
  private final Endpoint remote;
  private final DataSender out;
  private final DataReceiver in;
  private final AddressExchange addresses = new AddressExchange(this);
  private final PathKeeper paths = new PathKeeper(this);
  private final TimerTable<MptcpTimer> timers = new TimerTable<>(MptcpTimer.class);
  private final CoupledGroup group = new CoupledGroup();
  private final List<Subflow> subflows = new ArrayList<>(2);
  private final List<ConnectionStats.SubflowStats> goneSubflows = new ArrayList<>(0);
  private ConnectionConfig config;
  private int subflowCounter;

  private volatile Phase phase = Phase.CONNECTING;
  private volatile Failure failure = Failure.NONE;
  private volatile boolean multipath;
  private volatile boolean outputShut;
  private volatile boolean statsWanted;
  private volatile ConnectionStats stats;
  private volatile @Nullable Object attachment;
  private long statsAtNs;

  private boolean offers;
  private boolean checksums;
  private boolean confirmed;
  private boolean fellBack;
  private boolean infiniteDue;
  private boolean everJoined;
  private boolean noJoinsToInitial;
  private @Nullable Key localKey;
  private @Nullable Key remoteKey;
  private boolean wideAcks;
  private long lastDataAckSent;
  private int finRepeats;
  private boolean finAckedByPeerSeen;
  private boolean closedByApp;
  private boolean subflowsClosing;
  private boolean over;
  private boolean noDelay;
  private boolean corked;
  private boolean sendMore;
  private boolean windowProbeDue;
  private boolean pendingFinAck;

  /** For the stack. */
  public MptcpConnection(
      long id,
      ConnectionHost host,
      ChunkPool chunks,
      ConnectionConfig config,
      Endpoint local,
      Endpoint remote,
      boolean client) {
    this.id = id;
    this.host = host;
    this.config = config;
    this.client = client;
    this.local = local;
    this.remote = remote;
    this.noDelay = config.noDelay();
    this.out =
        new DataSender(
            this,
            new SendBuffer(chunks, config.sendBufferBytes()),
            Schedulers.create(config.scheduler()));
    this.in = new DataReceiver(config.receiveBufferBytes());
    this.stats = new ConnectionStats(false, 0, 0, 0, 0, 0, List.of());
  }

  // ---- opening ----

  /** Active open of the first subflow; false if the 4-tuple is taken. */
  public boolean open(long nowNs) {
    offers = config.multipath();
    if (offers) {
      drawKey();
    }
    Subflow first = newSubflow(Subflow.Role.FIRST, 0, 0, local, remote, nowNs);
    if (!host.register(first)) {
      subflows.clear();
      return false;
    }
    first.backupByUs = config.backup();
    first.tcp().connect(nowNs);
    touched();
    return true;
  }

  /** There is no way to open: no local address, or no free port. */
  public void cannotOpen(long nowNs) {
    fail(Failure.ADDRESS_UNAVAILABLE, nowNs);
  }

  /** Passive open of the first subflow. */
  public void accept(PacketView syn, MptcpOption.@Nullable MpCapable offer, long nowNs) {
    Subflow first = newSubflow(Subflow.Role.FIRST, 0, 0, local, remote, nowNs);
    host.register(first);
    if (offer != null && config.multipath()) {
      drawKey();
      multipath = true;
      checksums = host.checksumRequired() || (offer.flags() & MptcpOption.MpCapable.A) != 0;
      noJoinsToInitial = (offer.flags() & MptcpOption.MpCapable.C) != 0;
    }
    first.tcp().accept(syn, nowNs);
    touched();
  }

  private void drawKey() {
    // Section 3.1: hard to guess, and its token unique among the host's connections.
    Key key;
    do {
      key = Key.of(host.random().nextLong());
    } while (!host.registerToken(key.token(), this));
    localKey = key;
  }

  private Subflow newSubflow(
      Subflow.Role role, int localId, int remoteId, Endpoint from, Endpoint to, long nowNs) {
    Subflow subflow = new Subflow(subflowCounter++, this, role, localId, remoteId);
    TcpConnection tcp =
        new TcpConnection(
            host.tcpConfig().copy(),
            from,
            to,
            out.buffer,
            CongestionControls.create(config.congestionControl(), group),
            subflow,
            host.initialSequence(from, to, nowNs),
            host.random().nextInt(),
            host.mtuBytes(),
            host.superSegmentBytes());
    subflow.transport(tcp);
    subflows.add(subflow);
    if (host.events().wants(Event.SubflowOpening.class)) {
      host.events().accept(new Event.SubflowOpening(nowNs, id, subflow.id(), from, to));
    }
    return subflow;
  }

  /** A further subflow from here; false if that cannot be now. */
  boolean join(IpAddress from, int localId, Endpoint to, int remoteId, boolean backup, long nowNs) {
    IpAddress source = from.isAny() ? host.route(to.address()) : from;
    if (source == null || source.v6() != to.address().v6()) {
      return false;
    }
    int port = host.ephemeralPort(source, to);
    if (port == 0) {
      return false;
    }
    Subflow subflow =
        newSubflow(
            Subflow.Role.JOIN_SENT, localId, remoteId, new Endpoint(source, port), to, nowNs);
    if (!host.register(subflow)) {
      subflows.remove(subflow);
      return false;
    }
    subflow.askedFrom = from;
    subflow.backupByUs = backup;
    subflow.options.localNonce = host.random().nextInt();
    subflow.tcp().connect(nowNs);
    touched();
    return true;
  }

  /**
   * A SYN with our token (section 3.2).
   *
   * @return false if it is refused: the caller answers with RST
   */
  public boolean acceptJoin(
      Endpoint at, Endpoint from, PacketView syn, MptcpOption.MpJoinSyn option, long nowNs) {
    boolean open = multipath && confirmed && phase == Phase.OPEN && !over && !subflowsClosing;
    if (!open || subflows.size() > paths.acceptLimit()) {
      return false;
    }
    int localId = paths.localId(at.address());
    Subflow subflow =
        newSubflow(Subflow.Role.JOIN_TAKEN, localId, option.addressId(), at, from, nowNs);
    if (!host.register(subflow)) {
      subflows.remove(subflow);
      return false;
    }
    subflow.backupByPeer = option.backup();
    subflow.options.localNonce = host.random().nextInt();
    subflow.options.remoteNonce = option.nonce();
    subflow.tcp().accept(syn, nowNs);
    touched();
    return true;
  }

  // ---- what subflows tell ----

  void established(Subflow first, Key peer, int flags, long nowNs) {
    remoteKey = peer;
    multipath = true;
    if (client) {
      checksums = host.checksumRequired() || (flags & MptcpOption.MpCapable.A) != 0;
      noJoinsToInitial = (flags & MptcpOption.MpCapable.C) != 0;
    } else {
      // The third ACK says whether both use checksums; either side's A is enough.
      checksums |= (flags & MptcpOption.MpCapable.A) != 0;
    }
    opened(first, nowNs);
    // The peer's window counts at data level from the handshake on: DATA_ACK is IDSN + 1 there.
    out.initialWindow(first.tcp().estimates().peerWindowBytes());
    if (!client) {
      confirm(nowNs);
    }
  }

  void establishedPlain(Subflow first, long nowNs) {
    multipath = false;
    offers = false;
    forgetToken();
    out.goPlain();
    opened(first, nowNs);
  }

  private void forgetToken() {
    Key key = localKey;
    if (key != null) {
      host.unregisterToken(key.token());
    }
  }

  private void opened(Subflow first, long nowNs) {
    first.established = true;
    phase = Phase.OPEN;
    host.news(this, CONNECTED | WRITABLE);
    if (host.events().wants(Event.ConnectionEstablished.class)) {
      host.events()
          .accept(new Event.ConnectionEstablished(nowNs, id, local, remote, multipath, client));
    }
    noteEstablished(first, nowNs);
  }

  private void noteEstablished(Subflow subflow, long nowNs) {
    if (host.events().wants(Event.SubflowEstablished.class)) {
      host.events()
          .accept(
              new Event.SubflowEstablished(
                  nowNs, id, subflow.id(), subflow.local(), subflow.remote(), subflow.backup()));
    }
  }

  /** The peer has shown that MPTCP works both ways: paths may be added (section 3.1). */
  void confirm(long nowNs) {
    if (!confirmed) {
      confirmed = true;
      paths.review(nowNs);
    }
  }

  void joined(Subflow subflow, long nowNs) {
    if (!subflow.established) {
      subflow.established = true;
      everJoined = true;
      noteEstablished(subflow, nowNs);
      paths.succeeded(subflow, nowNs);
    }
  }

  void sawData(int dsnBytes) {
    wideAcks = dsnBytes == 8;
  }

  void onDataAck(Subflow on, long offset, int windowBytes, long nowNs) {
    if (out.onDataAck(offset, windowBytes)) {
      timers.clear(MptcpTimer.DATA_LAG);
      if (out.finAcked() && !finAckedByPeerSeen) {
        finAckedByPeerSeen = true;
        timers.clear(MptcpTimer.DATA_FIN);
      }
    }
  }

  void onDataFin(Subflow on, long offset, long nowNs) {
    boolean before = in.finTaken();
    in.fin(offset);
    pendingFinAck = true;
    if (!before || in.finTaken()) {
      on.tcp().ackNow();
    }
  }

  void onPriority(Subflow subflow, boolean backup, long nowNs) {
    subflow.backupByPeer = backup;
    notePriority(subflow, backup, true, nowNs);
  }

  private void notePriority(Subflow subflow, boolean backup, boolean byPeer, long nowNs) {
    if (host.events().wants(Event.PriorityChanged.class)) {
      host.events().accept(new Event.PriorityChanged(nowNs, id, subflow.id(), backup, byPeer));
    }
  }

  void onFastClose(Subflow on, long nowNs) {
    // Section 3.5: resets on all subflows; the one it came on is answered by whoever handles the
    // verdict.
    on.options.resetWith(REASON_UNSPECIFIED, false);
    for (Subflow subflow : List.copyOf(subflows)) {
      if (subflow != on && subflow.isLive()) {
        subflow.options.resetWith(REASON_UNSPECIFIED, false);
        subflow.tcp().abort(nowNs);
      }
    }
    fail(Failure.RESET, nowNs);
  }

  /** MP_FAIL (section 3.7); true if the subflow must be reset. */
  boolean onFail(Subflow on, long dsn, long nowNs) {
    if (!aloneNow()) {
      on.options.resetWith(REASON_MIDDLEBOX, false);
      return true;
    }
    on.options.fail(dsn);
    infiniteDue = true;
    fallBack("MP_FAIL received", nowNs);
    return false;
  }

  void noteFail(long dsn) {
    // The data from there on is not acknowledged and goes elsewhere with the closed subflow's.
  }

  /** A mapping's checksum does not hold (section 3.7). */
  void checksumFailed(Subflow on, DssMapping mapping, long nowNs) {
    long dsn = remoteDsn(mapping.offset);
    if (aloneNow() && !in.hasGap()) {
      on.options.fail(dsn);
      on.tcp().ackNow();
      mapping.deliver(in);
      fallBack("DSS checksum failed", nowNs);
      return;
    }
    mapping.drop();
    on.options.resetWithFail(dsn);
    closeNow(on, nowNs);
  }

  private void closeNow(Subflow subflow, long nowNs) {
    out.reinjectAll(subflow);
    subflow.tcp().abort(nowNs);
  }

  /** Plain TCP from here on, for good (section 3.7). */
  void fallBack(String reason, long nowNs) {
    if (!multipath) {
      return;
    }
    multipath = false;
    fellBack = true;
    confirmed = true;
    timers.clearAll();
    out.goPlain();
    forgetToken();
    Subflow keep = anyUsable();
    for (Subflow subflow : List.copyOf(subflows)) {
      if (subflow != keep && subflow.isLive()) {
        subflow.options.resetWith(REASON_MIDDLEBOX, false);
        subflow.tcp().abort(nowNs);
      }
    }
    if (keep != null && out.finWanted() && out.everythingSent()) {
      keep.tcp().shutdown(nowNs);
    }
    if (host.events().wants(Event.FellBack.class)) {
      host.events().accept(new Event.FellBack(nowNs, id, reason));
    }
  }

  /**
   * After a fall-back that the peer may not know of: one infinite mapping, DLL 0 and checksum 0, on
   * the next data.
   */
  int writeInfiniteOrNothing(MemorySegment m, long at, int space, boolean data, Subflow on) {
    if (!infiniteDue || !data || space < 20) {
      return 0;
    }
    infiniteDue = false;
    long dsn = localDsn(on.tcp().nextSsn() - 1);
    return MptcpCodec.encodeDss(
        m, at, false, 0, 0, 8, dsn, (int) on.tcp().nextSsn(), 0, checksums ? 0 : -1);
  }

  void dataAckLeft(long ackOffset) {
    lastDataAckSent = Math.max(lastDataAckSent, ackOffset);
  }

  void peerRemoved(int remoteId, long nowNs) {
    for (Subflow subflow : List.copyOf(subflows)) {
      if (subflow.isLive() && subflow.remoteId == remoteId && subflow.established) {
        out.reinjectAll(subflow);
        subflow.tcp().shutdown(nowNs);
        subflow.stale = true;
      }
    }
  }

  void reviewPaths(long nowNs) {
    paths.review(nowNs);
  }

  // ---- receiving ----

  void receive(Subflow subflow, PacketView s, long nowNs) {
    subflow.tcp().receive(s, nowNs);
    if (!over) {
      subflow.deliver(nowNs);
      afterDelivery(subflow, nowNs);
    }
    touched();
  }

  private void afterDelivery(Subflow subflow, long nowNs) {
    if (in.pollReadable()) {
      host.news(this, READABLE);
    }
    if (closedByApp && in.discardedBytes() > 0 && phase == Phase.OPEN) {
      // RFC 9293 section 3.10.4 and RFC 2525: data for nobody resets the connection.
      abort(nowNs);
      return;
    }
    if (multipath) {
      long moved = in.ackOffset() - lastDataAckSent;
      // The lesson of the kernel's stalls: never let the last ACK carry an old DATA_ACK.
      if (moved > 0 && !subflow.tcp().ackPending() && subflow.carriesData()) {
        subflow.tcp().ackNow();
      }
      if (subflow.unmappedSinceNs >= 0 && !timers.isSet(MptcpTimer.UNMAPPED)) {
        timers.set(MptcpTimer.UNMAPPED, nowNs + UNMAPPED_PATIENCE_NS);
      }
    } else if (subflow.finished() && !in.finTaken()) {
      in.fin(in.ackOffset());
      if (in.pollReadable()) {
        host.news(this, READABLE);
      }
    }
  }

  // ---- time and transmission ----

  /** Everything that is due: timers, subflows, data, acknowledgements. */
  public void poll(long nowNs, TcpOutput output) {
    if (timers.nextNs() <= nowNs) {
      onTimers(nowNs);
    }
    for (int i = 0; i < subflows.size(); i++) {
      subflows.get(i).tcp().poll(nowNs, output);
    }
    reapSubflows(nowNs);
    if (phase == Phase.OPEN) {
      watchSubflows(nowNs);
      if (!multipath) {
        plainAck();
      }
      sendMore = out.send(subflows, nowNs, output);
      finishing(nowNs);
      if (out.release(subflows) && writableBytes() > 0) {
        host.news(this, WRITABLE);
      }
      armLag(nowNs);
    }
    for (int i = 0; i < subflows.size(); i++) {
      TcpConnection tcp = subflows.get(i).tcp();
      if (tcp.wantsPoll(nowNs)) {
        tcp.poll(nowNs, output);
      }
      tcp.pollAck(nowNs, output);
    }
    if (statsWanted && nowNs - statsAtNs >= STATS_INTERVAL_NS) {
      statsAtNs = nowNs;
      stats = snapshot();
    }
  }

  private void plainAck() {
    if (!subflows.isEmpty()) {
      Subflow only = subflows.getFirst();
      if (only.tcp().isOpen()) {
        out.onSubflowAck(only.tcp().unackedSsn() - 1);
      }
    }
  }

  private void onTimers(long nowNs) {
    if (timers.expire(MptcpTimer.DATA_LAG, nowNs) && out.lagTimeoutNs(subflows) > 0) {
      out.onLagTimer();
    }
    if (timers.expire(MptcpTimer.DATA_FIN, nowNs) && out.finDue()) {
      finRepeats++;
      sayFin(nowNs);
    }
    if (timers.expire(MptcpTimer.WINDOW_PROBE, nowNs)) {
      windowProbeDue = false;
      finRepeats = 0;
      for (Subflow subflow : subflows) {
        if (subflow.carriesData()) {
          subflow.tcp().probe();
          break;
        }
      }
    }
    if (timers.expire(MptcpTimer.ADD_ADDR, nowNs)) {
      addresses.onTimer(nowNs);
    }
    if (timers.expire(MptcpTimer.PATHS, nowNs)) {
      paths.review(nowNs);
    }
    if (timers.expire(MptcpTimer.UNMAPPED, nowNs)) {
      onUnmapped(nowNs);
    }
    if (timers.expire(MptcpTimer.END, nowNs)) {
      for (Subflow subflow : List.copyOf(subflows)) {
        subflow.tcp().abort(nowNs);
      }
      fail(Failure.TIMED_OUT, nowNs);
    }
  }

  /**
   * Section 3.3.1: payload whose mapping does not come closes the subflow; the only one falls back
   * instead.
   */
  private void onUnmapped(long nowNs) {
    for (Subflow subflow : List.copyOf(subflows)) {
      if (subflow.unmappedSinceNs < 0 || !subflow.isLive()) {
        continue;
      }
      if (nowNs - subflow.unmappedSinceNs < UNMAPPED_PATIENCE_NS) {
        timers.set(MptcpTimer.UNMAPPED, subflow.unmappedSinceNs + UNMAPPED_PATIENCE_NS);
      } else if (aloneSoFar()) {
        fallBack("data without a mapping", nowNs);
        subflow.deliver(nowNs);
        afterDelivery(subflow, nowNs);
      } else {
        subflow.options.resetWith(REASON_MIDDLEBOX, false);
        closeNow(subflow, nowNs);
      }
    }
  }

  /** Subflows that make no progress lend their data to the others; those that closed give it up. */
  private void watchSubflows(long nowNs) {
    for (int i = 0; i < subflows.size(); i++) {
      Subflow subflow = subflows.get(i);
      int backoff = subflow.tcp().estimates().backoff();
      if (backoff == 0) {
        if (subflow.stale && subflow.carriesData()) {
          subflow.stale = false;
          noteStale(subflow, false, nowNs);
        }
        subflow.reinjectedAtBackoff = 0;
      } else if (multipath
          && backoff > subflow.reinjectedAtBackoff
          && subflow.tcp().unackedCount() > 0
          && hasOther(subflow)) {
        subflow.reinjectedAtBackoff = backoff;
        out.reinjectAll(subflow);
        if (!subflow.stale) {
          subflow.stale = true;
          noteStale(subflow, true, nowNs);
        }
      }
    }
  }

  private void noteStale(Subflow subflow, boolean stale, long nowNs) {
    if (host.events().wants(Event.PathStale.class)) {
      host.events().accept(new Event.PathStale(nowNs, id, subflow.id(), stale));
    }
  }

  private boolean hasOther(Subflow subflow) {
    for (int i = 0; i < subflows.size(); i++) {
      if (subflows.get(i) != subflow && subflows.get(i).carriesData()) {
        return true;
      }
    }
    return false;
  }

  private void armLag(long nowNs) {
    long wait = multipath ? out.lagTimeoutNs(subflows) : 0;
    if (wait == 0) {
      timers.clear(MptcpTimer.DATA_LAG);
    } else if (!timers.isSet(MptcpTimer.DATA_LAG)) {
      timers.set(MptcpTimer.DATA_LAG, nowNs + wait);
    }
  }

  /** The data-level window is closed and nothing is on its way: ask again from time to time. */
  void windowClosed(boolean closed, long nowNs) {
    if (!closed || !multipath) {
      timers.clear(MptcpTimer.WINDOW_PROBE);
      windowProbeDue = false;
    } else if (!windowProbeDue) {
      windowProbeDue = true;
      timers.set(MptcpTimer.WINDOW_PROBE, nowNs + 200_000_000L);
    }
  }

  private void finishing(long nowNs) {
    if (!out.finWanted() || !out.everythingSent()) {
      closeWhenDone(nowNs);
      return;
    }
    if (!multipath) {
      if (!subflowsClosing) {
        subflowsClosing = true;
        for (Subflow subflow : subflows) {
          subflow.tcp().shutdown(nowNs);
        }
      }
      return;
    }
    if (out.finDue() && !timers.isSet(MptcpTimer.DATA_FIN)) {
      sayFin(nowNs);
    }
    closeWhenDone(nowNs);
  }

  private void sayFin(long nowNs) {
    // Linux puts the DATA_FIN on every subflow; so do we.
    long rto = 200_000_000L;
    for (Subflow subflow : subflows) {
      if (subflow.carriesData()) {
        subflow.tcp().ackNow();
        rto = Math.max(rto, subflow.tcp().estimates().rtoNs());
      }
    }
    timers.set(MptcpTimer.DATA_FIN, nowNs + (rto << Math.min(finRepeats, 8)));
  }

  /** Section 3.3.3: subflows close by FIN once both DATA_FINs are acknowledged. */
  private void closeWhenDone(long nowNs) {
    if (multipath && !subflowsClosing && out.finAcked() && in.finTaken() && !pendingFinAckDue()) {
      subflowsClosing = true;
      for (Subflow subflow : subflows) {
        subflow.tcp().ackNow();
        if (subflow.established) {
          subflow.tcp().shutdown(nowNs);
        } else {
          subflow.tcp().abort(nowNs);
        }
      }
    }
  }

  private boolean pendingFinAckDue() {
    return pendingFinAck && lastDataAckSent < in.ackOffset();
  }

  /** Lets go of subflows that are closed. */
  private void reapSubflows(long nowNs) {
    for (int i = subflows.size() - 1; i >= 0; i--) {
      Subflow subflow = subflows.get(i);
      TcpState state = subflow.tcp().state();
      if (state == TcpState.CLOSED && !subflow.tcp().wantsPoll(nowNs)) {
        gone(subflow, nowNs);
      } else if (state == TcpState.CLOSE_WAIT && multipath && subflow.finished()) {
        // A FIN without DATA_FIN closes the subflow alone (section 3.3.3).
        out.reinjectAll(subflow);
        subflow.tcp().shutdown(nowNs);
      } else if (state == TcpState.TIME_WAIT && phase == Phase.OPEN && !hasRunning()) {
        finished(nowNs);
      }
    }
    if (subflows.isEmpty() && !over) {
      withoutSubflows(nowNs);
    }
  }

  private boolean hasRunning() {
    for (Subflow subflow : subflows) {
      TcpState state = subflow.tcp().state();
      if (state != TcpState.TIME_WAIT && state != TcpState.CLOSED) {
        return true;
      }
    }
    return !(streamEnded());
  }

  private boolean streamEnded() {
    return in.finTaken() && (multipath ? out.finAcked() : out.finWanted());
  }

  private void gone(Subflow subflow, long nowNs) {
    TcpClose reason = subflow.tcp().closeReason();
    goneSubflows.add(describe(subflow));
    if (multipath && subflow.established) {
      out.reinjectAll(subflow);
    }
    subflow.closedNoted = true;
    subflows.remove(subflow);
    group.leave(subflow.congestion());
    host.unregister(subflow);
    subflow.free();
    if (host.events().wants(Event.SubflowClosed.class)) {
      host.events().accept(new Event.SubflowClosed(nowNs, id, subflow.id(), reason.toString()));
    }
    if (phase == Phase.CONNECTING && subflow.isFirst()) {
      fail(failureOf(reason), nowNs);
      return;
    }
    if (!over && multipath && !subflowsClosing) {
      paths.failed(subflow, nowNs);
    } else if (!over && !multipath && reason != TcpClose.ORDERLY) {
      fail(failureOf(reason), nowNs);
    }
  }

  private static Failure failureOf(TcpClose reason) {
    return switch (reason) {
      case REFUSED -> Failure.REFUSED;
      case TIMED_OUT -> Failure.TIMED_OUT;
      case UNREACHABLE -> Failure.UNREACHABLE;
      case ABORTED -> Failure.ABORTED;
      case NONE, ORDERLY -> Failure.NONE;
      case RESET -> Failure.RESET;
    };
  }

  /** The last subflow is gone. */
  private void withoutSubflows(long nowNs) {
    if (phase == Phase.CLOSED || streamEnded() || !multipath) {
      finished(nowNs);
    } else if (closedByApp || !paths.mayReopen()) {
      fail(Failure.RESET, nowNs);
    } else if (!timers.isSet(MptcpTimer.END)) {
      // Make after break: wait for a path, for a time.
      timers.set(MptcpTimer.END, nowNs + MAKE_AFTER_BREAK_NS);
    }
  }

  private void finished(long nowNs) {
    if (phase != Phase.CLOSED) {
      phase = Phase.CLOSED;
      timers.clearAll();
      noteClosed("", nowNs);
      host.news(this, READABLE | WRITABLE);
    }
    forgetToken();
    if (subflows.isEmpty()) {
      end();
    }
  }

  private void fail(Failure what, long nowNs) {
    if (phase == Phase.CLOSED && failure != Failure.NONE) {
      return;
    }
    boolean connecting = phase == Phase.CONNECTING;
    failure = what;
    phase = Phase.CLOSED;
    timers.clearAll();
    forgetToken();
    noteClosed(what.toString(), nowNs);
    host.news(this, READABLE | WRITABLE | (connecting ? CONNECTED : 0));
    if (subflows.isEmpty()) {
      end();
    }
    touched();
  }

  private void noteClosed(String error, long nowNs) {
    if (host.events().wants(Event.ConnectionClosed.class)) {
      host.events().accept(new Event.ConnectionClosed(nowNs, id, error));
    }
  }

  private void end() {
    if (!over) {
      over = true;
      timers.clearAll();
      in.free();
      out.buffer.close();
      stats = snapshot();
      host.news(this, CLOSED);
      if (closedByApp) {
        in.queue.clear();
      }
    }
  }

  // ---- asked by the stack ----

  /** True once nothing more will happen. */
  public boolean isOver() {
    return over;
  }

  /** True if poll has something to do now. */
  public boolean wantsPoll(long nowNs) {
    if (sendMore) {
      return true;
    }
    for (int i = 0; i < subflows.size(); i++) {
      if (subflows.get(i).tcp().wantsPoll(nowNs)) {
        return true;
      }
    }
    return false;
  }

  /** Earliest deadline of the connection and its subflows. */
  public long nextDeadlineNs() {
    long next = timers.nextNs();
    for (int i = 0; i < subflows.size(); i++) {
      next = Math.min(next, subflows.get(i).tcp().nextDeadlineNs());
    }
    return next;
  }

  /** Something changed: the stack will poll. */
  void touched() {
    host.wake(this);
  }

  /** An endpoint or an address of the stack came or went. */
  public void pathsChanged(long nowNs) {
    if (multipath && phase == Phase.OPEN) {
      paths.review(nowNs);
      touched();
    }
  }

  /** A local address is gone: its subflows are closed, and the peer is told if it knows the id. */
  public void addressGone(IpAddress address, int addressId, boolean signalled, long nowNs) {
    if (!multipath) {
      return;
    }
    int withdrawn = -1;
    for (Subflow subflow : List.copyOf(subflows)) {
      if (subflow.isLive() && subflow.localAddress().equals(address) && subflows.size() > 1) {
        withdrawn = subflow.localId;
        out.reinjectAll(subflow);
        subflow.stale = true;
        subflow.tcp().shutdown(nowNs);
      }
    }
    if (withdrawn >= 0 || signalled) {
      addresses.withdraw(withdrawn >= 0 ? withdrawn : addressId);
    }
    touched();
  }

  /** Priority of the subflows from an address. */
  public void addressPriority(IpAddress address, boolean backup, long nowNs) {
    for (Subflow subflow : subflows) {
      if (subflow.isLive() && subflow.localAddress().equals(address)) {
        priority(subflow.id(), backup, nowNs);
      }
    }
  }

  ConnectionHost host() {
    return host;
  }

  DataSender dataOut() {
    return out;
  }

  DataReceiver dataIn() {
    return in;
  }

  AddressExchange addresses() {
    return addresses;
  }

  TimerTable<MptcpTimer> timers() {
    return timers;
  }

  List<Subflow> subflows() {
    return subflows;
  }

  ConnectionConfig config() {
    return config;
  }

  boolean isClient() {
    return client;
  }

  boolean confirmed() {
    return confirmed;
  }

  boolean offersMultipath() {
    return offers;
  }

  boolean checksums() {
    return checksums;
  }

  boolean sendsA() {
    // The third ACK confirms what either side asked for; a SYN or SYN/ACK says what this side asks
    // for.
    return host.checksumRequired() || (client && checksums && remoteKey != null);
  }

  boolean wideAcks() {
    return wideAcks;
  }

  boolean noJoinsToInitial() {
    return noJoinsToInitial;
  }

  /** True if there has never been a second subflow. */
  boolean aloneSoFar() {
    return !everJoined && out.reinjectedBytes() == 0;
  }

  private boolean aloneNow() {
    int live = 0;
    for (Subflow subflow : subflows) {
      live += subflow.carriesData() ? 1 : 0;
    }
    return live <= 1;
  }

  int optionBytes() {
    return multipath || (offers && phase == Phase.CONNECTING) ? DSS_BYTES : 0;
  }

  int receiveWindowBytes() {
    return in.windowBytes();
  }

  Key localKey() {
    Key key = localKey;
    if (key == null) {
      throw new IllegalStateException("no key was drawn");
    }
    return key;
  }

  Key remoteKey() {
    Key key = remoteKey;
    if (key == null) {
      throw new IllegalStateException("the peer's key is not known");
    }
    return key;
  }

  long localDsn(long offset) {
    return localKey().idsn() + 1 + offset;
  }

  long localOffset(long dsn) {
    return dsn - localKey().idsn() - 1;
  }

  long remoteDsn(long offset) {
    return remoteKey().idsn() + 1 + offset;
  }

  long remoteOffset(long dsn) {
    return dsn - remoteKey().idsn() - 1;
  }

  @Nullable Subflow anyUsable() {
    return anyUsableExcept(-1);
  }

  @Nullable Subflow anyUsableExcept(int localId) {
    Subflow found = null;
    for (Subflow subflow : subflows) {
      if (subflow.carriesData() && (found == null || found.localId == localId || found.stale)) {
        found = subflow;
      }
    }
    return found;
  }

  /** Nagle (RFC 9293 section 3.7.4) and cork: whether a piece smaller than a segment waits. */
  boolean holdsBack(Subflow subflow, int length, boolean last) {
    if (length >= subflow.mssBytes() || (out.finWanted() && last)) {
      return false;
    }
    if (corked) {
      return true;
    }
    return !noDelay
        && last
        && subflow.tcp().unackedCount() > 0
        && out.ackedOffset() < out.nextOffset();
  }

  // ---- Connection: application ----

  @Override
  public long id() {
    return id;
  }

  @Override
  public Endpoint local() {
    return local;
  }

  @Override
  public Endpoint remote() {
    return remote;
  }

  @Override
  public Phase phase() {
    return phase;
  }

  @Override
  public Failure failure() {
    return failure;
  }

  @Override
  public boolean multipath() {
    return multipath;
  }

  /** True if it began as MPTCP and fell back. */
  public boolean fellBack() {
    return fellBack;
  }

  @Override
  public int write(MemorySegment source, long offset, int length) {
    if (outputShut || phase == Phase.CLOSED) {
      return -1;
    }
    return out.buffer.write(source, offset, length);
  }

  @Override
  public int writableBytes() {
    return outputShut || phase == Phase.CLOSED ? 0 : out.buffer.freeBytes();
  }

  @Override
  public int read(MemorySegment target, long offset, int length) {
    int count = in.queue.read(target, offset, length);
    return count > 0 || length == 0 ? count : ended() ? -1 : 0;
  }

  private boolean ended() {
    // The end is looked at before the queue is looked at again: bytes come before the end does.
    boolean end = in.finTaken() || phase == Phase.CLOSED;
    return end && in.queue.offeredBytes() == in.queue.readBytes();
  }

  @Override
  public int peek(MemorySegment target, long offset, int length) {
    int count = in.queue.peek(target, offset, length);
    return count > 0 || length == 0 ? count : ended() ? -1 : 0;
  }

  @Override
  public long readableBytes() {
    return in.queue.offeredBytes() - in.queue.readBytes();
  }

  @Override
  public boolean atEnd() {
    return ended();
  }

  @Override
  public boolean windowUpdateDue() {
    return phase == Phase.OPEN && in.windowUpdateDue();
  }

  @Override
  public ConnectionStats stats() {
    statsWanted = true;
    return stats;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object next) {
    attachment = next;
  }

  // ---- Connection: engine ----

  @Override
  public void wrote(long nowNs) {
    touched();
  }

  @Override
  public void didRead(long nowNs) {
    if (phase != Phase.OPEN) {
      return;
    }
    if (in.windowUpdateDue()) {
      for (Subflow subflow : subflows) {
        if (subflow.carriesData() || subflow.tcp().isOpen()) {
          subflow.tcp().ackNow();
        }
      }
      touched();
    }
  }

  @Override
  public void shutdownOutput(long nowNs) {
    if (!outputShut) {
      outputShut = true;
      out.finish();
      touched();
    }
  }

  @Override
  public void shutdownInput(long nowNs) {
    in.discard();
  }

  @Override
  public void close(long nowNs) {
    boolean unread = readableBytes() > 0;
    closedByApp = true;
    in.discard();
    in.queue.clear();
    if (over) {
      return;
    }
    if (phase == Phase.CONNECTING || unread) {
      abort(nowNs);
      return;
    }
    shutdownOutput(nowNs);
    for (Subflow subflow : subflows) {
      if (!multipath) {
        subflow.tcp().orphan(nowNs);
      }
    }
    if (multipath) {
      timers.set(MptcpTimer.END, nowNs + host.tcpConfig().finTimeoutNs);
    }
    touched();
  }

  @Override
  public void abort(long nowNs) {
    outputShut = true;
    if (over) {
      return;
    }
    for (Subflow subflow : subflows) {
      if (multipath) {
        // Linux's form of section 3.5: MP_FASTCLOSE on a RST of every subflow.
        subflow.options.resetWith(REASON_UNSPECIFIED, remoteKey != null);
      }
      subflow.tcp().abort(nowNs);
    }
    fail(Failure.ABORTED, nowNs);
  }

  @Override
  public void scheduler(String name, long nowNs) {
    out.scheduler(Schedulers.create(name));
    config = config.withScheduler(name);
  }

  @Override
  public void congestionControl(String name, long nowNs) {
    config = config.withCongestionControl(name);
    for (Subflow subflow : subflows) {
      group.leave(subflow.congestion());
      subflow.tcp().congestionControl(CongestionControls.create(name, group));
    }
  }

  @Override
  public void noDelay(boolean on, long nowNs) {
    noDelay = on;
    touched();
  }

  @Override
  public void cork(boolean on, long nowNs) {
    corked = on;
    touched();
  }

  @Override
  public void bufferSizes(int sendBytes, int receiveBytes, long nowNs) {
    out.buffer.capacityBytes(sendBytes);
    in.capacity(receiveBytes);
    touched();
  }

  @Override
  public void priority(int subflowId, boolean backup, long nowNs) {
    for (Subflow subflow : subflows) {
      if (subflow.id() == subflowId && multipath) {
        subflow.backupByUs = backup;
        subflow.signal(new MptcpOption.MpPrio(backup));
        notePriority(subflow, backup, false, nowNs);
      }
    }
    touched();
  }

  @Override
  public void closeSubflow(int subflowId, long nowNs) {
    for (Subflow subflow : List.copyOf(subflows)) {
      if (subflow.id() == subflowId && subflows.size() > 1) {
        out.reinjectAll(subflow);
        subflow.tcp().shutdown(nowNs);
      }
    }
    touched();
  }

  /** The first live subflow's TCP, for options that plain TCP has; null if there is none. */
  public @Nullable TcpConnection firstTcp() {
    return subflows.isEmpty() ? null : subflows.getFirst().tcp();
  }

  // ---- figures ----

  private static ConnectionStats.SubflowStats describe(Subflow s) {
    TcpConnection tcp = s.tcp();
    return new ConnectionStats.SubflowStats(
        s.id(),
        s.local(),
        s.remote(),
        tcp.state().toString(),
        s.backup(),
        s.stale(),
        tcp.stats().bytesSent,
        s.bytesDelivered(),
        tcp.stats().bytesRetransmitted,
        tcp.stats().totalRetransmissions,
        tcp.estimates().cwndBytes(),
        tcp.estimates().inFlightBytes(),
        tcp.estimates().smoothedRttNs(),
        tcp.estimates().minRttNs());
  }

  @Override
  public ConnectionStats snapshot() {
    List<ConnectionStats.SubflowStats> all = new ArrayList<>(goneSubflows);
    for (Subflow subflow : subflows) {
      all.add(describe(subflow));
    }
    all.sort((a, b) -> Integer.compare(a.id(), b.id()));
    return new ConnectionStats(
        multipath,
        out.nextOffset(),
        out.ackedOffset(),
        in.queue.offeredBytes() + in.discardedBytes(),
        out.reinjectedBytes(),
        in.heldBytes(),
        List.copyOf(all));
  }
}
