package io.hawser.core;

import io.hawser.core.tcp.TcpConfig;
import org.jspecify.annotations.Nullable;

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

  /** net.ipv4.ip_local_port_range: the first port that connections are given. */
  public int firstPort = 32_768;

  /** The last one. */
  public int lastPort = 60_999;

  /** Most half-open connections of one listener. */
  public int maxHalfOpen = 4096;

  /** net.ipv4.tcp_syncookies: SYNs beyond that are answered without keeping anything. */
  public boolean synCookies = true;

  /**
   * Most Fast Open connections of one listener whose handshake is not over (RFC 7413,
   * PendingFastOpenRequests); more are opened as without.
   */
  public int maxFastOpens = 256;

  /**
   * net.ipv4.tcp_fastopen_key: the secret of Fast Open cookies, 16 bytes, for servers behind one
   * address; null: drawn at random, and changed.
   */
  public byte @Nullable [] fastOpenKey;

  /** How long such a secret is used; its cookies hold for as long again. */
  public long fastOpenKeyLifeNs = 3_600_000_000_000L;

  /** ICMP errors and RSTs for unknown traffic, most a second. */
  public int answersPerSecond = 1000;

  /** TCP's own settings. */
  public final TcpConfig tcp = new TcpConfig();
}
