package io.hawser.linux;

import io.hawser.wire.Endpoint;
import java.util.List;

/**
 * An MPTCP connection of any program in a network namespace.
 *
 * @param token the local token
 * @param state the connection's state in TCP's numbers: 1 is ESTABLISHED
 * @param userId whose it is
 * @param inode the socket's number under {@code /proc/PID/fd}
 */
public record KernelConnection(
    int token,
    int state,
    Endpoint local,
    Endpoint remote,
    int userId,
    long inode,
    MptcpInfo info,
    List<KernelSubflow> subflows) {

  /** Copies the list. */
  public KernelConnection {
    subflows = List.copyOf(subflows);
  }
}
