package io.hawser.wire;

/** Why a packet was not taken; {@link #NONE} if it was. Each reason is counted by whoever drops. */
public enum DropReason {
  /** Taken. */
  NONE,
  /** Shorter than its own headers or lengths say. */
  TRUNCATED,
  /** Neither IPv4 nor IPv6, or an IPv4 header length under 20. */
  NOT_IP,
  /** The IPv4 header checksum is wrong. */
  IP_CHECKSUM,
  /** A fragment; the stack sends with DF and takes no fragments. */
  FRAGMENT,
  /** An IPv6 extension header that is malformed, or a chain that is too long. */
  IPV6_EXTENSION,
  /** A transport protocol nobody here serves. */
  UNKNOWN_PROTOCOL,
  /** TCP data offset under 5 or beyond the segment. */
  TCP_HEADER,
  /** A TCP option's length is 0, 1 or beyond the header. */
  TCP_OPTION,
  /** The transport checksum is wrong. */
  TRANSPORT_CHECKSUM,
  /** Not addressed to one of the stack's addresses. */
  NOT_OURS,
  /** A source address that cannot be answered (multicast, broadcast, our own). */
  BAD_SOURCE,
  /** No connection or listener; answered by RST or an ICMP error. */
  NO_CONNECTION,
  /**
   * Outside the receive window or otherwise unacceptable (RFC 9293 section 3.10.7.4); answered by
   * an ACK.
   */
  UNACCEPTABLE,
  /** An acknowledgement of something never sent. */
  BAD_ACK,
  /** Timestamp older than the last (RFC 7323 section 5). */
  PAWS,
  /** A listener's queue is full. */
  BACKLOG_FULL,
  /** Held memory is at its bound. */
  NO_MEMORY,
  /** An answer was due but its rate limit is used up. */
  RATE_LIMITED
}
