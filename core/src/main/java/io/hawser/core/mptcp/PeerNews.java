package io.hawser.core.mptcp;

import io.hawser.event.Event;

/** What the peer says at data level and of paths (RFC 8684 sections 3.3.2, 3.3.3, 3.3.8). */
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
}
