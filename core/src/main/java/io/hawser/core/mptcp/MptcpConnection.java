package io.hawser.core.mptcp;

import io.hawser.core.api.Buffers;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.cc.CoupledGroup;
import io.hawser.core.sched.Schedulers;
import io.hawser.core.tcp.TcpConnection;
import io.hawser.core.tcp.TcpOutput;
import io.hawser.core.time.TimerTable;
import io.hawser.wire.Endpoint;
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

  static final int DSS_BYTES = 28;
  static final int REASON_UNSPECIFIED = 0;
  static final int REASON_MIDDLEBOX = 6;
  static final long UNMAPPED_PATIENCE_NS = 100_000_000L;
  static final long MAKE_AFTER_BREAK_NS = 60_000_000_000L;
  static final long STATS_INTERVAL_NS = 10_000_000L;

  final long id;
  final ConnectionHost host;
  final boolean client;
  final Endpoint local;
  final Endpoint remote;
  final DataSender out;
  final DataReceiver in;
  final AddressExchange addresses = new AddressExchange(this);
  final PathKeeper paths = new PathKeeper(this);
  final TimerTable<MptcpTimer> timers = new TimerTable<>(MptcpTimer.class);
  final CoupledGroup group = new CoupledGroup();
  final ConnectionKeys keys = new ConnectionKeys(this);
  final AddressChanges addressChanges = new AddressChanges(this);
  final PeerNews peer = new PeerNews(this);
  final RemovedPaths removedPaths = new RemovedPaths(this);
  final Opening opening = new Opening(this);
  final EarlyData early = new EarlyData(this);
  final Ending ending = new Ending(this);
  final PathWatch watch = new PathWatch(this);
  final List<Subflow> subflows = new ArrayList<>(2);
  final List<ConnectionStats.SubflowStats> goneSubflows = new ArrayList<>(0);
  ConnectionConfig config;
  int subflowCounter;

  volatile Phase phase = Phase.CONNECTING;
  volatile Failure failure = Failure.NONE;
  volatile boolean multipath;
  volatile boolean outputShut;
  volatile boolean statsWanted;
  volatile ConnectionStats stats;
  volatile @Nullable Object attachment;
  long statsAtNs;

  boolean offers;
  boolean checksums;

  /** Whether a mapping is said by its first segment only; never again once that seems to fail. */
  boolean lean;

  boolean confirmed;
  boolean fellBack;
  boolean infiniteDue;
  boolean everJoined;

  /** The peer has mapped data elsewhere than plain TCP would have it. */
  boolean remapped;

  boolean noJoinsToInitial;
  @Nullable Key localKey;
  @Nullable Key remoteKey;
  boolean wideAcks;
  long lastDataAckSent;
  int finRepeats;
  boolean finAckedByPeerSeen;
  boolean closedByApp;
  boolean subflowsClosing;
  boolean over;
  boolean noDelay;
  boolean corked;
  boolean sendMore;
  boolean windowProbeDue;
  boolean pendingFinAck;

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
    this.lean = config.leanMappings();
    this.out =
        new DataSender(
            this,
            new SendBuffer(chunks, host.tcpConfig().firstSendBytes),
            Schedulers.create(config.scheduler()));
    this.out.capacity(config.buffers());
    this.in = new DataReceiver(config.buffers(), host.tcpConfig().firstReceiveBytes);
    this.stats = ConnectionStats.NONE;
  }

  void sawData(int dsnBytes) {
    wideAcks = dsnBytes == 8;
  }

  void dataAckLeft(long ackOffset) {
    lastDataAckSent = Math.max(lastDataAckSent, ackOffset);
  }

  void reviewPaths(long nowNs) {
    paths.review(nowNs);
  }

  void receive(Subflow subflow, PacketView s, long nowNs) {
    subflow.tcp().receive(s, nowNs);
    if (!over) {
      subflow.deliver(nowNs);
      afterDelivery(subflow, nowNs);
    }
    touched();
  }

  void afterDelivery(Subflow subflow, long nowNs) {
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

  /** Everything that is due: timers, subflows, data, acknowledgements. */
  public void poll(long nowNs, TcpOutput output) {
    if (timers.nextNs() <= nowNs) {
      watch.onTimers(nowNs);
    }
    for (int i = 0; i < subflows.size(); i++) {
      subflows.get(i).tcp().poll(nowNs, output);
    }
    ending.reapSubflows(nowNs);
    if (phase == Phase.OPEN) {
      watch.watchSubflows(nowNs);
      if (!multipath) {
        plainAck();
      }
      sendMore = out.send(subflows, nowNs, output);
      ending.finishing(nowNs);
      if (out.release(subflows) && writableBytes() > 0) {
        host.news(this, WRITABLE);
      }
      watch.armLag(nowNs);
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

  void plainAck() {
    if (!subflows.isEmpty()) {
      Subflow only = subflows.getFirst();
      if (only.tcp().isOpen()) {
        out.onSubflowAck(only.tcp().unackedSsn() - 1);
      }
    }
  }

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

  boolean sendsA() {
    // The third ACK confirms what either side asked for; a SYN or SYN/ACK says what this side asks
    // for.
    return host.checksumRequired() || (client && checksums && remoteKey != null);
  }

  /**
   * True if there has never been a second subflow, and every byte went its place in the stream both
   * ways: then plain TCP means the same.
   */
  boolean aloneSoFar() {
    return !everJoined && out.reinjectedBytes() == 0 && !remapped;
  }

  int optionBytes() {
    return multipath || infiniteDue || (offers && phase == Phase.CONNECTING) ? DSS_BYTES : 0;
  }

  int receiveWindowBytes() {
    return in.windowBytes();
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
        && subflow.tcp().smallOutstanding()
        && out.ackedOffset() < out.nextOffset();
  }

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

  /** True if DSS checksums are in use. */
  public boolean usesChecksums() {
    return checksums && multipath;
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
  public int sendCapacityBytes() {
    return out.buffer.capacityBytes();
  }

  @Override
  public int read(MemorySegment target, long offset, int length) {
    int count = in.queue.read(target, offset, length);
    return count > 0 || length == 0 ? count : ended() ? -1 : 0;
  }

  boolean ended() {
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
  public boolean peerFinished() {
    return in.finTaken();
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

  @Override
  public void wrote(long nowNs) {
    touched();
  }

  @Override
  public void didRead(long nowNs) {
    if (phase == Phase.OPEN && in.windowUpdateDue()) {
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
    ending.boundOrphan(nowNs);
    touched();
  }

  @Override
  public void abort(long nowNs) {
    outputShut = true;
    closedByApp = true;
    in.discard();
    in.queue.clear();
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
    ending.fail(Failure.ABORTED, nowNs);
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
  public void buffers(Buffers sizes, long nowNs) {
    config = config.withBuffers(sizes);
    out.capacity(sizes);
    in.capacity(sizes.receiveBytes(), sizes.receiveTuned());
    if (writableBytes() > 0) {
      host.news(this, WRITABLE);
    }
    didRead(nowNs);
    touched();
  }

  @Override
  public void priority(int subflowId, boolean backup, long nowNs) {
    for (Subflow subflow : subflows) {
      if (subflow.id() == subflowId && multipath) {
        subflow.backupByUs = backup;
        subflow.signal(new MptcpOption.MpPrio(backup));
        peer.notePriority(subflow, backup, false, nowNs);
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

  @Override
  public ConnectionStats snapshot() {
    return Figures.of(this);
  }

  /** How the connection comes to be. */
  public Opening opening() {
    return opening;
  }

  /** Where the stack tells of changes of its addresses. */
  public AddressChanges addressChanges() {
    return addressChanges;
  }
}
