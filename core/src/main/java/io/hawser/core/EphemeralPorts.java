package io.hawser.core;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.random.RandomGenerator;

/** Local ports that nobody asked for by number: at random within the range (RFC 6056). */
final class EphemeralPorts {
  private static final int MOST_TRIES = 1000;

  private final StackConfig config;
  private final RandomGenerator random;
  private final ConnectionTable table;

  EphemeralPorts(StackConfig config, RandomGenerator random, ConnectionTable table) {
    this.config = config;
    this.random = random;
    this.table = table;
  }

  /** Any of them. */
  int draw() {
    // RFC 6056 section 3.3.1.
    return config.firstPort + random.nextInt(config.lastPort - config.firstPort + 1);
  }

  /** One without a connection to that remote end, or 0. */
  int free(IpAddress local, Endpoint remote) {
    for (int i = 0; i < MOST_TRIES; i++) {
      int port = draw();
      if (table.find(new Endpoint(local, port), remote) == null) {
        return port;
      }
    }
    return 0;
  }
}
