package io.hawser.core.mptcp;

import io.hawser.core.api.Buffers;
import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.sched.Scheduler;
import io.hawser.core.sched.SubflowView;
import io.hawser.core.tcp.TcpOutput;
import io.hawser.core.tcp.TxRange;
import io.hawser.event.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection: what goes out next, on which subflow; the data-level window,
 * acknowledgement, retransmission and end (RFC 8684 sections 3.3.2 to 3.3.6). Offsets are stream
 * offsets: 0 is the first byte, which has DSN IDSN + 1.
 */
final class DataSender {
  private static final int MOST_MAPPED = 65_535;
  private static final int MOST_SENDS_A_POLL = 64;
  static final int MOST_SILENT_ANSWERS = 3;
  private static final long LEAST_LAG_NS = 5_000_000;
  private static final long LEAST_LAG_IN_FLIGHT_NS = 100_000_000;

  final SendBuffer buffer;
  private final MptcpConnection connection;
  private final Reinjections reinjections = new Reinjections();
  private final Overtaking overtaking = new Overtaking();
  private final SendAutotuning tuning;
  private int mostBytes;
  private boolean tuned;
  private boolean grown;
  private Scheduler scheduler;
  private SubflowView[] candidates = new SubflowView[2];
  private int candidateCount;

  private long nextOffset;
  private long ackedOffset;
  private long windowEdgeOffset;
  private long finOffset = -1;
  private boolean finSent;
  private boolean finAcked;
  private boolean dataAckSeen;
  private boolean unlimited;
  private long probeBackoff;

  /** Since when the data level lags behind the subflow; -1: it does not. */
  private long lagSinceNs = -1;

  private long reinjectedBytes;
  private long releasedOffset;

  DataSender(MptcpConnection connection, SendBuffer buffer, Scheduler scheduler) {
    this.connection = connection;
    this.buffer = buffer;
    this.tuning = new SendAutotuning(buffer.capacityBytes());
    this.scheduler = scheduler;
  }

  /** How much is held: this size, or tuned up to it. */
  void capacity(Buffers sizes) {
    mostBytes = sizes.sendBytes();
    tuned = sizes.sendTuned();
    buffer.capacityBytes(tuned ? Math.min(buffer.capacityBytes(), mostBytes) : mostBytes);
  }

  private void tune(List<Subflow> subflows, long nowNs) {
    int former = buffer.capacityBytes();
    int next = tuning.tuned(former, mostBytes, subflows, nextOffset - ackedOffset, nowNs);
    if (next != former) {
      buffer.capacityBytes(next);
      grown |= next > former;
    }
  }

