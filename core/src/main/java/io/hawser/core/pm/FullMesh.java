package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Every local address to every address of the peer, as far as families match and {@link
 * EndpointTable#MOST} allows.
 */
public final class FullMesh implements PathManager {
  @Override
  public String name() {
    return "full-mesh";
  }

  @Override
  public void decide(PathView view, List<PathAction> actions) {
    if (!view.client()) {
      return;
    }
    List<Endpoint> remotes = new ArrayList<>();
    List<Integer> remoteIds = new ArrayList<>();
    if (view.initialRemoteAllowed()) {
      remotes.add(view.initialRemote());
      remoteIds.add(0);
    }
    for (PathView.Announced announced : view.announced()) {
      remotes.add(Paths.target(view, announced));
      remoteIds.add(announced.id());
    }
    int room = EndpointTable.MOST - (view.paths().size() - 1);
    for (int r = 0; r < remotes.size(); r++) {
      Endpoint remote = remotes.get(r);
      int id = 0;
      for (IpAddress local : view.localAddresses()) {
        id++;
        boolean fits = local.v6() == remote.address().v6();
        if (fits && room > 0 && !Paths.exists(view, local, remote)) {
          int localId = local.equals(view.initialLocal()) ? 0 : id;
          actions.add(new PathAction.Open(local, localId, remote, remoteIds.get(r), false));
          room--;
        }
      }
    }
  }
}
