package io.hawser.core.pm;

import java.util.List;

/** Path managers by the names users give. */
public final class PathManagers {
  /** All names. */
  public static final List<String> NAMES = List.of("endpoint-list", "full-mesh");

  private PathManagers() {}

  /**
   * A path manager; it may serve any number of connections.
   *
   * @throws IllegalArgumentException if there is no such path manager; the message lists those
   *     there are
   */
  public static PathManager create(String name) {
    return switch (name) {
      case "endpoint-list", "default", "kernel" -> new EndpointList();
      case "full-mesh", "fullmesh" -> new FullMesh();
      default ->
          throw new IllegalArgumentException(
              "no path manager '" + name + "'; there are " + String.join(", ", NAMES));
    };
  }
}
