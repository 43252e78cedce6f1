package io.hawser.event;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;

/**
 * Every fact that somebody outside may want to hear of. Times are the engine's clock, nanoseconds.
 */
public sealed interface Event {

  /** When it happened, on the engine's clock. */
  long atNs();

  /** Which connection it is about; 0 if none. */
  long connection();

  /** A connection is established. */
  record ConnectionEstablished(
      long atNs,
      long connection,
      Endpoint local,
      Endpoint remote,
      boolean multipath,
      boolean client)
      implements Event {}

  /** A connection is gone; {@code error} is empty for an orderly end. */
  record ConnectionClosed(long atNs, long connection, String error) implements Event {}

  /** A connection fell back to plain TCP. */
  record FellBack(long atNs, long connection, String reason) implements Event {}

  /** A subflow is on its way: its SYN was sent or taken. */
  record SubflowOpening(long atNs, long connection, int subflow, Endpoint local, Endpoint remote)
      implements Event {}

  /** A subflow may carry data. */
  record SubflowEstablished(
      long atNs, long connection, int subflow, Endpoint local, Endpoint remote, boolean backup)
      implements Event {}

  /** A subflow is gone. */
  record SubflowClosed(long atNs, long connection, int subflow, String reason) implements Event {}

  /** A subflow's priority changed; {@code byPeer} says who asked. */
  record PriorityChanged(long atNs, long connection, int subflow, boolean backup, boolean byPeer)
      implements Event {}

  /** The peer announced an address. */
  record AddressAnnounced(long atNs, long connection, int id, IpAddress address, int port)
      implements Event {}

  /** The peer withdrew an address. */
  record AddressRemoved(long atNs, long connection, int id) implements Event {}

  /** Data was sent again on another subflow. */
  record Reinjected(long atNs, long connection, int fromSubflow, int toSubflow, int bytes)
      implements Event {}

  /** A subflow's retransmission timer expired. */
  record RetransmissionTimeout(long atNs, long connection, int subflow, int backoff)
      implements Event {}

  /** A path answers no more ({@code stale}) or answers again. */
  record PathStale(long atNs, long connection, int subflow, boolean stale) implements Event {}
}
