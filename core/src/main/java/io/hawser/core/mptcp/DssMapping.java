package io.hawser.core.mptcp;

import io.hawser.wire.Checksum;
import io.hawser.wire.PacketBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One received mapping (RFC 8684 section 3.3.1): subflow bytes [ssn, ssn + length) are stream bytes
 * from {@code offset} on. Objects of it are used again: there is one for every super-segment.
 */
final class DssMapping {
  /** Part of a mapping that waits for the rest so that the checksum can be verified. */
  private record Piece(PacketBuffer buffer, int offset, int length) {}

  long ssn;
  long offset;
  int length;

  /** The next of those that are free to be used again. */
  @Nullable DssMapping nextSpare;

  private boolean checked;
  private int checksum;
  private long dsn;
  private int wireSsn;
  private int wireLength;
  private List<Piece> pieces = List.of();
  private int taken;
  private long sum;

  /** Becomes this mapping, whatever it was before: without a checksum, and without bytes. */
  void declare(long atSsn, long atOffset, int bytes) {
    ssn = atSsn;
    offset = atOffset;
    length = bytes;
    checked = false;
    taken = 0;
    sum = 0;
  }

  /** Its bytes must fit this checksum; the other values are those of the wire. */
  void check(int sumOnWire, long dsnOnWire, int ssnOnWire, int lengthOnWire) {
    checked = true;
    checksum = sumOnWire;
    dsn = dsnOnWire;
    wireSsn = ssnOnWire;
    wireLength = lengthOnWire;
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
    if (pieces.isEmpty()) {
      pieces = new ArrayList<>();
    }
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

  /** Lets its bytes go. */
  void drop() {
    if (!pieces.isEmpty()) {
      for (Piece piece : pieces) {
        piece.buffer.release();
      }
      pieces = List.of();
    }
  }
}
