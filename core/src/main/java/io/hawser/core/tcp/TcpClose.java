package io.hawser.core.tcp;

/** Why a TCP connection is closed. */
public enum TcpClose {
  /** It is not. */
  NONE,
  /** Both FINs are acknowledged. */
  ORDERLY,
  /** RST in answer to a SYN. */
  REFUSED,
  /** RST later. */
  RESET,
  /** No answer within the retransmission limit (R2) or the user timeout. */
  TIMED_OUT,
  /** ICMP said the destination cannot be reached, and nothing else worked. */
  UNREACHABLE,
  /** Aborted from here. */
  ABORTED
}
