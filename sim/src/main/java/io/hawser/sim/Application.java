package io.hawser.sim;

import io.hawser.core.api.Connection;

/** What runs on top of a connection in the simulator. */
@FunctionalInterface
public interface Application {

  /**
   * A connection has news; called on no thread but the simulation's, also once when the connection
   * is given to the application.
   *
   * @param what bits of {@link io.hawser.core.NewsSink}
   */
  void news(Connection connection, int what, long nowNs);
}
