package io.hawser.core;

import io.hawser.wire.Endpoint;

/**
 * Initial sequence numbers (RFC 6528): a clock of 4 microseconds plus a keyed hash of the 4-tuple
 * (SipHash-2-4).
 */
final class InitialSequence {
  private final long k0;
  private final long k1;
  private long v0;
  private long v1;
  private long v2;
  private long v3;

  InitialSequence(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  int of(Endpoint local, Endpoint remote, long nowNs) {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
    absorb(local.address().high());
    absorb(local.address().low());
    absorb(remote.address().high());
    absorb(remote.address().low());
    absorb((long) local.port() << 16 | remote.port());
    absorb(40L << 56);
    v2 ^= 0xff;
    for (int i = 0; i < 4; i++) {
      round();
    }
    long hash = v0 ^ v1 ^ v2 ^ v3;
    return (int) (nowNs / 4_000) + (int) hash;
  }

  private void absorb(long word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }

  private void round() {
    v0 += v1;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v3;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 += v3;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 += v1;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v2 = Long.rotateLeft(v2, 32);
  }
}
