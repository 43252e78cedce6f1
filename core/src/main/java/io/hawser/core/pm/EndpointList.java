package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.List;

/**
 * What Linux's in-kernel path manager does with the endpoints and limits of {@code ip mptcp};
 * unlike Linux it opens a subflow again that failed, as long as its endpoint is there.
 */
public final class EndpointList implements PathManager {
  @Override
  public String name() {
    return "endpoint-list";
  }

  @Override
  public int subflowLimit(PathView view) {
    return view.endpoints().subflowLimit();
  }

  @Override
  public void decide(PathView view, List<PathAction> actions) {
    announce(view, actions);
    int room = subflowLimit(view) - (view.paths().size() - 1);
    if (view.client() && view.initialRemoteAllowed()) {
      room -= fromEndpoints(view, room, actions);
    }
    int accepted = 0;
    for (PathView.Announced announced : view.announced()) {
      if (accepted >= view.endpoints().addAddrAcceptedLimit()) {
        break;
      }
      Endpoint remote = Paths.target(view, announced);
      int opened = toAnnounced(view, announced.id(), remote, room, actions);
      room -= opened;
      if (opened > 0 || Paths.reaches(view, remote)) {
        accepted++;
      }
    }
  }

  /** Announces what is marked 'signal', one at a time: the next after the echo, as Linux does. */
  private static void announce(PathView view, List<PathAction> actions) {
    if (view.announcing()) {
      return;
    }
    for (PathEndpoint e : view.endpoints().endpoints()) {
      int id = view.localId(e.address());
      // An endpoint with a port of its own keeps its own id: it is not the first subflow's.
      int announcedId = e.port() == 0 ? id : e.id();
      if (e.signal() && view.works(e.address()) && !view.wasAnnounced(announcedId)) {
        actions.add(new PathAction.Announce(announcedId, e.address(), e.port()));
        return;
      }
    }
  }

  private static int fromEndpoints(PathView view, int room, List<PathAction> actions) {
    int opened = 0;
    Endpoint remote = view.initialRemote();
    for (PathEndpoint e : view.endpoints().endpoints()) {
      boolean missing =
          e.subflow()
              && Paths.sameFamily(e.address(), remote)
              && !Paths.taken(view, e.address(), remote);
      if (missing && opened < room) {
        actions.add(open(view, e, remote, 0));
        opened++;
      }
    }
    return opened;
  }

  /** Joins an announced address from every fullmesh endpoint, or else from where routing says. */
  private static int toAnnounced(
      PathView view, int remoteId, Endpoint remote, int room, List<PathAction> actions) {
    int opened = 0;
    boolean meshed = false;
    for (PathEndpoint e : view.endpoints().endpoints()) {
      if (!e.fullMesh() || !Paths.sameFamily(e.address(), remote)) {
        continue;
      }
      meshed = true;
      if (opened < room && !Paths.taken(view, e.address(), remote)) {
        actions.add(open(view, e, remote, remoteId));
        opened++;
      }
    }
    IpAddress any = remote.address().v6() ? IpAddress.ANY6 : IpAddress.ANY4;
    if (!meshed && room > 0 && !Paths.reaches(view, remote) && !view.resting(any, remote)) {
      actions.add(new PathAction.Open(any, 0, remote, remoteId, false));
      opened++;
    }
    return opened;
  }

  private static PathAction open(PathView view, PathEndpoint e, Endpoint remote, int remoteId) {
    int localId = view.localId(e.address());
    return new PathAction.Open(e.address(), localId, remote, remoteId, e.backup());
  }
}
