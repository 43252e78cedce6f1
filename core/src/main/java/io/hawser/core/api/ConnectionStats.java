package io.hawser.core.api;

import io.hawser.wire.Endpoint;
import java.util.List;

/**
 * Figures of one connection at one moment.
 *
 * @param bytesSent application bytes sent for the first time
 * @param bytesAcked application bytes acknowledged at data level
 * @param bytesReceived application bytes received in order
 * @param reinjectedBytes bytes sent again on another subflow
 * @param heldReceiveBytes memory held for bytes not yet read
 */
public record ConnectionStats(
    boolean multipath,
    long bytesSent,
    long bytesAcked,
    long bytesReceived,
    long reinjectedBytes,
    long heldReceiveBytes,
    List<SubflowStats> subflows) {

  /** Before anything was counted. */
  public static final ConnectionStats NONE = new ConnectionStats(false, 0, 0, 0, 0, 0, List.of());

  /** Figures of one subflow, gone ones included. */
  public record SubflowStats(
      int id,
      Endpoint local,
      Endpoint remote,
      String state,
      boolean backup,
      boolean stale,
      long bytesSent,
      long bytesReceived,
      long bytesRetransmitted,
      long segmentsRetransmitted,
      int cwndBytes,
      int inFlightBytes,
      long smoothedRttNs,
      long minRttNs) {}
}
