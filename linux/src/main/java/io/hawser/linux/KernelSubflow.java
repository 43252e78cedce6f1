package io.hawser.linux;

/**
 * A subflow of a kernel MPTCP connection.
 *
 * @param token the connection's local token; 0 without CAP_NET_ADMIN
 * @param remoteToken the peer's token, for subflows that this side joined; else 0
 * @param initial whether it began the connection (MP_CAPABLE), or else joined it
 * @param backupHere this side asked for a backup
 * @param backupByPeer the peer asked for a backup
 * @param established whether the peer is known to have MPTCP's state too
 * @param tcp addresses and counters: round-trip time, window, bytes acknowledged and received,
 *     retransmissions
 */
public record KernelSubflow(
    int token,
    int remoteToken,
    int localId,
    int remoteId,
    boolean initial,
    boolean backupHere,
    boolean backupByPeer,
    boolean established,
    KernelTcpSocket tcp) {

  /** Whether either side wants it for emergencies only. */
  public boolean backup() {
    return backupHere || backupByPeer;
  }
}
