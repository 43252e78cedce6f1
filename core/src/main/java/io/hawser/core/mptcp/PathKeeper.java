package io.hawser.core.mptcp;

import io.hawser.core.api.Connection;
import io.hawser.core.pm.EndpointList;
import io.hawser.core.pm.EndpointTable;
import io.hawser.core.pm.FullMesh;
import io.hawser.core.pm.PathAction;
import io.hawser.core.pm.PathManager;
import io.hawser.core.pm.PathView;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out what the path manager decides for one connection, and spaces out attempts that fail.
 */
final class PathKeeper implements PathView {
  private static final long FIRST_WAIT_NS = 1_000_000_000L;
  private static final long LONGEST_WAIT_NS = 60_000_000_000L;

  /** A path that failed, and when it may be tried again. */
  private static final class Setback {
    final IpAddress local;
    final Endpoint remote;
    long waitNs;
    long untilNs;

    Setback(IpAddress local, Endpoint remote) {
      this.local = local;
      this.remote = remote;
    }
  }

  private final MptcpConnection connection;
  private final EndpointList endpointList = new EndpointList();
  private final FullMesh fullMesh = new FullMesh();
  private final List<PathAction> actions = new ArrayList<>(0);
  private final List<Setback> setbacks = new ArrayList<>(0);

  PathKeeper(MptcpConnection connection) {
    this.connection = connection;
  }

  private PathManager manager() {
    EndpointTable table = endpoints();
    return table.isEmpty() && !table.limitsSet() ? fullMesh : endpointList;
  }

  /** Most subflows, besides the first, that a peer may add. */
  int acceptLimit() {
    EndpointTable table = endpoints();
    return table.limitsSet() ? table.subflowLimit() : EndpointTable.MOST;
  }

  /** Asks the path manager and does what it says. */
  void review(long nowNs) {
    boolean may =
        connection.multipath()
            && connection.confirmed()
            && connection.phase() == Connection.Phase.OPEN;
    if (!may || connection.dataOut().finAcked() && connection.dataIn().finTaken()) {
      return;
    }
    actions.clear();
    manager().decide(this, actions);
    for (PathAction action : actions) {
      switch (action) {
        case PathAction.Open open -> open(open, nowNs);
        case PathAction.Announce a ->
            connection.addresses().announce(a.id(), a.address(), a.port(), nowNs);
      }
    }
  }

  private void open(PathAction.Open open, long nowNs) {
    for (Setback setback : setbacks) {
      if (setback.local.equals(open.local()) && setback.remote.equals(open.remote())) {
        if (nowNs < setback.untilNs) {
          soonest(setback.untilNs);
          return;
        }
      }
    }
    boolean begun =
        connection.join(
            open.local(), open.localId(), open.remote(), open.remoteId(), open.backup(), nowNs);
    if (!begun) {
      setBack(open.local(), open.remote(), nowNs);
    }
  }

  private void soonest(long atNs) {
    if (atNs < connection.timers().deadlineNs(MptcpTimer.PATHS)) {
      connection.timers().set(MptcpTimer.PATHS, atNs);
    }
  }

  private void setBack(IpAddress local, Endpoint remote, long nowNs) {
    Setback found = null;
    for (Setback setback : setbacks) {
      if (setback.local.equals(local) && setback.remote.equals(remote)) {
        found = setback;
      }
    }
    if (found == null) {
      found = new Setback(local, remote);
      setbacks.add(found);
    }
    found.waitNs = found.waitNs == 0 ? FIRST_WAIT_NS : Math.min(2 * found.waitNs, LONGEST_WAIT_NS);
    found.untilNs = nowNs + found.waitNs;
    soonest(found.untilNs);
  }

  /** A subflow closed although the connection goes on. */
  void failed(Subflow subflow, long nowNs) {
    if (subflow.role() != Subflow.Role.JOIN_TAKEN) {
      setBack(subflow.localAddress(), subflow.remote(), nowNs);
    }
    review(nowNs);
  }

  /** A join succeeded: its past is forgotten. */
  void succeeded(Subflow subflow) {
    setbacks.removeIf(
        s -> s.local.equals(subflow.localAddress()) && s.remote.equals(subflow.remote()));
  }

  /**
   * True if, with no subflow left, a new one may come: from here by a back-off, or from the peer.
   */
  boolean mayReopen() {
    return connection.timers().isSet(MptcpTimer.PATHS) || !connection.isClient();
  }

  // ---- PathView ----

  @Override
  public boolean client() {
    return connection.isClient();
  }

  @Override
  public Endpoint initialRemote() {
    return connection.remote();
  }

  @Override
  public boolean initialRemoteAllowed() {
    return !connection.noJoinsToInitial();
  }

  @Override
  public IpAddress initialLocal() {
    return connection.local().address();
  }

  @Override
  public List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    for (Subflow s : connection.subflows()) {
      paths.add(new Path(s.localAddress(), s.localId, s.remote(), s.remoteId));
    }
    return paths;
  }

  @Override
  public List<Announced> announced() {
    return connection.addresses().fromPeer();
  }

  @Override
  public List<IpAddress> localAddresses() {
    return connection.host().addresses();
  }

  @Override
  public boolean wasAnnounced(int id) {
    return connection.addresses().wasAnnounced(id);
  }

  @Override
  public EndpointTable endpoints() {
    return connection.host().endpoints();
  }
}
