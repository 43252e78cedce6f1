package io.hawser.core;

import io.hawser.core.tcp.SipHash;
import io.hawser.wire.Endpoint;

/**
 * Initial sequence numbers (RFC 6528): a clock of 4 microseconds plus a keyed hash of the 4-tuple.
 * Timestamps begin at such a hash too, so that they go on growing where a 4-tuple is used again
 * (RFC 7323 section 5.4, RFC 6191).
 */
final class InitialSequence {
  private static final long STAMPS = 1;

  private final SipHash hash;

  InitialSequence(long k0, long k1) {
    hash = new SipHash(k0, k1);
  }

  int of(Endpoint local, Endpoint remote, long nowNs) {
    return (int) (nowNs / 4_000) + (int) hash.begin(local, remote).end();
  }

  int timestampOffset(Endpoint local, Endpoint remote) {
    return (int) hash.begin(local, remote).add(STAMPS).end();
  }
}
