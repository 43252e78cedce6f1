package io.hawser.core.mptcp;

import io.hawser.core.api.Connection;
import io.hawser.core.pm.EndpointList;
import io.hawser.core.pm.EndpointTable;
import io.hawser.core.pm.FullMesh;
import io.hawser.core.pm.PathAction;
import io.hawser.core.pm.PathBackoff;
import io.hawser.core.pm.PathManager;
import io.hawser.core.pm.PathView;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out what the path manager decides for one connection; attempts that fail are spaced out.
 */
final class PathKeeper implements PathView {
  /** Longest rest while the connection has no path at all. */
  private static final long LONGEST_ALONE_NS = 2_000_000_000L;

  private static final PathManager ENDPOINT_LIST = new EndpointList();
  private static final PathManager FULL_MESH = new FullMesh();

  private final MptcpConnection connection;
  private final PathBackoff backoff = new PathBackoff();
  private long reviewedNs;

  PathKeeper(MptcpConnection connection) {
    this.connection = connection;
  }

  private PathManager manager() {
    EndpointTable table = endpoints();
    return table.isEmpty() && !table.limitsSet() ? FULL_MESH : ENDPOINT_LIST;
  }

  /** Most subflows, besides the first, that a peer may add. */
  int acceptLimit() {
    return endpoints().limitsSet() ? manager().subflowLimit(this) : EndpointTable.MOST;
  }

  /** Asks the path manager and does what it says. */
  void review(long nowNs) {
    boolean may =
        connection.multipath()
            && connection.confirmed
            && connection.phase() == Connection.Phase.OPEN
            && !connection.watch.isDoubtful();
    if (!may || (connection.out.finAcked() && connection.in.finTaken())) {
      return;
    }
    reviewedNs = nowNs;
    List<PathAction> actions = new ArrayList<>(0);
    manager().decide(this, actions);
    for (PathAction action : actions) {
      switch (action) {
        case PathAction.Open open -> open(open, nowNs);
        case PathAction.Announce a ->
            connection.addresses.announce(a.id(), a.address(), a.port(), nowNs);
        case PathAction.Withdraw w -> connection.addresses.withdraw(w.id());
        case PathAction.Close close -> connection.closeSubflow(close.subflow(), nowNs);
      }
    }
    long next = backoff.nextNs(nowNs);
    if (next == Long.MAX_VALUE) {
      connection.timers.clear(MptcpTimer.PATHS);
    } else {
      connection.timers.set(MptcpTimer.PATHS, next);
    }
  }

  private void open(PathAction.Open open, long nowNs) {
    boolean begun =
        connection.opening.join(
            open.local(), open.localId(), open.remote(), open.remoteId(), open.backup(), nowNs);
    if (!begun) {
      backoff.failed(open.local(), open.remote(), nowNs);
    }
  }

  /** A subflow closed although the connection goes on. */
  void failed(Subflow subflow, long nowNs) {
    if (subflow.refused) {
      backoff.refused(subflow.askedFrom, subflow.remote(), nowNs);
    } else if (subflow.role() != Subflow.Role.JOIN_TAKEN) {
      backoff.failed(subflow.askedFrom, subflow.remote(), nowNs);
    }
    if (connection.subflows.isEmpty()) {
      backoff.hurry(nowNs + LONGEST_ALONE_NS);
    }
    review(nowNs);
  }

  /** A join succeeded. */
  void succeeded(Subflow subflow, long nowNs) {
    backoff.opened(subflow.askedFrom, subflow.remote(), nowNs);
  }

  /** The way out from an address works again: what failed there before counts no more. */
  void back(IpAddress address, long nowNs) {
    backoff.forget(address);
    review(nowNs);
  }

  /**
   * True if, with no subflow left, a new one may come: from here after a rest, or from the peer.
   */
  boolean mayReopen() {
    return connection.timers.isSet(MptcpTimer.PATHS) || !connection.client;
  }

  // ---- PathView ----

  @Override
  public boolean client() {
    return connection.client;
  }

  @Override
  public Endpoint initialRemote() {
    return connection.remote();
  }

  @Override
  public boolean initialRemoteAllowed() {
    return !connection.noJoinsToInitial;
  }

  @Override
  public IpAddress initialLocal() {
    return connection.local().address();
  }

  @Override
  public List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    for (Subflow s : connection.subflows) {
      if (!s.withdrawn) {
        paths.add(
            new Path(s.id(), s.localAddress(), s.localId, s.remote(), s.remoteId, s.established));
      }
    }
    return paths;
  }

  @Override
  public List<Announced> announced() {
    return connection.addresses.fromPeer();
  }

  @Override
  public List<IpAddress> localAddresses() {
    return connection.host.addresses();
  }

  @Override
  public int localId(IpAddress address) {
    return address.equals(initialLocal()) ? 0 : endpoints().idFor(address);
  }

  @Override
  public boolean wasAnnounced(int id) {
    return connection.addresses.wasAnnounced(id);
  }

  @Override
  public boolean announcing() {
    return connection.addresses.announcing();
  }

  @Override
  public boolean works(IpAddress local) {
    return connection.host.works(local);
  }

  @Override
  public boolean resting(IpAddress local, Endpoint remote) {
    return backoff.resting(local, remote, reviewedNs);
  }

  @Override
  public EndpointTable endpoints() {
    return connection.host.endpoints();
  }
}
