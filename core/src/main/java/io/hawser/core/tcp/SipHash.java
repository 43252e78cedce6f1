package io.hawser.core.tcp;

import io.hawser.wire.Endpoint;

/** SipHash-2-4 of whole words: a keyed hash that who does not know the key cannot foretell. */
public final class SipHash {
  private final long k0;
  private final long k1;
  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private int bytes;

  /** A hash with a secret of 128 bits. */
  public SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** Begins a hash. */
  public SipHash begin() {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
    bytes = 0;
    return this;
  }

  /** Begins a hash of two endpoints. */
  public SipHash begin(Endpoint local, Endpoint remote) {
    return begin()
        .add(local.address().high())
        .add(local.address().low())
        .add(remote.address().high())
        .add(remote.address().low())
        .add((long) local.port() << 16 | remote.port());
  }

  /** Eight more bytes. */
  public SipHash add(long word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
    bytes += 8;
    return this;
  }

  /** Ends the hash. */
  public long end() {
    add((long) bytes << 56);
    v2 ^= 0xff;
    for (int i = 0; i < 4; i++) {
      round();
    }
    return v0 ^ v1 ^ v2 ^ v3;
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
