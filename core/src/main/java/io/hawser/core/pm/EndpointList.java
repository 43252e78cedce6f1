package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.List;

/** What Linux's in-kernel path manager does with the endpoints and limits of {@code ip mptcp}. */
public final class EndpointList implements PathManager {
  @Override
  public String name() {
    return "endpoint-list";
  }

  @Override
  public void decide(PathView view, List<PathAction> actions) {
    EndpointTable table = view.endpoints();
    for (PathEndpoint e : table.endpoints()) {
      if (e.signal() && !view.wasAnnounced(e.id())) {
        actions.add(new PathAction.Announce(e.id(), e.address(), e.port()));
      }
    }
    int room = table.subflowLimit() - (view.paths().size() - 1);
    if (view.client() && view.initialRemoteAllowed()) {
      room -= fromEndpoints(view, room, actions);
    }
    int accept = table.addAddrAcceptedLimit();
    for (PathView.Announced announced : view.announced()) {
      if (accept-- <= 0) {
        break;
      }
      room -= toAnnounced(view, announced, room, actions);
    }
  }

  private static int fromEndpoints(PathView view, int room, List<PathAction> actions) {
    int opened = 0;
    Endpoint remote = view.initialRemote();
    for (PathEndpoint e : view.endpoints().endpoints()) {
      boolean fits = e.subflow() && e.address().v6() == remote.address().v6();
      if (fits && opened < room && !Paths.leavesFrom(view, e.address())) {
        actions.add(new PathAction.Open(e.address(), e.id(), remote, 0, e.backup()));
        opened++;
      }
    }
    return opened;
  }

  private static int toAnnounced(
      PathView view, PathView.Announced announced, int room, List<PathAction> actions) {
    Endpoint remote = Paths.target(view, announced);
    int opened = 0;
    boolean meshed = false;
    for (PathEndpoint e : view.endpoints().endpoints()) {
      if (e.fullMesh() && e.address().v6() == remote.address().v6()) {
        meshed = true;
        if (opened < room && !Paths.exists(view, e.address(), remote)) {
          actions.add(new PathAction.Open(e.address(), e.id(), remote, announced.id(), e.backup()));
          opened++;
        }
      }
    }
    if (!meshed && room > 0 && !Paths.reaches(view, remote)) {
      IpAddress any = remote.address().v6() ? IpAddress.ANY6 : IpAddress.ANY4;
      actions.add(new PathAction.Open(any, 0, remote, announced.id(), false));
      opened++;
    }
    return opened;
  }
}
