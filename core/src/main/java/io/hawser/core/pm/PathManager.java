package io.hawser.core.pm;

import java.util.List;

/**
 * Decides which paths a connection should have. It keeps nothing: it compares what the view shows
 * with what there should be, and answers with what is missing or too much.
 *
 * <p>The connection asks once it is established and then whenever something may have changed: an
 * address came or went, an announcement was echoed, a subflow closed, a rest is over. What cannot
 * be carried out yet (no join before the first DSS, RFC 8684 section 3.1) it drops and asks again.
 */
public interface PathManager {
  /** The name users give. */
  String name();

  /** Appends what should be done now. */
  void decide(PathView view, List<PathAction> actions);

  /** Most subflows beside the first, those that the peer opens among them. */
  int subflowLimit(PathView view);
}
