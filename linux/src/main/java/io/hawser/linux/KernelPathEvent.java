package io.hawser.linux;

import io.hawser.wire.Endpoint;

/**
 * What the kernel's path manager tells of its MPTCP connections. Each end of a connection has its
 * own token.
 */
public sealed interface KernelPathEvent {

  /** The connection's local token; 0 if it is about none. */
  default int token() {
    return 0;
  }

  /** A connection began; its peer need not have confirmed it. */
  record Created(int token, Endpoint local, Endpoint remote, boolean server)
      implements KernelPathEvent {}

  /**
   * A connection may have more subflows from now on.
   *
   * @param denyJoinToFirst the peer refuses joins to the address of its first subflow
   */
  record Established(
      int token, Endpoint local, Endpoint remote, boolean server, boolean denyJoinToFirst)
      implements KernelPathEvent {}

  /** A connection ended. The kernel does not tell the end of its subflows besides. */
  record Closed(int token) implements KernelPathEvent {}

  /** The peer announced an address; without a port of its own it is the connection's. */
  record Announced(int token, int remoteId, Endpoint address) implements KernelPathEvent {}

  /** The peer took an address back. */
  record Removed(int token, int remoteId) implements KernelPathEvent {}

  /** One subflow, as events name it. */
  record Path(
      int localId,
      int remoteId,
      Endpoint local,
      Endpoint remote,
      boolean backup,
      int interfaceIndex) {}

  /** A subflow was added. */
  record SubflowEstablished(int token, Path path) implements KernelPathEvent {}

  /**
   * A subflow ended.
   *
   * @param errno the socket's error, or 0
   * @param resetReason MP_TCPRST's reason, or 0
   */
  record SubflowClosed(int token, Path path, int errno, int resetReason)
      implements KernelPathEvent {}

  /** A subflow became a backup or ceased to be one. */
  record SubflowPriority(int token, Path path) implements KernelPathEvent {}

  /** A program listens for MPTCP. */
  record ListenerCreated(Endpoint local) implements KernelPathEvent {}

  /** It does so no more. */
  record ListenerClosed(Endpoint local) implements KernelPathEvent {}

  /** Some events were lost, as nobody took them in time; ask {@link SocketDiag} for the state. */
  record Missed() implements KernelPathEvent {}

  /** An event of a newer kernel. */
  record Unknown(int number, int token) implements KernelPathEvent {}
}
