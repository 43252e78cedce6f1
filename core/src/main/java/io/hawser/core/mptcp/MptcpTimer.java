package io.hawser.core.mptcp;

/** The timers of one connection, beside those of its subflows. */
enum MptcpTimer {
  /** DATA_FIN is repeated until acknowledged. */
  DATA_FIN,
  /** Bytes acknowledged by their subflows but not by a DATA_ACK. */
  DATA_LAG,
  /** A path with data on its way has been silent for too long. */
  SILENCE,
  /** A path that was left is asked whether it is back. */
  STALE_PROBE,
  /** The data-level window is closed. */
  WINDOW_PROBE,
  /** ADD_ADDR is repeated until echoed. */
  ADD_ADDR,
  /** Path management looks again: a back-off is over. */
  PATHS,
  /** The third ACK of a join is repeated until answered. */
  JOIN_PROOF,
  /** A withdrawn path is probed, or has not answered. */
  REMOVED,
  /** Payload without a mapping waits. */
  UNMAPPED,
  /** An orphan, or a connection without subflows, ends. */
  END
}
