package io.hawser.testbed.daemon;

import io.hawser.wire.Endpoint;

/** The two ends of a connection or subflow, whoever tells of it. */
record SubflowEnds(Endpoint client, Endpoint server) {

  /** From what one end calls local and remote. */
  static SubflowEnds of(Endpoint local, Endpoint remote, boolean server) {
    Endpoint here = unmapped(local);
    Endpoint there = unmapped(remote);
    return server ? new SubflowEnds(there, here) : new SubflowEnds(here, there);
  }

  private static Endpoint unmapped(Endpoint end) {
    return new Endpoint(end.address().unmapped(), end.port());
  }

  /** The same for both directions. */
  SubflowEnds sorted() {
    return client.toString().compareTo(server.toString()) <= 0
        ? this
        : new SubflowEnds(server, client);
  }
}
