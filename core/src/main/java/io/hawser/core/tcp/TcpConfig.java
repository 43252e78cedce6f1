package io.hawser.core.tcp;

/**
 * Settings of TCP, by the names and defaults of Linux's sysctls where it has them. Changes hold for
 * new connections.
 */
public final class TcpConfig {
  /** {@link #ecn}: never. */
  public static final int ECN_OFF = 0;

  /** {@link #ecn}: asked for and granted. */
  public static final int ECN_ASK = 1;

  /** {@link #ecn}: granted to peers that ask. */
  public static final int ECN_ANSWER = 2;

  /** net.ipv4.tcp_timestamps. */
  public boolean timestamps = true;

  /** net.ipv4.tcp_sack. */
  public boolean sack = true;

  /** net.ipv4.tcp_window_scaling. */
  public boolean windowScaling = true;

  /** Window scale offered, 0 to 14. */
  public int windowScale = 8;

  /** net.ipv4.tcp_syn_retries. */
  public int synRetries = 6;

  /** net.ipv4.tcp_synack_retries. */
  public int synAckRetries = 5;

  /** net.ipv4.tcp_retries2: expirations in a row that end an established connection. */
  public int retries2 = 15;

  /** First retransmission timeout (RFC 6298 section 2.1). */
  public long initialRtoNs = 1_000_000_000L;

  /** Least retransmission timeout. */
  public long minRtoNs = 200_000_000L;

  /** Largest retransmission timeout. */
  public long maxRtoNs = 120_000_000_000L;

  /** Longest an ACK is delayed. */
  public long delayedAckNs = 40_000_000L;

  /** net.ipv4.tcp_fin_timeout: how long an orphan waits in FIN-WAIT-2. */
  public long finTimeoutNs = 60_000_000_000L;

  /** How long TIME-WAIT lasts. */
  public long timeWaitNs = 60_000_000_000L;

  /** net.ipv4.tcp_slow_start_after_idle. */
  public boolean slowStartAfterIdle = true;

  /** net.ipv4.tcp_ecn: explicit congestion notification. */
  public int ecn = ECN_ANSWER;

  /** net.ipv4.tcp_mtu_probing: 1 is true here, and the default. */
  public boolean mtuProbing = true;

  /** net.ipv4.tcp_probe_interval: when a larger packet is tried again. */
  public long mtuProbeIntervalNs = 600_000_000_000L;

  /** What tuned receive buffers begin with (net.ipv4.tcp_rmem's second figure). */
  public int firstReceiveBytes = 256 << 10;

  /**
   * Segments are spread over the round trip, where that is longer than a millisecond and the path
   * slower than 1 Gbit/s.
   */
  public boolean pacing = true;

  /** net.ipv4.tcp_pacing_ss_ratio: the rate in slow start, percent of window by round trip. */
  public int pacingSlowStartPercent = 200;

  /** net.ipv4.tcp_pacing_ca_ratio: the rate otherwise. */
  public int pacingAvoidancePercent = 120;

  /** What tuned send buffers begin with, and keep at least (net.ipv4.tcp_wmem). */
  public int firstSendBytes = 64 << 10;

  /** TTL or hop limit of what is sent. */
  public int hopLimit = 64;

  /** TOS or traffic class of what is sent. */
  public int trafficClass;

  /** Largest segment offered and used; 0: what the MTU gives. */
  public int maxSegment;

  /** Silence before keep-alive probes; 0: none are sent. */
  public long keepIdleNs;

  /** Time between keep-alive probes. */
  public long keepIntervalNs = 75_000_000_000L;

  /** Unanswered probes that end a connection. */
  public int keepProbes = 9;

  /** RFC 5482: longest that sent data may stay unacknowledged; 0: as retries2 gives. */
  public long userTimeoutNs;

  /** A copy, so that later changes do not reach a connection. */
  public TcpConfig copy() {
    TcpConfig c = new TcpConfig();
    c.timestamps = timestamps;
    c.sack = sack;
    c.windowScaling = windowScaling;
    c.windowScale = windowScale;
    c.synRetries = synRetries;
    c.synAckRetries = synAckRetries;
    c.retries2 = retries2;
    c.initialRtoNs = initialRtoNs;
    c.minRtoNs = minRtoNs;
    c.maxRtoNs = maxRtoNs;
    c.delayedAckNs = delayedAckNs;
    c.finTimeoutNs = finTimeoutNs;
    c.timeWaitNs = timeWaitNs;
    c.slowStartAfterIdle = slowStartAfterIdle;
    c.ecn = ecn;
    c.mtuProbing = mtuProbing;
    c.mtuProbeIntervalNs = mtuProbeIntervalNs;
    c.firstReceiveBytes = firstReceiveBytes;
    c.firstSendBytes = firstSendBytes;
    c.pacing = pacing;
    c.pacingSlowStartPercent = pacingSlowStartPercent;
    c.pacingAvoidancePercent = pacingAvoidancePercent;
    c.hopLimit = hopLimit;
    c.trafficClass = trafficClass;
    c.maxSegment = maxSegment;
    c.keepIdleNs = keepIdleNs;
    c.keepIntervalNs = keepIntervalNs;
    c.keepProbes = keepProbes;
    c.userTimeoutNs = userTimeoutNs;
    return c;
  }
}
