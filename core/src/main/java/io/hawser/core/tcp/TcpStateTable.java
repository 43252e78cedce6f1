package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpState.CLOSED;
import static io.hawser.core.tcp.TcpState.CLOSE_WAIT;
import static io.hawser.core.tcp.TcpState.CLOSING;
import static io.hawser.core.tcp.TcpState.ESTABLISHED;
import static io.hawser.core.tcp.TcpState.FIN_WAIT_1;
import static io.hawser.core.tcp.TcpState.FIN_WAIT_2;
import static io.hawser.core.tcp.TcpState.LAST_ACK;
import static io.hawser.core.tcp.TcpState.SYN_RECEIVED;
import static io.hawser.core.tcp.TcpState.SYN_SENT;
import static io.hawser.core.tcp.TcpState.TIME_WAIT;

import org.jspecify.annotations.Nullable;

/** The diagram of RFC 9293 section 3.3.2 as data. */
final class TcpStateTable {
  /** What moves a connection. */
  enum Input {
    ACTIVE_OPEN,
    PASSIVE_OPEN,
    /** SYN without an acceptable ACK, in SYN-SENT. */
    SYN,
    SYN_ACK,
    ACK_OF_SYN,
    CLOSE,
    FIN,
    ACK_OF_FIN,
    TIMEOUT,
    RESET
  }

  // Rows: states in the order of the enum; columns: inputs in theirs. Null: no transition.
  private static final @Nullable TcpState[][] NEXT = {
    // ACTIVE    PASSIVE       SYN           SYN_ACK      ACK_OF_SYN   CLOSE       FIN
    // ACK_OF_FIN  TIMEOUT RESET
    {SYN_SENT, SYN_RECEIVED, null, null, null, null, null, null, null, null},
    {null, null, SYN_RECEIVED, ESTABLISHED, null, CLOSED, null, null, CLOSED, CLOSED},
    {null, null, null, null, ESTABLISHED, FIN_WAIT_1, CLOSE_WAIT, null, CLOSED, CLOSED},
    {null, null, null, null, null, FIN_WAIT_1, CLOSE_WAIT, null, CLOSED, CLOSED},
    {null, null, null, null, null, null, CLOSING, FIN_WAIT_2, CLOSED, CLOSED},
    {null, null, null, null, null, null, TIME_WAIT, null, CLOSED, CLOSED},
    {null, null, null, null, null, LAST_ACK, null, null, CLOSED, CLOSED},
    {null, null, null, null, null, null, null, TIME_WAIT, CLOSED, CLOSED},
    {null, null, null, null, null, null, null, CLOSED, CLOSED, CLOSED},
    {null, null, null, null, null, null, null, null, CLOSED, CLOSED},
  };

  // The rows above follow this order.
  private static final TcpState[] ROWS = {
    CLOSED,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT
  };

  private TcpStateTable() {}

  /** The state after an input; the same state if the input moves nothing. */
  static TcpState next(TcpState from, Input input) {
    TcpState next = NEXT[row(from)][input.ordinal()];
    return next == null ? from : next;
  }

  private static int row(TcpState state) {
    for (int i = 0; i < ROWS.length; i++) {
      if (ROWS[i] == state) {
        return i;
      }
    }
    throw new IllegalStateException("no row for " + state);
  }
}
