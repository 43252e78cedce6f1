package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;

/** What a path manager decides. */
public sealed interface PathAction {
  /**
   * Open a subflow.
   *
   * @param local an address of the stack; ANY: whatever the stack's routing gives, and the id that
   *     goes with it
   * @param localId the id the peer will know it by
   */
  record Open(IpAddress local, int localId, Endpoint remote, int remoteId, boolean backup)
      implements PathAction {}

  /** Announce an address (ADD_ADDR); port 0: none given. */
  record Announce(int id, IpAddress address, int port) implements PathAction {}

  /** Withdraw an address (REMOVE_ADDR). */
  record Withdraw(int id) implements PathAction {}

  /** Close one subflow; the connection goes on with the others. */
  record Close(int subflow) implements PathAction {}
}
