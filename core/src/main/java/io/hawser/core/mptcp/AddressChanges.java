package io.hawser.core.mptcp;

import io.hawser.core.api.Connection;
import io.hawser.wire.IpAddress;
import java.util.List;

/** What a connection does when an address of this side changes (RFC 8684 sections 3.3.8, 3.4). */
public final class AddressChanges {
  private final MptcpConnection c;

  AddressChanges(MptcpConnection connection) {
    this.c = connection;
  }

  /** A local address is gone: its subflows are closed, and the peer is told if it knows the id. */
  public void gone(IpAddress address, int addressId, boolean signalled, long nowNs) {
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

  /**
   * Where the way out is broken, subflows end here and now if another path works, and the peer is
   * told over the others (section 3.4.2). The last path waits.
   */
  void leaveBroken(long nowNs) {
    if (!c.multipath || !worksElsewhere()) {
      return;
    }
    for (Subflow subflow : List.copyOf(c.subflows)) {
      if (subflow.isLive() && !c.host.works(subflow.localAddress())) {
        subflow.withdrawn = true;
        c.watch.closeNow(subflow, nowNs);
        c.addresses.withdraw(subflow.localId);
      }
    }
    c.touched();
  }

  private boolean worksElsewhere() {
    for (Subflow subflow : c.subflows) {
      if (subflow.carriesData() && c.host.works(subflow.localAddress())) {
        return true;
      }
    }
    return false;
  }

  /** The way out from a local address broke, or works again. */
  public void works(IpAddress address, boolean works, long nowNs) {
    if (!works) {
      leaveBroken(nowNs);
    } else if (c.multipath && c.phase() == Connection.Phase.OPEN) {
      c.paths.back(address, nowNs);
      c.touched();
    }
  }

  /** Priority of the subflows from an address. */
  public void priority(IpAddress address, boolean backup, long nowNs) {
    for (Subflow subflow : c.subflows) {
      if (subflow.isLive() && subflow.localAddress().equals(address)) {
        c.priority(subflow.id(), backup, nowNs);
      }
    }
  }
}
