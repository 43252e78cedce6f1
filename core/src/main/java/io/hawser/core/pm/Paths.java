package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;

/** Questions that path managers ask of a view. */
final class Paths {
  private Paths() {}

  /**
   * True if a subflow between these exists, is being opened, rests after a failure, or cannot be.
   */
  static boolean taken(PathView view, IpAddress local, Endpoint remote) {
    for (PathView.Path path : view.paths()) {
      if (path.local().equals(local) && path.remote().equals(remote)) {
        return true;
      }
    }
    return !view.works(local) || view.resting(local, remote);
  }

  static boolean reaches(PathView view, Endpoint remote) {
    for (PathView.Path path : view.paths()) {
      if (path.remote().equals(remote)) {
        return true;
      }
    }
    return false;
  }

  /** True if a subflow has this local address. */
  static boolean leaves(PathView view, IpAddress local) {
    for (PathView.Path path : view.paths()) {
      if (path.local().equals(local)) {
        return true;
      }
    }
    return false;
  }

  /** Where to join an announced address: without a port, at the port of the first subflow. */
  static Endpoint target(PathView view, PathView.Announced announced) {
    int port = announced.port() == 0 ? view.initialRemote().port() : announced.port();
    return new Endpoint(announced.address(), port);
  }

  static boolean sameFamily(IpAddress local, Endpoint remote) {
    return local.v6() == remote.address().v6();
  }
}
