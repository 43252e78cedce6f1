package io.hawser.core.api;

/**
 * Settings of a connection or of all that a listener accepts; immutable.
 *
 * @param multipath offer or accept MPTCP
 * @param scheduler name known to {@code Schedulers}
 * @param congestionControl name known to {@code CongestionControls}
 * @param sendBufferBytes most application bytes held for sending
 * @param receiveBufferBytes most memory held for receiving
 * @param noDelay Nagle's algorithm off
 * @param backup the first subflow is a backup
 */
public record ConnectionConfig(
    boolean multipath,
    String scheduler,
    String congestionControl,
    int sendBufferBytes,
    int receiveBufferBytes,
    boolean noDelay,
    boolean backup) {

  /** MPTCP, lowest RTT first, CUBIC, 4 MiB to send and 6 MiB to receive. */
  public static ConnectionConfig multipathDefaults() {
    return new ConnectionConfig(true, "lowest-rtt", "cubic", 4 << 20, 6 << 20, false, false);
  }

  /** Plain TCP with the same buffers. */
  public static ConnectionConfig tcpDefaults() {
    return multipathDefaults().withMultipath(false);
  }

  public ConnectionConfig withMultipath(boolean on) {
    return new ConnectionConfig(
        on, scheduler, congestionControl, sendBufferBytes, receiveBufferBytes, noDelay, backup);
  }

  public ConnectionConfig withScheduler(String name) {
    return new ConnectionConfig(
        multipath, name, congestionControl, sendBufferBytes, receiveBufferBytes, noDelay, backup);
  }

  public ConnectionConfig withCongestionControl(String name) {
    return new ConnectionConfig(
        multipath, scheduler, name, sendBufferBytes, receiveBufferBytes, noDelay, backup);
  }

  public ConnectionConfig withBuffers(int sendBytes, int receiveBytes) {
    return new ConnectionConfig(
        multipath, scheduler, congestionControl, sendBytes, receiveBytes, noDelay, backup);
  }

  public ConnectionConfig withNoDelay(boolean on) {
    return new ConnectionConfig(
        multipath, scheduler, congestionControl, sendBufferBytes, receiveBufferBytes, on, backup);
  }
}
