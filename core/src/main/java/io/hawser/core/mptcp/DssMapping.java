package io.hawser.core.mptcp;

import io.hawser.wire.Checksum;
import io.hawser.wire.PacketBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One received mapping (RFC 8684 section 3.3.1): subflow bytes [ssn, ssn + length) are stream bytes
 * from {@code offset} on.
 */
final class DssMapping {
  /** Part of a mapping that waits for the rest so that the checksum can be verified. */
  private record Piece(PacketBuffer buffer, int offset, int length) {}

  final long ssn;
  final long offset;
  final int length;
  private final boolean checked;
  private final int checksum;
  private final long dsn;
  private final int wireSsn;
  private final int wireLength;
  private final List<Piece> pieces = new ArrayList<>(0);
  private int taken;
  private long sum;

  DssMapping(
      long ssn,
      long offset,
      int length,
      boolean checked,
      int checksum,
      long dsn,
      int wireSsn,
      int wireLength) {
    this.ssn = ssn;
    this.offset = offset;
    this.length = length;
    this.checked = checked;
    this.checksum = checksum;
    this.dsn = dsn;
    this.wireSsn = wireSsn;
    this.wireLength = wireLength;
  }

  boolean checked() {
    return checked;
  }

  long end() {
    return ssn + length;
  }

  boolean covers(long at) {
    return at >= ssn && at < end();
  }

  /** Adds bytes that continue the mapping; retains the buffer. */
  void add(PacketBuffer buffer, int from, int count) {
    sum =
        (taken & 1) == 0
            ? Checksum.add(sum, buffer.memory(), from, count)
            : Checksum.addAtOdd(sum, buffer.memory(), from, count);
    pieces.add(new Piece(buffer.retain(), from, count));
    taken += count;
  }

  boolean holdsPieces() {
    return !pieces.isEmpty();
  }

  boolean complete() {
    return taken == length;
  }

  /** Section 3.3.1: data and pseudo-header must sum to all ones. */
  boolean verifies() {
    return Checksum.fold(pseudoHeader(sum, dsn, wireSsn, wireLength) + Checksum.add16(0, checksum))
        == 0xffff;
  }

  /** Adds the pseudo-header of a DSS checksum: 64-bit DSN, SSN, length, zero. */
  static long pseudoHeader(long sum, long dsn, int ssn, int length) {
    return Checksum.add16(Checksum.add32(Checksum.add64(sum, dsn), ssn), length);
  }

  /** Hands the bytes on, in order, and lets them go. */
  void deliver(DataReceiver receiver) {
    long at = offset;
    for (Piece piece : pieces) {
      receiver.accept(at, piece.buffer, piece.offset, piece.length);
      at += piece.length;
    }
    drop();
  }

  void drop() {
    for (Piece piece : pieces) {
      piece.buffer.release();
    }
    pieces.clear();
  }
}
