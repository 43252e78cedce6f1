package io.hawser.core.mptcp;

import io.hawser.core.api.Connection;
import io.hawser.core.tcp.TcpClose;
import io.hawser.core.tcp.TcpState;
import io.hawser.event.Event;
import java.util.List;

/** How a connection and its subflows end (RFC 8684 sections 3.3.3 and 3.5). */
final class Ending {
  private static final int MOST_REMEMBERED = 64;
  private final MptcpConnection c;

  Ending(MptcpConnection connection) {
    this.c = connection;
  }

  void onFastClose(Subflow on, long nowNs) {
    // Section 3.5: resets on all subflows; the one it came on is answered by whoever handles the
    // verdict.
    on.options.resetWith(MptcpConnection.REASON_UNSPECIFIED, false);
    for (Subflow subflow : List.copyOf(c.subflows)) {
      if (subflow != on && subflow.isLive()) {
        subflow.options.resetWith(MptcpConnection.REASON_UNSPECIFIED, false);
        subflow.tcp().abort(nowNs);
      }
    }
    fail(Connection.Failure.RESET, nowNs);
  }

  void finishing(long nowNs) {
    if (!c.out.finWanted() || !c.out.everythingSent()) {
      closeWhenDone(nowNs);
      return;
    }
    if (!c.multipath) {
      if (!c.subflowsClosing) {
        c.subflowsClosing = true;
        for (Subflow subflow : c.subflows) {
          subflow.tcp().shutdown(nowNs);
        }
      }
      return;
    }
    if (c.out.finDue() && !c.timers.isSet(MptcpTimer.DATA_FIN)) {
      sayFin(nowNs);
    }
    closeWhenDone(nowNs);
  }

  /**
   * The DATA_FIN was said and not acknowledged in time; it is said again, unless that was often
   * enough: a peer whose answers have no DSS at all has fallen back (section 3.7), any other has
   * gone.
   */
  void finUnheard(long nowNs) {
    int silent = c.subflows.isEmpty() ? 0 : c.subflows.getFirst().input.silentAnswers();
    if (silent >= DataSender.MOST_SILENT_ANSWERS && c.aloneSoFar()) {
      c.watch.fallBack("no DATA_ACK for the DATA_FIN", nowNs);
    } else if (c.finRepeats > c.host.tcpConfig().retries2) {
      for (Subflow subflow : List.copyOf(c.subflows)) {
        subflow.tcp().abort(nowNs);
      }
      ranOut(nowNs);
    }
  }

  private void sayFin(long nowNs) {
    // Linux puts the DATA_FIN on every subflow; so do we.
    long rto = 200_000_000L;
    for (Subflow subflow : c.subflows) {
      if (subflow.carriesData()) {
        subflow.tcp().ackNow();
        if (c.finRepeats > 1) {
          subflow.tcp().probe();
        }
        rto = Math.max(rto, subflow.tcp().estimates().rtoNs());
      }
    }
    c.timers.set(MptcpTimer.DATA_FIN, nowNs + (rto << Math.min(c.finRepeats, 8)));
  }

  /** Section 3.3.3: subflows close by FIN once both DATA_FINs are acknowledged. */
  void closeWhenDone(long nowNs) {
    if (c.multipath
        && !c.subflowsClosing
        && c.out.finAcked()
        && c.in.finTaken()
        && !pendingFinAckDue()) {
      c.subflowsClosing = true;
      for (Subflow subflow : c.subflows) {
        subflow.tcp().ackNow();
        if (subflow.established) {
          subflow.tcp().shutdown(nowNs);
        } else {
          subflow.tcp().abort(nowNs);
        }
      }
    }
  }

  /** What FIN-WAIT-2 is at data level lasts as long for an orphan as FIN-WAIT-2 does. */
  void boundOrphan(long nowNs) {
    if (c.closedByApp && c.multipath && c.out.finAcked()) {
      c.timers.set(MptcpTimer.END, nowNs + c.host.tcpConfig().finTimeoutNs);
    }
  }

  boolean pendingFinAckDue() {
    return c.pendingFinAck && c.lastDataAckSent < c.in.ackOffset();
  }

  /** Lets go of subflows that are closed. */
  void reapSubflows(long nowNs) {
    for (int i = c.subflows.size() - 1; i >= 0; i--) {
      Subflow subflow = c.subflows.get(i);
      TcpState state = subflow.tcp().state();
      if (state == TcpState.CLOSED && !subflow.tcp().wantsPoll(nowNs)) {
        gone(subflow, nowNs);
      } else if (state == TcpState.CLOSE_WAIT && c.multipath && subflow.finished()) {
        // A FIN without DATA_FIN closes the subflow alone (section 3.3.3).
        c.out.reinjectAll(subflow);
        subflow.tcp().shutdown(nowNs);
      } else if (state == TcpState.TIME_WAIT && c.phase == Connection.Phase.OPEN && !hasRunning()) {
        finished(nowNs);
      }
    }
    if (c.subflows.isEmpty() && !c.over) {
      withoutSubflows(nowNs);
    }
  }

