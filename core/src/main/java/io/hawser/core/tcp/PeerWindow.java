package io.hawser.core.tcp;

/** The peer's receive window as it told us last (RFC 9293 section 3.10.7.4). */
final class PeerWindow {
  private long edgeSsn;
  private int bytes;
  private int largest;
  private long seqSsn;
  private long ackSsn;

  void set(int windowBytes, long segmentSeqSsn, long segmentAckSsn) {
    bytes = windowBytes;
    largest = Math.max(largest, windowBytes);
    edgeSsn = segmentAckSsn + windowBytes;
    seqSsn = segmentSeqSsn;
    ackSsn = segmentAckSsn;
  }

  /** Takes a segment's window if the segment is no older than the last that told one. */
  void update(int windowBytes, long segmentSeqSsn, long segmentAckSsn) {
    // With Linux's addition that a newer acknowledgement is newer news.
    if (segmentSeqSsn > seqSsn
        || segmentAckSsn > ackSsn
        || (segmentSeqSsn == seqSsn && segmentAckSsn == ackSsn)) {
      set(windowBytes, segmentSeqSsn, segmentAckSsn);
    }
  }

  int bytes() {
    return bytes;
  }

  /** Bytes that may be sent from {@code ssn} on; less than 0 if the window has shrunk. */
  long beyond(long ssn) {
    return edgeSsn - ssn;
  }

  /** RFC 9293 section 3.8.6.2.1: a window smaller than this is not worth a segment. */
  int useful(int mss) {
    return Math.max(1, Math.min(mss, largest / 2));
  }
}
