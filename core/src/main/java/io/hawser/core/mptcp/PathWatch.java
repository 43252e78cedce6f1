package io.hawser.core.mptcp;

import io.hawser.core.tcp.TcpEstimates;
import io.hawser.event.Event;
import io.hawser.wire.MptcpCodec;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What is done about paths and options that fail: time-outs, reinjection, checksums, fall-back (RFC
 * 8684 sections 3.3.6 and 3.7).
 */
final class PathWatch {
  private static final long STALE_PROBE_NS = 500_000_000;
  private static final long SHORTEST_SILENCE_NS = 25_000_000;
  private static final long SHORTEST_RHYTHM_NS = 10_000_000;
  private static final int PAUSES = 4;
  private static final long HEAD_START_NS = 10_000_000;

  private final MptcpConnection c;

  PathWatch(MptcpConnection connection) {
    this.c = connection;
  }

  /** MP_FAIL (section 3.7); true if the subflow must be reset. */
  boolean onFail(Subflow on, long dsn, long nowNs) {
    c.lean = false;
    if (!c.aloneSoFar()) {
      on.options.resetWith(MptcpConnection.REASON_MIDDLEBOX, false);
      return true;
    }
    on.options.fail(dsn);
    c.infiniteDue = true;
    fallBack("MP_FAIL received", nowNs);
    return false;
  }

  /** A mapping's checksum does not hold (section 3.7). */
  void checksumFailed(Subflow on, DssMapping mapping, long nowNs) {
    long dsn = c.keys.remoteDsn(mapping.offset);
    // Plain TCP is the identity mapping here, so what counts as contiguous is just that.
    boolean contiguous = on.mappings.isIdentity() && mapping.offset == c.in.ackOffset();
    if (c.aloneSoFar() && contiguous) {
      on.options.fail(dsn);
      on.tcp().ackNow();
      mapping.deliver(c.in);
      fallBack("DSS checksum failed", nowNs);
      return;
    }
    mapping.drop();
    on.options.resetWithFail(dsn);
    closeNow(on, nowNs);
  }

  void closeNow(Subflow subflow, long nowNs) {
    c.out.reinjectAll(subflow);
    subflow.tcp().abort(nowNs);
  }

  /** Plain TCP from here on, for good (section 3.7). */
  void fallBack(String reason, long nowNs) {
    if (!c.multipath) {
      return;
    }
    c.multipath = false;
    c.fellBack = true;
    c.confirmed = true;
    c.timers.clearAll();
    c.out.goPlain();
    c.in.goPlain();
    c.opening.forgetToken();
    Subflow keep = c.anyUsable();
    if (keep != null) {
      keep.deliverUnverified();
      if (c.closedByApp) {
        keep.tcp().orphan(nowNs);
      }
    }
    for (Subflow subflow : List.copyOf(c.subflows)) {
      if (subflow != keep && subflow.isLive()) {
        subflow.options.resetWith(MptcpConnection.REASON_MIDDLEBOX, false);
        subflow.tcp().abort(nowNs);
      }
    }
    if (keep != null && c.out.finWanted() && c.out.everythingSent()) {
      keep.tcp().shutdown(nowNs);
    }
    if (c.host.events().wants(Event.FellBack.class)) {
      c.host.events().accept(new Event.FellBack(nowNs, c.id, reason));
    }
  }

  /**
   * After a fall-back that the peer may not know of: one infinite mapping, DLL 0 and checksum 0, on
   * the next data.
   */
  int writeInfiniteOrNothing(MemorySegment m, long at, int space, boolean data, Subflow on) {
    if (!c.infiniteDue || !data || space < 20) {
      return 0;
    }
    c.infiniteDue = false;
    long dsn = c.keys.localDsn(on.tcp().nextSsn() - 1);
    return MptcpCodec.encodeDss(
        m, at, false, 0, 0, 8, dsn, on.wireSsn(on.tcp().nextSsn()), 0, c.checksums ? 0 : -1);
  }