  boolean hasRunning() {
    for (Subflow subflow : c.subflows) {
      TcpState state = subflow.tcp().state();
      if (state != TcpState.TIME_WAIT && state != TcpState.CLOSED) {
        return true;
      }
    }
    return !(streamEnded());
  }

  boolean streamEnded() {
    return c.in.finTaken() && (c.multipath ? c.out.finAcked() : c.out.finWanted());
  }

  void gone(Subflow subflow, long nowNs) {
    TcpClose reason = subflow.tcp().closeReason();
    if (c.goneSubflows.size() == MOST_REMEMBERED) {
      c.goneSubflows.removeFirst();
    }
    c.goneSubflows.add(Figures.describe(subflow));
    if (c.multipath && subflow.established) {
      c.out.reinjectAll(subflow);
    }
    subflow.closedNoted = true;
    c.subflows.remove(subflow);
    c.group.leave(subflow.congestion());
    c.host.unregister(subflow);
    subflow.free();
    if (c.host.events().wants(Event.SubflowClosed.class)) {
      c.host.events().accept(new Event.SubflowClosed(nowNs, c.id, subflow.id(), reason.toString()));
    }
    boolean opening = c.phase == Connection.Phase.CONNECTING || c.early.awaitsThirdAck();
    if (opening && subflow.isFirst()) {
      fail(failureOf(reason), nowNs);
      return;
    }
    if (!c.over && c.multipath && !c.subflowsClosing) {
      c.out.coverHole(c.subflows);
      c.paths.failed(subflow, nowNs);
    } else if (!c.over && !c.multipath && reason != TcpClose.ORDERLY && c.subflows.isEmpty()) {
      fail(failureOf(reason), nowNs);
    }
  }

  static Connection.Failure failureOf(TcpClose reason) {
    return switch (reason) {
      case REFUSED -> Connection.Failure.REFUSED;
      case TIMED_OUT -> Connection.Failure.TIMED_OUT;
      case UNREACHABLE -> Connection.Failure.UNREACHABLE;
      case ABORTED -> Connection.Failure.ABORTED;
      case NONE, ORDERLY -> Connection.Failure.NONE;
      case RESET -> Connection.Failure.RESET;
    };
  }

  /** The last subflow is gone. */
  void withoutSubflows(long nowNs) {
    if (c.phase == Connection.Phase.CLOSED || streamEnded() || !c.multipath) {
      finished(nowNs);
    } else if ((c.closedByApp && c.out.finAcked()) || !c.paths.mayReopen()) {
      fail(Connection.Failure.RESET, nowNs);
    } else if (!c.timers.isSet(MptcpTimer.END)) {
      // Make after break: wait for a path, for a time. What an application has written before it
      // closed goes on that path too.
      c.timers.set(MptcpTimer.END, nowNs + MptcpConnection.MAKE_AFTER_BREAK_NS);
    }
  }

  /** Waited long enough; if both streams had ended, only a dead path kept a subflow open. */
  void ranOut(long nowNs) {
    if (streamEnded()) {
      finished(nowNs);
    } else {
      fail(Connection.Failure.TIMED_OUT, nowNs);
    }
  }

  void finished(long nowNs) {
    if (c.phase != Connection.Phase.CLOSED) {
      c.phase = Connection.Phase.CLOSED;
      c.timers.clearAll();
      noteClosed("", nowNs);
      c.host.news(c, MptcpConnection.READABLE | MptcpConnection.WRITABLE);
    }
    c.opening.forgetToken();
    if (c.subflows.isEmpty()) {
      end();
    }
  }

  void fail(Connection.Failure what, long nowNs) {
    if (c.phase == Connection.Phase.CLOSED && c.failure != Connection.Failure.NONE) {
      return;
    }
    boolean connecting = c.phase == Connection.Phase.CONNECTING;
    boolean toldBefore = c.phase == Connection.Phase.CLOSED;
    c.failure = what;
    c.phase = Connection.Phase.CLOSED;
    c.timers.clearAll();
    c.opening.forgetToken();
    if (!toldBefore) {
      noteClosed(what.toString(), nowNs);
    }
    c.host.news(
        c,
        MptcpConnection.READABLE
            | MptcpConnection.WRITABLE
            | (connecting ? MptcpConnection.CONNECTED : 0));
    if (c.subflows.isEmpty()) {
      end();
    }
    c.touched();
  }

  void noteClosed(String error, long nowNs) {
    if (c.host.events().wants(Event.ConnectionClosed.class)) {
      c.host.events().accept(new Event.ConnectionClosed(nowNs, c.id, error));
    }
  }

  void end() {
    if (!c.over) {
      c.over = true;
      c.timers.clearAll();
      c.in.free();
      c.out.buffer.close();
      c.stats = c.snapshot();
      c.host.news(c, MptcpConnection.CLOSED);
      if (c.closedByApp) {
        c.in.queue.clear();
      }
    }
  }
}
