package io.hawser.core.pm;

import java.util.List;

/**
 * Decides which paths a connection should have. It is asked whenever something may have changed
 * (the connection is established, an address came or went, a subflow closed and its back-off is
 * over) and answers with what is missing; what exists already it sees in the view.
 */
public interface PathManager {
  /** The name users give. */
  String name();

  /** Appends what should be done now. */
  void decide(PathView view, List<PathAction> actions);
}
