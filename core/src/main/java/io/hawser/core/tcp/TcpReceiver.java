package io.hawser.core.tcp;

import io.hawser.core.buffer.Reassembler;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;

/**
 * The receiving half: puts payload in order, decides when to acknowledge, what to advertise, which
 * SACK blocks to send.
 */
final class TcpReceiver {
  private static final int QUICK_ACKS = 16;
  private static final int MOST_BLOCKS = 4;

  /** Memory for what is out of order, in quarters of the receive buffer. */
  private static final long MOST_HELD_QUARTERS = 13;

  private static final int LEAST_HELD_BYTES = 64 << 10;
  private static final long STAMP_NS = 1_000_000;
  private static final int LEAST_UNIT = 256;
  private static final int SMALL_SEGMENT = 536;

  final Reassembler payload = new Reassembler(1);
  private final TcpStats stats;
  private int irs;
  private long finSsn = -1;
  private boolean finTaken;
  private long windowEdgeSsn = 1;
  private int scale;
  private int quickAcks = QUICK_ACKS;
  private int unackedSegments;
  private boolean ackDue;
  private boolean ackDelayed;
  private int mss = 536;

  private static final long[] NONE = {};
  private long[] recent = NONE;
  private int recentCount;
  private boolean duplicatePending;
  private long duplicateLeft;
  private long duplicateRight;
  private boolean sackWritten;

  private long rttNs;
  private int lastEcho;

  int tsRecent;
  private long lastAckSentSsn;

  TcpReceiver(TcpStats stats) {
    this.stats = stats;
  }

  /**
   * The window scale that was set, but no coarser than the buffer can stand: what a coarse unit
   * rounds up is promised again with every ACK.
   */
  static int bearableScale(TcpConfig config, int capacityBytes) {
    int scale = config.windowScaling ? config.windowScale : 0;
    int unit = Math.max(LEAST_UNIT, Math.min(SMALL_SEGMENT, capacityBytes / 8));
    while (scale > 0 && 1 << scale > unit && 0xffff << (scale - 1) >= capacityBytes) {
      scale--;
    }
    return scale;
  }

  void start(int irs, int scale, int mss) {
    this.irs = irs;
    this.scale = scale;
    this.mss = mss;
  }

  int irs() {
    return irs;
  }

  int scale() {
    return scale;
  }

  /**
   * Data came that echoes this stamp, sent so many stamps ago. As in Linux only the first segment
   * that echoes a stamp counts: what follows may have waited at a paced or idle sender.
   */
  void roundTrip(int echo, int stamps) {
    if (stamps > 0 && (rttNs == 0 || echo != lastEcho)) {
      long sample = stamps * STAMP_NS;
      rttNs = rttNs == 0 ? sample : rttNs + (sample - rttNs) / 8;
    }
    lastEcho = echo;
  }

  /** Round trip as a receiver sees it, 0 if unknown. */
  long rttNs() {
    return rttNs;
  }

  /** Relative sequence number of a 32-bit one, nearest to what is expected. */
  long relative(int seq) {
    long next = nextSsn();
    return next + (seq - (irs + (int) next));
  }

  /** RCV.NXT, relative: a FIN taken counts. */
  long nextSsn() {
    return payload.inOrderOffset() + (finTaken ? 1 : 0);
  }

  int ackNumber() {
    return irs + (int) nextSsn();
  }

  boolean finTaken() {
    return finTaken;
  }

  /** Right edge of what was advertised. */
  long windowEdgeSsn() {
    return windowEdgeSsn;
  }

  /**
   * Queues a segment's payload within the window, and its FIN. Returns true if RCV.NXT moved.
   *
   * @param capacityBytes size of the receive buffer, which bounds what is held out of order
   * @param quietNs a silence that long may have made the peer begin slowly again
   */
  boolean take(PacketView s, long seqSsn, int capacityBytes, long quietNs, long nowNs) {
    if (s.payloadLength > 0 && nowNs - stats.lastDataReceivedNs > quietNs) {
      quickAcks = QUICK_ACKS;
    }
    long before = nextSsn();
    long start = seqSsn;
    int length = s.payloadLength;
    PacketBuffer buffer = s.buffer;
    if (length > 0 && buffer != null) {
      long end = start + length;
      long limit = finSsn >= 0 ? finSsn : windowEdgeSsn;
      long stop = Math.min(end, limit);
      if (stop > start) {
        if (overflows(start, buffer, capacityBytes)) {
          ackDue = true;
        } else {
          takePayload(s, buffer, start, (int) (stop - start), nowNs);
        }
      } else {
        ackDue = true;
      }
    }
    long fin = start + length;
    if (s.has(PacketView.FIN) && finSsn < 0 && fin <= windowEdgeSsn) {
      finSsn = fin;
    }
    if (finSsn >= 0 && !finTaken && payload.inOrderOffset() == finSsn) {
      finTaken = true;
      ackDue = true;
    }
    return nextSsn() > before;
  }

  /**
   * What waits for earlier bytes holds whole buffers, however small it is. Beyond some times the
   * receive buffer it is dropped, as if lost (RFC 2018 section 8 lets a receiver do so): a peer of
   * tiny segments cannot fill the memory.
   */
  private boolean overflows(long start, PacketBuffer buffer, int capacityBytes) {
    long most = MOST_HELD_QUARTERS * Math.max(LEAST_HELD_BYTES, capacityBytes) / 4;
    return start > payload.inOrderOffset() && payload.heldBytes() + buffer.heldBytes() > most;
  }

