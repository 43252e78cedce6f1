package io.hawser.core.mptcp;

import io.hawser.event.Event;
import io.hawser.wire.IpAddress;
import java.util.List;

/**
 * What the peer says at data level, and what is said when an address or a priority changes here
 * (RFC 8684 sections 3.3.2, 3.3.3, 3.3.8, 3.4).
 */
final class PeerNews {
  private final MptcpConnection c;

  PeerNews(MptcpConnection connection) {
    this.c = connection;
  }

  void onDataAck(Subflow on, long offset, int windowBytes, long nowNs) {
    if (c.out.onDataAck(offset, windowBytes)) {
      c.timers.clear(MptcpTimer.DATA_LAG);
      if (c.out.finAcked() && !c.finAckedByPeerSeen) {
        c.finAckedByPeerSeen = true;
        c.timers.clear(MptcpTimer.DATA_FIN);
        c.ending.boundOrphan(nowNs);
      }
    }
  }

  void onDataFin(Subflow on, long offset, long nowNs) {
    boolean before = c.in.finTaken();
    c.in.fin(offset);
    c.pendingFinAck = true;
    if (!before || c.in.finTaken()) {
      on.tcp().ackNow();
    }
  }

  void onPriority(Subflow subflow, boolean backup, long nowNs) {
    subflow.backupByPeer = backup;
    notePriority(subflow, backup, true, nowNs);
  }

  void notePriority(Subflow subflow, boolean backup, boolean byPeer, long nowNs) {
    if (c.host.events().wants(Event.PriorityChanged.class)) {
      c.host.events().accept(new Event.PriorityChanged(nowNs, c.id, subflow.id(), backup, byPeer));
    }
  }

  void peerRemoved(int remoteId, long nowNs) {
    for (Subflow subflow : List.copyOf(c.subflows)) {
      if (subflow.isLive() && subflow.remoteId == remoteId && subflow.established) {
        c.out.reinjectAll(subflow);
        subflow.tcp().shutdown(nowNs);
        subflow.stale = true;
      }
    }
  }

  /** A local address is gone: its subflows are closed, and the peer is told if it knows the id. */
  void addressGone(IpAddress address, int addressId, boolean signalled, long nowNs) {
    if (!c.multipath) {
      return;
    }
    int withdrawn = -1;
    for (Subflow subflow : List.copyOf(c.subflows)) {
      if (subflow.isLive() && subflow.localAddress().equals(address) && c.subflows.size() > 1) {
        withdrawn = subflow.localId;
        c.out.reinjectAll(subflow);
        subflow.stale = true;
        subflow.withdrawn = true;
        subflow.tcp().shutdown(nowNs);
      }
    }
    if (withdrawn >= 0 || signalled) {
      c.addresses.withdraw(withdrawn >= 0 ? withdrawn : addressId);
    }
    c.touched();
  }

  /** Priority of the subflows from an address. */
  void addressPriority(IpAddress address, boolean backup, long nowNs) {
    for (Subflow subflow : c.subflows) {
      if (subflow.isLive() && subflow.localAddress().equals(address)) {
        c.priority(subflow.id(), backup, nowNs);
      }
    }
  }
}
