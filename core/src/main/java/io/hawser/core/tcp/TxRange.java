package io.hawser.core.tcp;

import io.hawser.core.buffer.SendBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A range of sent bytes: where it lies in the subflow's sequence space and in the connection's
 * stream. What it was mapped as when first sent stays with it for retransmissions (RFC 8684 section
 * 3.3.1: a mapping is fixed once declared). A range may be a super-segment; it is split when parts
 * of it fare differently.
 */
public final class TxRange {
  /**
   * Relative subflow sequence number of the first byte; SYN is 0, the first data byte 1; never
   * wraps.
   */
  public long ssn;

  /** Stream offset of the first byte. */
  public long dataOffset;

  /** Bytes. */
  public int length;

  /** First relative subflow sequence number of the mapping this range is part of. */
  public long mapSsn;

  /** Stream offset that the mapping begins with. */
  public long mapDataOffset;

  /** Bytes of the mapping. */
  public int mapLength;

  /** Checksum of the mapping once it was computed, else -1. */
  public int mapChecksum = -1;

  /**
   * Where the bytes are if the connection's buffer need not keep them any more; null: in that
   * buffer.
   */
  @Nullable SendBuffer own;

  long ownOffset;
  long sentNs;
  int transmissions;
  boolean sacked;
  boolean lost;

  /** Larger than the path is known to take: one packet nevertheless. */
  boolean mtuProbe;

  long deliveredAtSend;
  long deliveredTimeAtSend;

  /** From when the sending began that this was part of, to when it left; microseconds. */
  int sendTimeUs;

  /** Bytes in flight as it had left. */
  int inFlightAtSend;

  /** Bytes found lost by then, modulo 2^32. */
  int lostAtSend;

  /** There was less to send than the path would have taken. */
  boolean appLimited;

  /** True until it has been sent a second time. */
  public boolean isFirstTransmission() {
    return transmissions <= 1;
  }

  /** True if its first byte is the first of a mapping. */
  public boolean beginsMapping() {
    return ssn == mapSsn;
  }

  long endSsn() {
    return ssn + length;
  }

  /** Becomes the first bytes of a mapping. */
  void map(long atSsn, long atOffset, int bytes, int mappedBytes) {
    ssn = atSsn;
    dataOffset = atOffset;
    length = bytes;
    mapSsn = atSsn;
    mapDataOffset = atOffset;
    mapLength = mappedBytes;
  }

  /** Becomes all of a mapping that comes after its first range. */
  void goOn(TxRange first) {
    map(first.mapSsn, first.mapDataOffset, first.mapLength, first.mapLength);
    mapChecksum = first.mapChecksum;
    trimFront(first.length);
  }

  /** Becomes another range that was never sent. */
  void take(TxRange other) {
    map(other.mapSsn, other.mapDataOffset, other.mapLength, other.mapLength);
    mapChecksum = other.mapChecksum;
    trimFront((int) (other.ssn - other.mapSsn));
    own = other.own;
    ownOffset = other.ownOffset;
  }

  /** Makes {@code tail} the part of this range from {@code at} bytes on, and shortens this one. */
  void splitInto(TxRange tail, int at) {
    tail.ssn = ssn + at;
    tail.dataOffset = dataOffset + at;
    tail.length = length - at;
    tail.mapSsn = mapSsn;
    tail.mapDataOffset = mapDataOffset;
    tail.mapLength = mapLength;
    tail.mapChecksum = mapChecksum;
    tail.own = own;
    tail.ownOffset = ownOffset + at;
    tail.sentNs = sentNs;
    tail.transmissions = transmissions;
    tail.sacked = sacked;
    tail.lost = lost;
    tail.deliveredAtSend = deliveredAtSend;
    tail.deliveredTimeAtSend = deliveredTimeAtSend;
    tail.sendTimeUs = sendTimeUs;
    tail.inFlightAtSend = inFlightAtSend;
    tail.lostAtSend = lostAtSend;
    tail.appLimited = appLimited;
    length = at;
  }

  /** Takes up the range that follows, if both are lost parts of one mapping; false: it stays. */
  boolean join(TxRange next) {
    boolean together = own == next.own && (own == null || ownOffset + length == next.ownOffset);
    if (!lost || !next.lost || mapSsn != next.mapSsn || !together) {
      return false;
    }
    length += next.length;
    mtuProbe = false;
    sentNs = Math.max(sentNs, next.sentNs);
    transmissions = Math.max(transmissions, next.transmissions);
    return true;
  }

  void trimFront(int bytes) {
    ssn += bytes;
    dataOffset += bytes;
    ownOffset += bytes;
    length -= bytes;
  }
}
