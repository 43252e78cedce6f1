package io.hawser.core.cc;

/** What one acknowledgement told; one object is reused. */
public final class AckSample {
  /** Now, on the engine's clock. */
  public long nowNs;

  /** Bytes newly acknowledged, cumulatively or selectively. */
  public int ackedBytes;

  /** RTT measured by it, or -1. */
  public long rttNs;

  /** Smoothed RTT of the path. */
  public long smoothedRttNs;

  /** True while in fast recovery: the window stays where the reduction put it. */
  public boolean inRecovery;

  /**
   * True if the window, not the application, limited what was in flight (RFC 7661, RFC 9438 section
   * 5.8).
   */
  public boolean cwndLimited;

  /** Delivery rate, bytes per second, or 0 if unknown. */
  public long deliveryBytesPerSecond;

  /** True if this acknowledgement crossed a round trip's end. */
  public boolean roundStart;

  /** True if that rate was measured by this acknowledgement. */
  public boolean rateFresh;

  /** True if the sender had too little to send when what is acknowledged left. */
  public boolean appLimited;

  /** Bytes in flight after this acknowledgement. */
  public int inFlightBytes;

  /** Bytes delivered since the connection began, with this acknowledgement. */
  public long deliveredTotalBytes;

  /** The same when the newest of what is acknowledged left. */
  public long deliveredBeforeBytes;

  /** Bytes found lost since the connection began. */
  public long lostTotalBytes;

  /** Those of them that were found since the newest of what is acknowledged left. */
  public int lostSinceSentBytes;

  /** Bytes in flight when that had left, with it. */
  public int inFlightAtSendBytes;
}
