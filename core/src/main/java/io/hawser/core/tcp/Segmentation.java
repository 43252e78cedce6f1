package io.hawser.core.tcp;

/**
 * How what is sent is cut into segments. A segment that begins a mapping says it; one that goes on
 * with a mapping may leave that out, and is larger by as much (RFC 8684 section 3.3.1).
 */
final class Segmentation {
  private static final int SMALLEST = 8;

  private final TcpConnection connection;
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
   * Whether new data is cut after its first segment, so that those after it can leave out the
   * mapping. That takes two emissions: a fast path has more of longer super-segments.
   */
  void fast(boolean path) {
    fast = path;
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

  /** The least number of bytes of new data that fills two segments. */
  int two() {
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
