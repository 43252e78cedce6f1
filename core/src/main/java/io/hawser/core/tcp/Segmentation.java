package io.hawser.core.tcp;

/**
 * How what is sent is cut into segments. A segment that begins a mapping says it; one that goes on
 * with a mapping may leave that out, and is larger by as much (RFC 8684 section 3.3.1).
 */
final class Segmentation {
  private static final int SMALLEST = 8;

  private static final long SUPER_SEGMENT_TIME_NS = 1_000_000;

  private final TcpConnection connection;

  /**
   * New data is not cut after its first segment, so every segment says its mapping: to leave it out
   * takes two emissions, and a path of this rate has more of long super-segments.
   */
  private boolean fast;

  Segmentation(TcpConnection connection) {
    this.connection = connection;
  }

  /** Payload of a full segment that says its mapping, net of all options (RFC 6691). */
  int mss() {
    return net(connection.size().whole(), connection.extension().dataOptionBytes());
  }

  /** The same for a path that takes packets of this size. */
  int mss(int packetBytes) {
    return net(connection.size().wholeOf(packetBytes), connection.extension().dataOptionBytes());
  }

  /** Payload of a full segment that goes on with a mapping. */
  int continued() {
    return net(connection.size().whole(), connection.extension().continuedOptionBytes());
  }

  private int net(int whole, int options) {
    return Math.max(SMALLEST, whole - options - (connection.timestampsOn() ? 12 : 0));
  }

  /** Payload of a full segment of this range. */
  int of(TxRange range) {
    return range.beginsMapping() ? mss() : continued();
  }

  /**
   * Bytes of one super-segment: at most one millisecond of the path's rate, at least two segments,
   * at most what IP and the device carry.
   */
  int superSegment(int cwndBytes, long smoothedRttNs, int mostBytes) {
    long perTime = cwndBytes * SUPER_SEGMENT_TIME_NS / Math.max(1, smoothedRttNs);
    fast = perTime >= mostBytes;
    // RFC 3168 section 6.1.2: CWR goes on one segment.
    long wanted = connection.ecn().cwrDue() ? mss() : Math.max(two(), perTime);
    return (int) Math.max(mss(), Math.min(wanted, mostBytes));
  }

  private int next() {
    return fast ? mss() : continued();
  }

  /** Bytes after which new data is cut in two, each part with segments of one size. */
  int cut(int length) {
    int first = mss();
    return length > first && next() > first ? first : length;
  }

  /** So many bytes of new data or fewer, as whole segments if there is room for one. */
  int whole(int room) {
    int first = mss();
    return room < first ? room : first + wholeNext(room - first);
  }

  private int wholeNext(int room) {
    return room - room % next();
  }

  private int two() {
    return mss() + next();
  }

  /** True if the last segment of new data of this length is not full. */
  boolean endsSmall(int length) {
    int first = mss();
    return length < first || (length - first) % next() != 0;
  }

  /** True if its segments say all that an ACK says. */
  boolean saysAll(TxRange range) {
    return range.beginsMapping() || continued() == mss();
  }

  /** How many segments a range is. */
  int count(TxRange range) {
    int full = of(range);
    return Math.max(1, (range.length + full - 1) / full);
  }

  /** Where in a range that is larger than a segment its last segment begins. */
  int last(TxRange range) {
    return Math.max(1, range.length - continued());
  }
}
