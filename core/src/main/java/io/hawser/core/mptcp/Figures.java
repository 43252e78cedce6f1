package io.hawser.core.mptcp;

import io.hawser.core.api.ConnectionStats;
import io.hawser.core.tcp.TcpConnection;
import java.util.ArrayList;
import java.util.List;

/** A connection's figures at one moment. */
final class Figures {
  private Figures() {}

  static ConnectionStats.SubflowStats describe(Subflow s) {
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

  static ConnectionStats of(MptcpConnection c) {
    List<ConnectionStats.SubflowStats> all = new ArrayList<>(c.goneSubflows);
    for (Subflow subflow : c.subflows) {
      all.add(describe(subflow));
    }
    all.sort((a, b) -> Integer.compare(a.id(), b.id()));
    return new ConnectionStats(
        c.multipath,
        c.out.nextOffset(),
        c.out.ackedOffset(),
        c.in.queue.offeredBytes() + c.in.discardedBytes(),
        c.out.reinjectedBytes(),
        c.in.heldBytes(),
        List.copyOf(all));
  }
}
