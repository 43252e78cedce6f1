package io.hawser.sim;

import io.hawser.wire.PacketBuffer;

/** What stands at the end of a path: a host or a router. */
public sealed interface SimNode permits SimHost, SimRouter {

  /** A path begins ({@code asA}) or ends here. */
  void attach(Path path, boolean asA);

  /** A packet came out of a path; lent for the call. */
  void arrived(PacketBuffer packet);
}