  void scheduler(Scheduler next) {
    scheduler = next;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  long nextOffset() {
    return nextOffset;
  }

  long ackedOffset() {
    return ackedOffset;
  }

  long reinjectedBytes() {
    return reinjectedBytes;
  }

  boolean dataAckSeen() {
    return dataAckSeen;
  }

  boolean everythingSent() {
    return nextOffset == buffer.writtenOffset() && reinjections.isEmpty();
  }

  boolean everythingAcked() {
    return ackedOffset >= buffer.writtenOffset();
  }

  // ---- the end of the stream ----

  /** No more bytes will be written. */
  void finish() {
    if (finOffset < 0) {
      finOffset = buffer.writtenOffset();
    }
  }

  boolean finWanted() {
    return finOffset >= 0;
  }

  long finOffset() {
    return finOffset;
  }

  /**
   * True if the DATA_FIN should ride on every ACK: all data was sent, the DATA_FIN is not
   * acknowledged.
   */
  boolean finDue() {
    return finOffset >= 0 && !finAcked && nextOffset >= finOffset;
  }

  boolean finSent() {
    return finSent;
  }

  void noteFinSent() {
    finSent = true;
  }

  boolean finAcked() {
    return finAcked;
  }

  // ---- acknowledgement ----

  /**
   * A DATA_ACK with the window that came beside it (section 3.3.5: the largest right edge counts).
   *
   * @return true if it acknowledged something new
   */
  boolean onDataAck(long offset, int windowBytes) {
    long sentEnd = nextOffset + (finSent ? 1 : 0);
    if (offset < 0 || offset > sentEnd) {
      // Beyond what was sent: ignored, as Linux does.
      return false;
    }
    dataAckSeen = true;
    windowEdgeOffset = Math.max(windowEdgeOffset, offset + windowBytes);
    boolean news = offset > ackedOffset;
    if (finSent && offset > finOffset && !finAcked) {
      finAcked = true;
      news = true;
    }
    if (news) {
      ackedOffset = Math.max(ackedOffset, Math.min(offset, nextOffset));
      probeBackoff = 0;
      lagSinceNs = -1;
      reinjections.dropBefore(ackedOffset);
    }
    return news;
  }

  /** The window of the handshake counts from what it has acknowledged on. */
  void initialWindow(int windowBytes) {
    windowEdgeOffset = Math.max(windowEdgeOffset, ackedOffset + windowBytes);
  }

  /** So much of the stream was acknowledged with the SYN. */
  void begin(long offset) {
    nextOffset = Math.max(nextOffset, offset);
    ackedOffset = Math.max(ackedOffset, offset);
  }

  /** Plain TCP: the subflow's acknowledgement is the data's; its window is enough. */
  void goPlain() {
    unlimited = true;
    reinjections.clear();
  }

  /** Plain TCP: acknowledged up to here. */
  void onSubflowAck(long offset) {
    ackedOffset = Math.max(ackedOffset, Math.min(offset, nextOffset));
  }

  /**
   * Frees what nobody needs (section 3.3.2: acknowledged at data level, and by every subflow that
   * carried it). True if there is more room than there was.
   */
  boolean release(List<Subflow> subflows) {
    boolean more = grown;
    grown = false;
    long lowest = ackedOffset;
    boolean tight = buffer.freeBytes() < buffer.capacityBytes() / 2;
    for (int i = 0; i < subflows.size(); i++) {
      if (tight && subflows.get(i).tcp().lowestUnackedOffset() < ackedOffset) {
        subflows.get(i).tcp().keepOwnCopies(ackedOffset);
      }
      lowest = Math.min(lowest, subflows.get(i).tcp().lowestUnackedOffset());
    }
    if (lowest > releasedOffset) {
      releasedOffset = lowest;
      buffer.release(lowest);
      return true;
    }
    return more;
  }

  // ---- transmission ----

  /**
   * Sends what windows and the scheduler let go. Returns true if more could go at once (the bound
   * of one poll was reached).
   */
  boolean send(List<Subflow> subflows, long nowNs, TcpOutput out) {
    if (tuned) {
      tune(subflows, nowNs);
    }
    boolean more = true;
    for (int sends = 0; more && sends < MOST_SENDS_A_POLL; sends++) {
      more = sendOne(subflows, nowNs, out);
    }
    if (!more && !out.blocked() && isHeldUp()) {
      long end = Math.min(nextOffset, ackedOffset + MOST_MAPPED);
      if (overtaking.begin(subflows, ackedOffset, end, nowNs)) {
        reinjections.add(ackedOffset, overtaking.untilOffset(), overtaking.source());
        more = sendOne(subflows, nowNs, out);
      }
    }
    boolean waiting = sendable() > 0 || !reinjections.isEmpty();
    boolean windowClosed = !unlimited && buffer.writtenOffset() > nextOffset && sendable() == 0;
    boolean heldUp = more || out.blocked();
    for (int i = 0; i < subflows.size(); i++) {
      subflows.get(i).tcp().dataWaiting(waiting, heldUp, nowNs);
    }
    connection.watch.windowClosed(windowClosed && ackedOffset == nextOffset, nowNs);
    return more || (waiting && out.blocked());
  }

  /** True if there is more to send, or to write, than the windows and buffers at the ends let. */
  private boolean isHeldUp() {
    return !unlimited
        && reinjections.isEmpty()
        && ackedOffset < nextOffset
        && (sendable() == 0 && buffer.writtenOffset() > nextOffset
            || nextOffset == buffer.writtenOffset() && buffer.freeBytes() == 0);
  }

  private long sendable() {
    long limit = unlimited ? Long.MAX_VALUE : windowEdgeOffset;
    return Math.min(buffer.writtenOffset(), limit) - nextOffset;
  }

  private boolean sendOne(List<Subflow> subflows, long nowNs, TcpOutput out) {
    boolean again = !reinjections.isEmpty();
    long from = again ? reinjections.start() : nextOffset;
    long available = again ? reinjections.end() - from : sendable();
    if (available <= 0) {
      return false;
    }
    gather(subflows, again ? reinjections.source() : -1, nowNs);
    if (out.blocked()) {
      leaveOutRefused(out);
    }
    Subflow subflow = choose(available, nowNs);
    if (subflow == null) {
      return false;
    }
    int length = (int) Math.min(Math.min(available, subflow.sendRoomBytes()), MOST_MAPPED);
    length = subflow.fitMapping(length);
    boolean last = !again && from + length == buffer.writtenOffset();
    if (!again && connection.holdsBack(subflow, length, last)) {
      return false;
    }
    if (subflow.tcp().send(from, length, last || again, nowNs, out) == 0) {
      // Its interface is full, but another may have room.
      return !out.full() && out.refuses(subflow.tcp().local().address());
    }
    if (again) {
      reinjectedBytes += length;
      noteReinjection(subflow, length, nowNs);
      reinjections.dropBefore(from + length);
    } else {
      nextOffset += length;
    }
    return true;
  }

  /**
   * The scheduler's choice. If pacing holds it back, another takes its place where the data would
   * not arrive later; else nothing is sent until it may.
   */
  private @Nullable Subflow choose(long available, long nowNs) {
    int chosen = scheduler.choose(candidates, candidateCount, available, nowNs);
    if (chosen < 0) {
      return null;
    }
    Subflow first = (Subflow) candidates[chosen];
    long freeNs = first.tcp().estimates().pacedUntilNs();
    if (freeNs <= nowNs) {
      return first;
    }
    // Where the pace is all that bounds a path, all that waits would go there, piece by piece.
    long waitsNs = first.tcp().estimates().ownPaceNs(available);
    long arrivesNs = freeNs + waitsNs + first.smoothedRttNs() / 2;
    int count = 0;
    for (int i = 0; i < candidateCount; i++) {
      Subflow other = (Subflow) candidates[i];
      boolean sooner =
          other.tcp().estimates().pacedUntilNs() <= nowNs
              && nowNs + other.smoothedRttNs() / 2 <= arrivesNs
              && other.backup() == first.backup();
      if (sooner) {
        candidates[count++] = other;
      }
    }
    int next = count == 0 ? -1 : scheduler.choose(candidates, count, available, nowNs);
    return next < 0 ? null : (Subflow) candidates[next];
  }

  private void noteReinjection(Subflow to, int bytes, long nowNs) {
    if (connection.host.events().wants(Event.Reinjected.class)) {
      connection
          .host
          .events()
          .accept(
              new Event.Reinjected(nowNs, connection.id(), reinjections.source(), to.id(), bytes));
    }
  }

  /** Subflows that may carry data; the one that data is moved away from only if it is alone. */
  private void gather(List<Subflow> subflows, int avoid, long nowNs) {
    if (candidates.length < subflows.size()) {
      candidates = new SubflowView[subflows.size() * 2];
    }
    candidateCount = 0;
    for (int pass = 0; pass < 3 && candidateCount == 0; pass++) {
      for (int i = 0; i < subflows.size(); i++) {
        Subflow subflow = subflows.get(i);
        boolean rests = subflow.stale || subflow.restsUntilNs > nowNs;
        boolean wanted = pass == 2 || (subflow.id() != avoid && (pass == 1 || !rests));
        if (subflow.carriesData() && wanted) {
          candidates[candidateCount++] = subflow;
        }
      }
    }
  }

  private void leaveOutRefused(TcpOutput out) {
    int count = 0;
    for (int i = 0; i < candidateCount; i++) {
      if (!out.refuses(((Subflow) candidates[i]).tcp().local().address())) {
        candidates[count++] = candidates[i];
      }
    }
    candidateCount = count;
  }

  // ---- data-level retransmission ----

  /** Moves everything that a subflow has outstanding to the others. */
  void reinjectAll(Subflow from) {
    for (int i = 0; i < from.tcp().unackedCount(); i++) {
      TxRange range = from.tcp().unacked(i);
      // A mapping with a checksum is delivered whole or not at all (section 3.3.1), so what was
      // acknowledged of it goes along.
      long first = connection.checksums ? range.mapDataOffset : range.dataOffset;
      long start = Math.max(first, ackedOffset);
      long end = range.dataOffset + range.length;
      if (end > start) {
        reinjections.add(start, end, from.id());
      }
    }
  }

  /** A subflow is gone: what it acknowledged and did not deliver goes again at once. */
  void coverHole(List<Subflow> subflows) {
    boolean covered = !reinjections.isEmpty() && reinjections.start() <= ackedOffset;
    if (unlimited || ackedOffset >= nextOffset || covered) {
      return;
    }
    for (int i = 0; i < subflows.size(); i++) {
      Subflow subflow = subflows.get(i);
      if (!subflow.stale && subflow.underWayOffset() <= ackedOffset) {
        return;
      }
    }
    probeBackoff = 0;
    reinjections.add(ackedOffset, Math.min(nextOffset, ackedOffset + MOST_MAPPED), -1);
  }

  /**
   * When to send the first byte again because the data level lags: no subflow that is alive still
   * has it under way, yet no DATA_ACK covers it. Zero: nothing lags.
   */
  long lagTimeoutNs(List<Subflow> subflows) {
    if (unlimited || ackedOffset >= nextOffset || !reinjections.isEmpty()) {
      return 0;
    }
    long srtt = 0;
    boolean inFlight = false;
    for (int i = 0; i < subflows.size(); i++) {
      Subflow subflow = subflows.get(i);
      if (!subflow.stale && subflow.underWayOffset() <= ackedOffset) {
        return 0;
      }
      inFlight |= !subflow.stale && subflow.tcp().unackedCount() > 0;
      srtt = Math.max(srtt, subflow.tcp().estimates().smoothedRttNs());
    }
    // While other data is on its way, its ACKs will most likely tell.
    long least = inFlight ? LEAST_LAG_IN_FLIGHT_NS : LEAST_LAG_NS;
    return Math.max(2 * srtt, least) << Math.min(probeBackoff, 8);
  }

  /** The lag timer was set. */
  void noteLag(long nowNs) {
    lagSinceNs = lagSinceNs < 0 ? nowNs : lagSinceNs;
  }

  /**
   * The lag timer expired: the first unacknowledged piece goes again, on any subflow. A peer that
   * has fallen back would take it for new bytes. So on the only subflow the peer is asked first,
   * for as long as it may wait for a mapping before it falls back; and it is believed to have done
   * so if the answers have no DATA_ACK (section 3.7).
   */
  void onLagTimer(List<Subflow> subflows, long nowNs) {
    probeBackoff++;
    if (connection.aloneSoFar() && !subflows.isEmpty()) {
      int silent = subflows.getFirst().input.silentAnswers();
      if (silent >= MOST_SILENT_ANSWERS) {
        connection.watch.fallBack("no more DATA_ACK", nowNs);
        return;
      }
      boolean tooSoon = nowNs - lagSinceNs < MptcpConnection.UNMAPPED_PATIENCE_NS * 5 / 2;
      if (silent > 0 || ackedOffset == connection.early.sentBytes() || tooSoon) {
        connection.watch.probe();
        return;
      }
    }
    connection.lean = false;
    long end = Math.min(nextOffset, ackedOffset + MOST_MAPPED);
    reinjections.add(ackedOffset, end, -1);
  }
}
