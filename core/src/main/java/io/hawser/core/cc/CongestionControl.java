package io.hawser.core.cc;

/**
 * Decides how much one subflow may have in flight. Pure: it is told and asked, on the engine's
 * thread.
 */
public interface CongestionControl {
  /** The name users give: {@code cubic}, {@code reno}. */
  String name();

  /** The path's MSS is known or has changed, bytes of payload. */
  void mss(int mssBytes);

  /** New data was acknowledged (cumulatively or by SACK). */
  void onAck(AckSample sample);

  /**
   * Loss was found and fast recovery begins; called once an episode. {@code inFlightBytes} is
   * before the reduction.
   */
  void onRecovery(long nowNs, int inFlightBytes);

  /**
   * The retransmission timer expired (RFC 5681 section 3.1); called for the first expiry and its
   * repetitions.
   */
  void onTimeout(long nowNs, int inFlightBytes);

  /** The last reduction was spurious: take it back. */
  void onUndo(long nowNs);

  /** A congestion mark was echoed (RFC 3168); at most once an RTT. */
  void onEcn(long nowNs, int inFlightBytes);

  /**
   * Nothing was sent for an RTO: half of the window goes, but the initial one stays (RFC 2861
   * section 3.1, as Linux does); called once for each RTO.
   */
  void onIdleRestart(long nowNs);

  /** The window has not been used for minutes (RFC 7661 section 4.4.3): half of it goes. */
  void onUnvalidated(long nowNs);

  /**
   * True if the window bounds what is sent in fast recovery too; else proportional rate reduction
   * does (RFC 9937).
   */
  default boolean steersRecovery() {
    return false;
  }

  int cwndBytes();

  /** Slow-start threshold, bytes; Integer.MAX_VALUE while unknown. */
  int ssthreshBytes();

  /** Sending rate to pace at, bytes per second; 0: not paced by this algorithm. */
  default long pacingBytesPerSecond() {
    return 0;
  }
}