  void onTimers(long nowNs) {
    if (c.timers.expire(MptcpTimer.DATA_LAG, nowNs) && c.out.lagTimeoutNs(c.subflows) > 0) {
      c.out.onLagTimer(c.subflows, nowNs);
    }
    if (c.timers.expire(MptcpTimer.DATA_FIN, nowNs) && c.out.finDue()) {
      c.finRepeats++;
      c.ending.finUnheard(nowNs);
    }
    if (c.timers.expire(MptcpTimer.WINDOW_PROBE, nowNs)) {
      c.windowProbeDue = false;
      c.finRepeats = 0;
      probe();
    }
    if (c.timers.expire(MptcpTimer.STALE_PROBE, nowNs)) {
      probeStale(nowNs);
    }
    // What a silence asks for is done with every poll.
    c.timers.expire(MptcpTimer.SILENCE, nowNs);
    if (c.timers.expire(MptcpTimer.ADD_ADDR, nowNs)) {
      c.addresses.onTimer(nowNs);
    }
    if (c.timers.expire(MptcpTimer.PATHS, nowNs)) {
      c.paths.review(nowNs);
    }
    if (c.timers.expire(MptcpTimer.JOIN_PROOF, nowNs)) {
      new JoinProofs(c).onTimer(nowNs);
    }
    if (c.timers.expire(MptcpTimer.REMOVED, nowNs)) {
      c.removedPaths.onTimer(nowNs);
    }
    if (c.timers.expire(MptcpTimer.UNMAPPED, nowNs)) {
      onUnmapped(nowNs);
      c.paths.review(nowNs);
    }
    if (c.timers.expire(MptcpTimer.END, nowNs)) {
      for (Subflow subflow : List.copyOf(c.subflows)) {
        subflow.tcp().abort(nowNs);
      }
      c.ending.ranOut(nowNs);
    }
  }

  /** Makes the peer say where it stands. */
  void probe() {
    for (Subflow subflow : c.subflows) {
      if (subflow.carriesData()) {
        subflow.tcp().probe();
        break;
      }
    }
  }

