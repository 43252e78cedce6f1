package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;

/** Questions that path managers ask of a view. */
final class Paths {
  private Paths() {}

  static boolean exists(PathView view, IpAddress local, Endpoint remote) {
    for (PathView.Path path : view.paths()) {
      if (path.local().equals(local) && path.remote().equals(remote)) {
        return true;
      }
    }
    return false;
  }

  static boolean reaches(PathView view, Endpoint remote) {
    for (PathView.Path path : view.paths()) {
      if (path.remote().equals(remote)) {
        return true;
      }
    }
    return false;
  }

  static boolean leavesFrom(PathView view, IpAddress local) {
    for (PathView.Path path : view.paths()) {
      if (path.local().equals(local)) {
        return true;
      }
    }
    return false;
  }

  static Endpoint target(PathView view, PathView.Announced announced) {
    int port = announced.port() == 0 ? view.initialRemote().port() : announced.port();
    return new Endpoint(announced.address(), port);
  }
}
