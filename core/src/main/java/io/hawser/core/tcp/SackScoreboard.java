package io.hawser.core.tcp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What was sent and is not cumulatively acknowledged, in order, without gaps; and how many of those
 * bytes count as in flight. Range objects are reused.
 */
final class SackScoreboard {
  private @Nullable TxRange[] ring = new TxRange[2];
  private int head;
  private int count;
  private int inFlightBytes;
  private int lostBytes;
  private long foundLostBytes;
  private int sackedBytes;
  private long highestSackedSsn;

  /** True if stream offsets do not grow with sequence numbers. */
  private boolean mixed;

  private long lastOffsetEnd;

  int size() {
    return count;
  }

  int inFlightBytes() {
    return inFlightBytes;
  }

  int lostBytes() {
    return lostBytes;
  }

  /** All that was ever found lost. */
  long foundLostBytes() {
    return foundLostBytes;
  }

  int sackedBytes() {
    return sackedBytes;
  }

  /** End of the highest byte selectively acknowledged. */
  long highestSackedSsn() {
    return highestSackedSsn;
  }

  TxRange at(int index) {
    TxRange range = ring[head + index & ring.length - 1];
    if (range == null) {
      throw new IllegalStateException("no range " + index + " of " + count);
    }
    return range;
  }

  /** A range at the end, all fields but its place for the caller to fill. */
  TxRange append() {
    if (count == ring.length) {
      grow();
    }
    return slot(count++);
  }

  private TxRange slot(int index) {
    int i = head + index & ring.length - 1;
    TxRange range = ring[i];
    if (range == null) {
      range = new TxRange();
      ring[i] = range;
    }
    range.sacked = false;
    range.lost = false;
    range.mtuProbe = false;
    range.transmissions = 0;
    range.own = null;
    range.mapChecksum = -1;
    return range;
  }

  private void grow() {
    int size = ring.length;
    @Nullable TxRange[] larger = new TxRange[size * 2];
    for (int i = 0; i < size; i++) {
      larger[i] = ring[head + i & size - 1];
    }
    ring = larger;
    head = 0;
  }

  /** Takes back the range appended last: it could not be sent. */
  void removeLast() {
    count--;
  }

  /** The range just appended is on its way. */
  void sent(TxRange range) {
    inFlightBytes += range.length;
  }

  /**
   * Splits the range at {@code index} after {@code bytes}; the rest follows at {@code index + 1}.
   */
  void split(int index, int bytes) {
    if (count == ring.length) {
      grow();
    }
    int mask = ring.length - 1;
    TxRange spare = ring[head + count & mask];
    for (int i = count; i > index + 1; i--) {
      ring[head + i & mask] = ring[head + i - 1 & mask];
    }
    ring[head + index + 1 & mask] = spare;
    count++;
    at(index).splitInto(slot(index + 1), bytes);
  }

  /** What is lost of one mapping becomes one range again, to be cut anew. */
  void joinLost() {
    int mask = ring.length - 1;
    int kept = 0;
    for (int i = 1; i < count; i++) {
      TxRange range = at(i);
      if (!at(kept).join(range)) {
        kept++;
        ring[head + i & mask] = at(kept);
        ring[head + kept & mask] = range;
      }
    }
    count = Math.min(count, kept + 1);
  }

  /** Everything before {@code ssn} is acknowledged. */
  void acknowledge(long ssn) {
    while (count > 0) {
      TxRange range = at(0);
      if (range.endSsn() <= ssn) {
        forget(range, range.length);
        head = head + 1 & ring.length - 1;
        count--;
      } else {
        if (range.ssn < ssn) {
          int bytes = (int) (ssn - range.ssn);
          forget(range, bytes);
          range.trimFront(bytes);
        }
        break;
      }
    }
  }

  private void forget(TxRange range, int bytes) {
    if (range.sacked) {
      sackedBytes -= bytes;
    } else if (range.lost) {
      lostBytes -= bytes;
    } else {
      inFlightBytes -= bytes;
    }
  }

  /**
   * Lowest stream offset among the ranges that use the shared buffer; Long.MAX_VALUE if there is
   * none.
   *
   * @param ofMapping where the range's mapping begins, rather than the range
   */
  long lowestOffset(boolean ofMapping) {
    long lowest = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      TxRange range = at(i);
      if (range.own == null) {
        lowest = Math.min(lowest, ofMapping ? range.mapDataOffset : range.dataOffset);
        if (!mixed && i == 0) {
          break;
        }
      }
    }
    return lowest;
  }

  /** The last range is under way: ranges may no longer be in the stream's order. */
  void noteSent(long dataOffset, int length) {
    mixed = count > 1 && (mixed || dataOffset < lastOffsetEnd);
    lastOffsetEnd = dataOffset + length;
  }

  /** Where the run of stream bytes ends that is outstanding from this offset on. */
  long runEnd(long offset) {
    long end = offset;
    for (int i = 0; i < count; i++) {
      TxRange range = at(i);
      if (range.dataOffset <= end && range.dataOffset + range.length > end) {
        end = range.dataOffset + range.length;
      }
    }
    return end;
  }

  /** Index of the range that holds {@code ssn}, or of the first after it. */
  int find(long ssn) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(middle).endSsn() <= ssn) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  void markSacked(TxRange range) {
    if (!range.sacked) {
      forget(range, range.length);
      range.sacked = true;
      range.lost = false;
      sackedBytes += range.length;
      highestSackedSsn = Math.max(highestSackedSsn, range.endSsn());
    }
  }

  void markLost(TxRange range) {
    if (!range.sacked && !range.lost) {
      range.lost = true;
      inFlightBytes -= range.length;
      lostBytes += range.length;
      foundLostBytes += range.length;
    }
  }

  /** A lost range is in flight again, by retransmission or because it was not lost after all. */
  void markInFlight(TxRange range) {
    if (range.lost) {
      range.lost = false;
      inFlightBytes += range.length;
      lostBytes -= range.length;
    }
  }

  /**
   * RFC 2018 section 8: after a timeout the receiver may have dropped what it had only selectively
   * acknowledged.
   */
  void forgetSacks() {
    for (int i = 0; i < count; i++) {
      TxRange range = at(i);
      if (range.sacked) {
        range.sacked = false;
        sackedBytes -= range.length;
        inFlightBytes += range.length;
      }
    }
    highestSackedSsn = 0;
  }

  void clear() {
    Arrays.fill(ring, null);
    head = 0;
    count = 0;
    inFlightBytes = 0;
    lostBytes = 0;
    sackedBytes = 0;
  }
}
