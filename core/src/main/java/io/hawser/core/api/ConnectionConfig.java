package io.hawser.core.api;

/**
 * Settings of a connection or of all that a listener accepts; immutable.
 *
 * @param multipath offer or accept MPTCP
 * @param scheduler name known to {@code Schedulers}
 * @param congestionControl name known to {@code CongestionControls}
 * @param buffers how much is held for sending and receiving
 * @param noDelay Nagle's algorithm off
 * @param backup the first subflow is a backup
 * @param fastOpen TCP Fast Open (RFC 7413): a client asks the server for a cookie, and with a
 *     cookie what was written before the SYN leaves rides in it; a listener gives cookies and hands
 *     data of SYNs on at once. Off by default, because a SYN that the network doubles may deliver
 *     its data a second time, to a connection of its own: only for requests that bear it
 * @param leanMappings a mapping of several segments is said by the first of them only (RFC 8684
 *     section 3.3.1), which leaves the others 28 bytes more for data
 */
public record ConnectionConfig(
    boolean multipath,
    String scheduler,
    String congestionControl,
    Buffers buffers,
    boolean noDelay,
    boolean backup,
    FastOpenUse fastOpen,
    boolean leanMappings) {

  /** MPTCP, lowest RTT first, CUBIC, {@link Buffers#DEFAULTS}. */
  public static ConnectionConfig multipathDefaults() {
    return new ConnectionConfig(
        true, "lowest-rtt", "cubic", Buffers.DEFAULTS, false, false, FastOpenUse.OFF, true);
  }

  /** Plain TCP with the same buffers. */
  public static ConnectionConfig tcpDefaults() {
    return multipathDefaults().withMultipath(false);
  }

  public ConnectionConfig withMultipath(boolean on) {
    return on == multipath
        ? this
        : new ConnectionConfig(
            on, scheduler, congestionControl, buffers, noDelay, backup, fastOpen, leanMappings);
  }

  public ConnectionConfig withScheduler(String name) {
    return new ConnectionConfig(
        multipath, name, congestionControl, buffers, noDelay, backup, fastOpen, leanMappings);
  }

  public ConnectionConfig withCongestionControl(String name) {
    return new ConnectionConfig(
        multipath, scheduler, name, buffers, noDelay, backup, fastOpen, leanMappings);
  }

  /** Buffers of just these sizes. */
  public ConnectionConfig withBuffers(int sendBytes, int receiveBytes) {
    return withBuffers(Buffers.fixed(sendBytes, receiveBytes));
  }

  public ConnectionConfig withBuffers(Buffers sizes) {
    return new ConnectionConfig(
        multipath, scheduler, congestionControl, sizes, noDelay, backup, fastOpen, leanMappings);
  }

  public ConnectionConfig withNoDelay(boolean on) {
    return new ConnectionConfig(
        multipath, scheduler, congestionControl, buffers, on, backup, fastOpen, leanMappings);
  }

  /** Fast Open with cookies, or none. */
  public ConnectionConfig withFastOpen(boolean on) {
    return withFastOpen(on ? FastOpenUse.WITH_COOKIE : FastOpenUse.OFF);
  }

  public ConnectionConfig withFastOpen(FastOpenUse on) {
    return new ConnectionConfig(
        multipath, scheduler, congestionControl, buffers, noDelay, backup, on, leanMappings);
  }

  public ConnectionConfig withLeanMappings(boolean on) {
    return new ConnectionConfig(
        multipath, scheduler, congestionControl, buffers, noDelay, backup, fastOpen, on);
  }

  /** Most application bytes held for sending. */
  public int sendBufferBytes() {
    return buffers.sendBytes();
  }

  /** Most memory held for receiving. */
  public int receiveBufferBytes() {
    return buffers.receiveBytes();
  }
}
