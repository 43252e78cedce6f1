package io.hawser.wire;

/**
 * What a device knows of a packet besides its bytes; one object is reused for every packet read.
 */
public final class PacketMeta {

  /** True if the sender vouches for the L4 checksum (it never crossed a wire): do not verify. */
  public boolean checksumTrusted;

  /** TCP payload bytes of each segment in a super-segment; 0 if the packet is a single segment. */
  public int segmentBytes;

  /** Forgets everything: a single packet whose checksum must be verified. */
  public void clear() {
    checksumTrusted = false;
    segmentBytes = 0;
  }

  /** Copies all fields of another. */
  public void set(PacketMeta other) {
    checksumTrusted = other.checksumTrusted;
    segmentBytes = other.segmentBytes;
  }
}
