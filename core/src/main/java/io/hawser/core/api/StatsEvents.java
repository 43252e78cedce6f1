package io.hawser.core.api;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.function.Function;

/** A connection's figures as events. */
public final class StatsEvents {
  private final String host;
  private final long connection;
  private final Function<IpAddress, String> linkOf;

  /**
   * For one connection.
   *
   * @param host which end this is
   * @param connection the number that its samples carry
   * @param linkOf the link that an address belongs to, local or remote; empty if unknown
   */
  public StatsEvents(String host, long connection, Function<IpAddress, String> linkOf) {
    this.host = host;
    this.connection = connection;
    this.linkOf = linkOf;
  }

  /** The link of a pair of addresses. */
  public String link(Endpoint local, Endpoint remote) {
    String byLocal = linkOf.apply(local.address());
    return byLocal.isEmpty() ? linkOf.apply(remote.address()) : byLocal;
  }

  /** Tells the connection's figures and those of its subflows. */
  public void tell(ConnectionStats stats, long atNs, EventSink sink) {
    sink.accept(
        new Event.ConnectionSample(
            atNs,
            connection,
            host,
            stats.bytesAcked(),
            stats.bytesReceived(),
            stats.reinjectedBytes(),
            stats.heldReceiveBytes()));
    for (ConnectionStats.SubflowStats s : stats.subflows()) {
      sink.accept(
          new Event.SubflowSample(
              atNs,
              connection,
              host,
              s.id(),
              link(s.local(), s.remote()),
              s.local(),
              s.remote(),
              s.state(),
              s.backup(),
              s.bytesSent(),
              s.bytesReceived(),
              s.smoothedRttNs(),
              s.cwndBytes(),
              s.inFlightBytes(),
              s.segmentsRetransmitted()));
    }
  }
}
