package io.hawser.core.tcp;

/** The timers of one TCP connection. */
enum TcpTimer {
  /** RFC 6298; of a SYN as well. */
  RETRANSMIT,
  /** RFC 8985 section 7. */
  TAIL_PROBE,
  /** RFC 8985 section 6. */
  REORDERING,
  /** When the next segment of a paced sender may leave. */
  PACING,
  /** Zero-window probes (RFC 9293 section 3.8.6.1). */
  PROBE,
  /** RFC 9293 section 3.8.6.3. */
  DELAYED_ACK,
  /** RFC 9293 section 3.8.4. */
  KEEP_ALIVE,
  /** TIME-WAIT, and FIN-WAIT-2 of an orphan. */
  LINGER
}