  /**
   * True while the only subflow has data without a mapping and may still fall back: no further
   * subflow may come up meanwhile, for then it could not (section 3.7).
   */
  boolean isDoubtful() {
    if (c.aloneSoFar()) {
      for (int i = 0; i < c.subflows.size(); i++) {
        if (c.subflows.get(i).unmappedSinceNs >= 0) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Section 3.3.1: payload whose mapping does not come closes the subflow; the only one falls back
   * instead.
   */
  void onUnmapped(long nowNs) {
    for (Subflow subflow : List.copyOf(c.subflows)) {
      if (subflow.unmappedSinceNs < 0 || !subflow.isLive()) {
        continue;
      }
      if (nowNs - subflow.unmappedSinceNs < MptcpConnection.UNMAPPED_PATIENCE_NS) {
        c.timers.set(
            MptcpTimer.UNMAPPED, subflow.unmappedSinceNs + MptcpConnection.UNMAPPED_PATIENCE_NS);
      } else if (c.aloneSoFar()) {
        fallBack("data without a mapping", nowNs);
        subflow.deliver(nowNs);
        c.afterDelivery(subflow, nowNs);
      } else {
        subflow.options.resetWith(MptcpConnection.REASON_MIDDLEBOX, false);
        closeNow(subflow, nowNs);
      }
    }
  }

  /** The longest round trip among the paths, as a receiver sees it. */
  long longestRttNs() {
    long longest = 0;
    for (int i = 0; i < c.subflows.size(); i++) {
      longest = Math.max(longest, c.subflows.get(i).tcp().estimates().receiveRttNs());
    }
    return longest;
  }

  /** Subflows that make no progress lend their data to the others; those that closed give it up. */
  void watchSubflows(long nowNs) {
    c.in.tune(longestRttNs(), nowNs);
    boolean several = c.multipath && c.subflows.size() > 1;
    long wakeNs = Long.MAX_VALUE;
    for (int i = 0; i < c.subflows.size(); i++) {
      Subflow subflow = c.subflows.get(i);
      int backoff = subflow.tcp().estimates().backoff();
      long silenceNs = several ? silenceAtNs(subflow) : Long.MAX_VALUE;
      if (backoff == 0 && silenceNs > nowNs) {
        if (subflow.stale && subflow.carriesData() && subflow.doubt == Subflow.Doubt.NONE) {
          subflow.stale = false;
          noteStale(subflow, false, nowNs);
        }
        subflow.reinjectedAtBackoff = 0;
        wakeNs = Math.min(wakeNs, silenceNs);
      } else if (backoff > subflow.reinjectedAtBackoff) {
        if (c.multipath && subflow.tcp().unackedCount() > 0 && hasOther(subflow)) {
          leave(subflow, backoff, nowNs);
        }
      } else if (backoff == 0
          && subflow.silentSinceNs != subflow.tcp().estimates().lastDeliveryNs()) {
        long leaveNs = Long.MAX_VALUE;
        if (!hasEqualOther(subflow)) {
          leaveNs = backupMayTakeOverNs(subflow, nowNs);
        } else if (hasSpeakingOther(subflow, nowNs)) {
          leaveNs = nowNs;
        }
        if (leaveNs <= nowNs) {
          subflow.silentSinceNs = subflow.tcp().estimates().lastDeliveryNs();
          leave(subflow, 1, nowNs);
        } else {
          wakeNs = Math.min(wakeNs, leaveNs);
        }
      }
    }
    if (wakeNs == Long.MAX_VALUE) {
      c.timers.clear(MptcpTimer.SILENCE);
    } else {
      c.timers.set(MptcpTimer.SILENCE, wakeNs);
    }
  }

  /** What a path has outstanding goes to the others, and nothing new goes there for now. */
  private void leave(Subflow subflow, int backoff, long nowNs) {
    subflow.reinjectedAtBackoff = backoff;
    c.out.reinjectAll(subflow);
    if (!subflow.stale) {
      subflow.stale = true;
      noteStale(subflow, true, nowNs);
      if (!c.timers.isSet(MptcpTimer.STALE_PROBE)) {
        c.timers.set(MptcpTimer.STALE_PROBE, nowNs + STALE_PROBE_NS);
      }
    }
  }

  /**
   * Time-outs back off to minutes, so a path that was left would be found again late; a small
   * segment now and then asks it, as long as another path carries the connection.
   */
  private void probeStale(long nowNs) {
    for (int i = 0; i < c.subflows.size(); i++) {
      Subflow subflow = c.subflows.get(i);
      if (subflow.stale && subflow.carriesData() && hasOther(subflow)) {
        if (subflow.tcp().estimates().backoff() > 0) {
          subflow.tcp().probe();
        }
        c.timers.set(MptcpTimer.STALE_PROBE, nowNs + STALE_PROBE_NS);
      }
    }
  }

  /**
   * From when on a path counts as silent: a quarter of an RTT, or its usual variation, later than
   * an answer should have come; sooner where answers come at short intervals, and several times the
   * longest of them is over. Long before its first time-out then, another path carries on. A peer
   * may delay the ACK of a single segment, so that tells nothing.
   */
  private long silenceAtNs(Subflow subflow) {
    TcpEstimates path = subflow.tcp().estimates();
    long srtt = path.smoothedRttNs();
    boolean tells = srtt > 0 && path.inFlightBytes() > subflow.mssBytes();
    if (!tells || !subflow.carriesData() || !hasOther(subflow)) {
      return Long.MAX_VALUE;
    }
    long late = Math.max(srtt / 4, 4 * path.rttVarianceNs());
    long patience = Math.max(srtt + late, SHORTEST_SILENCE_NS);
    long pause = path.longestPauseNs();
    if (pause < patience / PAUSES) {
      patience = Math.min(patience, Math.max(PAUSES * pause, SHORTEST_RHYTHM_NS));
    }
    return patience + (hasEqualOther(subflow) ? path.lastDeliveryNs() : lastSignOfLifeNs(subflow));
  }

  /**
   * A backup may cost money, so it is asked first. If it has answered and the regular path is
   * silent still, then it is that path that is broken, not this host that has slept.
   *
   * @return when the data may go there: now or earlier, later, or never as far as is known
   */
  private long backupMayTakeOverNs(Subflow silent, long nowNs) {
    TcpEstimates path = silent.tcp().estimates();
    long silence = lastSignOfLifeNs(silent);
    long answeredNs = Long.MAX_VALUE;
    for (int i = 0; i < c.subflows.size(); i++) {
      Subflow backup = c.subflows.get(i);
      if (backup == silent || backup.stale || !backup.carriesData()) {
        continue;
      }
      if (backup.askedForNs != silence) {
        backup.askedForNs = silence;
        backup.ask(nowNs);
      } else if (backup.answers()) {
        answeredNs = Math.min(answeredNs, backup.lastHeardNs);
      }
    }
    return answeredNs == Long.MAX_VALUE
        ? answeredNs
        : answeredNs + Math.max(path.smoothedRttNs() / 2, HEAD_START_NS);
  }

  private static long lastSignOfLifeNs(Subflow subflow) {
    return Math.max(subflow.tcp().estimates().lastDeliveryNs(), subflow.lastHeardNs);
  }

  private boolean hasEqualOther(Subflow subflow) {
    for (int i = 0; i < c.subflows.size(); i++) {
      Subflow other = c.subflows.get(i);
      if (other != subflow && other.carriesData() && (subflow.backup() || !other.backup())) {
        return true;
      }
    }
    return false;
  }

  /** True if another path is alive as far as is known: an end that pauses silences all paths. */
  private boolean hasSpeakingOther(Subflow subflow, long nowNs) {
    for (int i = 0; i < c.subflows.size(); i++) {
      Subflow other = c.subflows.get(i);
      boolean speaks = !other.stale && other.carriesData() && silenceAtNs(other) > nowNs;
      if (other != subflow && speaks && other.tcp().estimates().backoff() == 0) {
        return true;
      }
    }
    return false;
  }

  void noteStale(Subflow subflow, boolean stale, long nowNs) {
    if (c.host.events().wants(Event.PathStale.class)) {
      c.host.events().accept(new Event.PathStale(nowNs, c.id, subflow.id(), stale));
    }
  }

  boolean hasOther(Subflow subflow) {
    for (int i = 0; i < c.subflows.size(); i++) {
      if (c.subflows.get(i) != subflow && c.subflows.get(i).carriesData()) {
        return true;
      }
    }
    return false;
  }

  void armLag(long nowNs) {
    long wait = c.multipath ? c.out.lagTimeoutNs(c.subflows) : 0;
    if (wait == 0) {
      c.timers.clear(MptcpTimer.DATA_LAG);
    } else if (!c.timers.isSet(MptcpTimer.DATA_LAG)) {
      c.out.noteLag(nowNs);
      c.timers.set(MptcpTimer.DATA_LAG, nowNs + wait);
    }
  }

  /** The data-level window is closed and nothing is on its way: ask again from time to time. */
  void windowClosed(boolean closed, long nowNs) {
    if (!closed || !c.multipath) {
      c.timers.clear(MptcpTimer.WINDOW_PROBE);
      c.windowProbeDue = false;
    } else if (!c.windowProbeDue) {
      c.windowProbeDue = true;
      c.timers.set(MptcpTimer.WINDOW_PROBE, nowNs + 200_000_000L);
    }
  }
}
