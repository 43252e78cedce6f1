package io.hawser.core;

import io.hawser.core.tcp.TcpConfig;

/**
 * Settings of a stack; they may be changed between calls, and hold for connections made afterwards.
 * Names and defaults follow Linux's sysctls where it has them.
 */
public final class StackConfig {
  /** Largest IP packet, bytes. */
  public int mtuBytes = 1500;

  /** Largest super-segment payload the device takes, bytes; 0: single segments only. */
  public int superSegmentBytes;

  /** net.mptcp.enabled. */
  public boolean mptcpEnabled = true;

  /** net.mptcp.checksum_enabled. */
  public boolean mptcpChecksum;

  /** net.mptcp.add_addr_timeout: upper bound of the wait before ADD_ADDR is repeated. */
  public long addAddrTimeoutNs = 120_000_000_000L;

  /** Most half-open connections of one listener. */
  public int maxHalfOpen = 4096;

  /** net.ipv4.tcp_syncookies: SYNs beyond that are answered without keeping anything. */
  public boolean synCookies = true;

  /** ICMP errors and RSTs for unknown traffic, most a second. */
  public int answersPerSecond = 1000;

  /** TCP's own settings. */
  public final TcpConfig tcp = new TcpConfig();
}
