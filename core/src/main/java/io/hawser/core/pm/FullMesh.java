package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.List;

/**
 * Every local address to every address of the peer, as far as families match and {@link
 * EndpointTable#MOST} allows, without any endpoint configured: the server announces its addresses,
 * the client joins them.
 */
public final class FullMesh implements PathManager {
  @Override
  public String name() {
    return "full-mesh";
  }

  @Override
  public int subflowLimit(PathView view) {
    return EndpointTable.MOST;
  }

  @Override
  public void decide(PathView view, List<PathAction> actions) {
    if (!view.client()) {
      announce(view, actions);
      return;
    }
    int room = subflowLimit(view) - (view.paths().size() - 1);
    if (view.initialRemoteAllowed()) {
      room -= join(view, view.initialRemote(), 0, room, actions);
    }
    for (PathView.Announced announced : view.announced()) {
      Endpoint remote = Paths.target(view, announced);
      // The first subflow's own address may be announced as well; it is one address still.
      if (!remote.equals(view.initialRemote()) || !view.initialRemoteAllowed()) {
        room -= join(view, remote, announced.id(), room, actions);
      }
    }
  }

  private static void announce(PathView view, List<PathAction> actions) {
    for (IpAddress local : view.localAddresses()) {
      int id = view.localId(local);
      // The first subflow's address needs no telling until it was lost: then nobody else knows that
      // it is back.
      boolean wanted = view.works(local) && (id != 0 || !Paths.leaves(view, local));
      if (wanted && !view.announcing() && !view.wasAnnounced(id)) {
        actions.add(new PathAction.Announce(id, local, 0));
        return;
      }
    }
  }

  private static int join(
      PathView view, Endpoint remote, int remoteId, int room, List<PathAction> actions) {
    int opened = 0;
    for (IpAddress local : view.localAddresses()) {
      boolean missing = Paths.sameFamily(local, remote) && !Paths.taken(view, local, remote);
      if (missing && opened < room) {
        actions.add(new PathAction.Open(local, view.localId(local), remote, remoteId, false));
        opened++;
      }
    }
    return opened;
  }
}
