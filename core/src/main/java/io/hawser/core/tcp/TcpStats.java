package io.hawser.core.tcp;

/** Counters of one TCP connection, named as in Linux's struct tcp_info. Bytes are payload. */
public final class TcpStats {
  /** Payload sent, retransmissions included. */
  public long bytesSent;

  /** Payload sent again. */
  public long bytesRetransmitted;

  /** Payload acknowledged cumulatively. */
  public long bytesAcked;

  /** Payload received in order. */
  public long bytesReceived;

  /** Segments sent; a super-segment counts as its segments. */
  public long segmentsOut;

  /** Segments received. */
  public long segmentsIn;

  /** Segments with payload sent. */
  public long dataSegmentsOut;

  /** Segments with payload received. */
  public long dataSegmentsIn;

  /** Segments sent again. */
  public long totalRetransmissions;

  /** Retransmission timer expirations. */
  public long timeouts;

  /** D-SACK blocks received. */
  public long dsacks;

  /** Reordering events seen. */
  public long reorderSeen;

  /** Times a retransmission proved unnecessary and its reduction was undone. */
  public long undos;

  /** Segments with payload that came marked as having met congestion (RFC 3168). */
  public long congestionMarks;

  /** Times the window was reduced because the peer echoed such a mark. */
  public long ecnReductions;

  /** Tail loss probes sent. */
  public long tailProbes;

  /** When payload was last sent. */
  public long lastDataSentNs;

  /** When payload last came. */
  public long lastDataReceivedNs;

  /** When an acknowledgement last came. */
  public long lastAckReceivedNs;
}