  /** Queues the payload of a SYN (RFC 7413), at most so much. */
  void takeSyn(PacketView s, int mostBytes) {
    PacketBuffer buffer = s.buffer;
    int length = Math.min(s.payloadLength, mostBytes);
    if (length > 0 && buffer != null) {
      stats.bytesReceived += payload.insert(1, buffer, s.payloadOffset, length);
    }
  }

  private void takePayload(PacketView s, PacketBuffer buffer, long start, int length, long nowNs) {
    long inOrderBefore = payload.inOrderOffset();
    boolean gapBefore = payload.hasGap();
    int fresh = payload.insert(start, buffer, s.payloadOffset, length);
    stats.bytesReceived += fresh;
    stats.lastDataReceivedNs = nowNs;
    if (fresh < length) {
      // RFC 2883: report the first duplicate bytes.
      noteDuplicate(start, start + length, inOrderBefore);
    }
    if (start > inOrderBefore) {
      // RFC 5681 section 4.2: out of order, or filling a gap: at once.
      ackDue = true;
      remember(start);
      return;
    }
    if (gapBefore || fresh == 0) {
      ackDue = true;
      return;
    }
    int segments = s.segmentBytes > 0 ? (length + s.segmentBytes - 1) / s.segmentBytes : 1;
    unackedSegments += segments;
    if (unackedSegments >= 2 || quickAcks > 0) {
      ackDue = true;
      quickAcks--;
    } else {
      ackDelayed = true;
    }
  }

  private void noteDuplicate(long left, long right, long inOrderBefore) {
    if (!duplicatePending) {
      duplicatePending = true;
      duplicateLeft = left;
      duplicateRight = left < inOrderBefore ? Math.min(right, inOrderBefore) : right;
    }
  }

  /** A segment entirely before RCV.NXT came again. */
  void duplicateSegment(long left, long right) {
    noteDuplicate(left, right, nextSsn());
    ackDue = true;
  }

  private void remember(long ssn) {
    if (recentCount == 0) {
      recent = new long[MOST_BLOCKS];
    }
    int n = Math.min(recentCount, MOST_BLOCKS - 1);
    System.arraycopy(recent, 0, recent, 1, n);
    recent[0] = ssn;
    recentCount = n + 1;
  }

  /**
   * Fills [left, right) pairs of 32-bit numbers, newest first (RFC 2018 section 4); returns how
   * many blocks.
   */
  int sackBlocks(int[] out, int most) {
    int used = 0;
    if (duplicatePending && most > 0) {
      out[used++] = irs + (int) duplicateLeft;
      out[used++] = irs + (int) duplicateRight;
    }
    if (payload.hasGap()) {
      for (int i = 0; i < recentCount && used < most * 2; i++) {
        used = addBlock(out, used, payload.rangeStartAround(recent[i]));
      }
      int ranges = used < most * 2 ? Math.min(payload.gapRanges(), MOST_BLOCKS) : 0;
      for (int i = 0; i < ranges && used < most * 2; i++) {
        used = addBlock(out, used, payload.rangeStart(i));
      }
    }
    return used / 2;
  }

  private int addBlock(int[] out, int used, long start) {
    if (start < 0) {
      return used;
    }
    int left = irs + (int) start;
    int from = duplicatePending ? 2 : 0;
    for (int b = from; b < used; b += 2) {
      if (out[b] == left) {
        return used;
      }
    }
    out[used] = left;
    out[used + 1] = irs + (int) payload.rangeEndFrom(start);
    return used + 2;
  }

  boolean hasSackToSend() {
    return duplicatePending || payload.hasGap();
  }

  /**
   * The window field for a segment that leaves now. The right edge never shrinks (RFC 9293 section
   * 3.8.6.2.1), and grows only by steps worth telling (silly-window avoidance, section 3.8.6.2.2).
   */
  int windowField(int offeredBytes, boolean scaled, boolean shared) {
    long next = nextSsn();
    int shift = scaled ? scale : 0;
    if (shared) {
      long all = Math.min(0xffff, (offeredBytes + (1L << shift) - 1) >> shift);
      windowEdgeSsn = Math.max(windowEdgeSsn, next + (all << shift));
      return (int) all;
    }
    long old = Math.max(0, windowEdgeSsn - next);
    long wanted = next + Math.max(0, offeredBytes);
    long step = Math.min(mss, Math.max(1, offeredBytes / 2));
    long window = wanted >= windowEdgeSsn + step ? wanted - next : old;
    // Round up what was promised, down what is new.
    long field = window == old ? (window + (1L << shift) - 1) >> shift : window >> shift;
    field = Math.min(field, 0xffff);
    windowEdgeSsn = Math.max(windowEdgeSsn, next + (field << shift));
    return (int) field;
  }

  /** True if telling the peer now would open its window by enough. */
  boolean windowUpdateDue(int offeredBytes) {
    long known = windowEdgeSsn - nextSsn();
    long gain = offeredBytes - Math.max(0, known);
    return gain >= Math.min(2L * mss, Math.max(1, offeredBytes / 2)) && gain * 4 >= offeredBytes;
  }

  boolean ackDue() {
    return ackDue;
  }

  boolean ackDelayed() {
    return ackDelayed;
  }

  void ackNow() {
    ackDue = true;
  }

  /** Whether the segment that is being made has SACK blocks. */
  void noteSack(boolean written) {
    sackWritten = written;
  }

  /** The segment that was made has left. */
  void acked() {
    acked(sackWritten);
  }

  /** An acknowledgement left. */
  void acked(boolean withSack) {
    if (withSack || !hasSackToSend()) {
      ackDue = false;
    }
    ackDelayed = false;
    unackedSegments = 0;
    lastAckSentSsn = nextSsn();
    if (withSack) {
      duplicatePending = false;
    }
  }

  long lastAckSentSsn() {
    return lastAckSentSsn;
  }
}
