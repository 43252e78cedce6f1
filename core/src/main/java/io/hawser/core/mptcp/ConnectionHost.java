package io.hawser.core.mptcp;

import io.hawser.core.pm.EndpointTable;
import io.hawser.core.tcp.FastOpenCache;
import io.hawser.core.tcp.TcpConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a connection needs of the stack it lives in. */
public interface ConnectionHost {
  /** The only source of randomness. */
  RandomGenerator random();

  /** Who listens. */
  EventSink events();

  /** The connection has something new to tell; bits of {@code NewsSink}. */
  void news(MptcpConnection connection, int what);

  /** The connection wants to be polled, or its next deadline has changed. */
  void wake(MptcpConnection connection);

  /** Segments of this 4-tuple go to the subflow from now on; false if the 4-tuple is taken. */
  boolean register(Subflow subflow);

  /** The 4-tuple is free again. */
  void unregister(Subflow subflow);

  /** Joins with this token go to the connection; false if another connection has it. */
  boolean registerToken(int token, MptcpConnection connection);

  /** The token is free again. */
  void unregisterToken(int token);

  /**
   * Local address that packets to a remote one leave from, or null if there is none of its family.
   */
  @Nullable IpAddress route(IpAddress remote);

  /** False while the way out from a local address is known to be broken. */
  boolean works(IpAddress local);

  /** A free local port, or 0. */
  int ephemeralPort(IpAddress local, Endpoint remote);

  /** Initial sequence number (RFC 6528). */
  int initialSequence(Endpoint local, Endpoint remote, long nowNs);

  /** What timestamps are counted from (RFC 7323 section 5.4). */
  int timestampOffset(Endpoint local, Endpoint remote);

  /** What is known of servers for Fast Open. */
  FastOpenCache fastOpenCache();

  /** Settings for new subflows. */
  TcpConfig tcpConfig();

  /** Largest IP packet. */
  int mtuBytes();

  /** Largest super-segment. */
  int superSegmentBytes();

  /** Path manager's endpoints and limits. */
  EndpointTable endpoints();

  /** The stack's addresses whose way out works. */
  List<IpAddress> addresses();

  /** True if this side asks for DSS checksums. */
  boolean checksumRequired();

  /** Upper bound of the wait before ADD_ADDR is repeated. */
  long addAddrTimeoutNs();
}
