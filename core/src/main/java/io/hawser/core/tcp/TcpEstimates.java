package io.hawser.core.tcp;

/** What one connection knows of its path: times, windows, rates. A live view. */
public final class TcpEstimates {
  private static final long UNKNOWN_RTT_NS = 200_000_000;

  private final TcpSender sender;
  private final TcpReceiver receiver;

  TcpEstimates(TcpSender sender, TcpReceiver receiver) {
    this.sender = sender;
    this.receiver = receiver;
  }

  /** Smoothed RTT, 0 if not measured. */
  public long smoothedRttNs() {
    return sender.recovery.rtt.smoothedNs();
  }

  /** Round trip of what is received, no less than what was measured by sending. */
  public long receiveRttNs() {
    long rtt = Math.max(receiver.rttNs(), smoothedRttNs());
    return rtt == 0 ? UNKNOWN_RTT_NS : rtt;
  }

  /** RTT variance. */
  public long rttVarianceNs() {
    return sender.recovery.rtt.varianceNs();
  }

  /** Least RTT of the last minutes, 0 if not measured. */
  public long minRttNs() {
    return sender.recovery.rtt.minNs();
  }

  /** Retransmission timeout with its back-off. */
  public long rtoNs() {
    return sender.recovery.rtt.rtoNs();
  }

  /** Retransmission timeouts in a row without progress. */
  public int backoff() {
    return sender.recovery.rtt.backoff();
  }

  /** Congestion window. */
  public int cwndBytes() {
    return sender.recovery.congestion().cwndBytes();
  }

  /** Slow-start threshold; Integer.MAX_VALUE while unknown. */
  public int ssthreshBytes() {
    return sender.recovery.congestion().ssthreshBytes();
  }

  /** Bytes in flight by RACK's reckoning. */
  public int inFlightBytes() {
    return sender.recovery.board.inFlightBytes();
  }

  /** When pacing lets the next new segment go, 0: now. A timer tells. */
  public long pacedUntilNs() {
    return sender.pacedUntilNs();
  }

  /** Bytes found lost and not sent again yet. */
  public int lostBytes() {
    return sender.recovery.board.lostBytes();
  }

  /** Bytes selectively acknowledged. */
  public int sackedBytes() {
    return sender.recovery.board.sackedBytes();
  }

  /** Last measured delivery rate, bytes per second; 0 if unknown. */
  public long rateBytesPerSecond() {
    return sender.recovery.rateBytesPerSecond();
  }

  /** Peer's window as last told, bytes. */
  public int peerWindowBytes() {
    return sender.windowBytes();
  }

  /** When an acknowledgement last moved SND.UNA, or sending began after idleness. */
  public long lastProgressNs() {
    return sender.lastProgressNs();
  }

  /**
   * When the peer last said that something new has arrived, or sending began after idleness; an ACK
   * of any kind counts.
   */
  public long lastDeliveryNs() {
    return sender.recovery.lastDeliveryNs();
  }

  /**
   * The longest pause between two such acknowledgements lately; Long.MAX_VALUE if there were too
   * few to tell.
   */
  public long longestPauseNs() {
    return sender.recovery.longestPauseNs();
  }

  /**
   * How long so many bytes take at the pace that the congestion control sets itself; 0 if it sets
   * none, but a window.
   */
  public long ownPaceNs(long bytes) {
    long rate = sender.recovery.congestion().pacingBytesPerSecond();
    return rate == 0 ? 0 : (long) (bytes * 1e9 / rate);
  }
}
