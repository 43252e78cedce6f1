package io.hawser.core;

import io.hawser.core.buffer.ChunkPool;
import io.hawser.core.pm.EndpointTable;
import io.hawser.event.EventSink;
import io.hawser.wire.BufferPool;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketSink;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The engine: packets and time in, packets and news out. One thread owns it; it reads no clock and
 * takes no lock.
 */
public final class Stack {
  public Stack(
      StackConfig config,
      BufferPool buffers,
      ChunkPool chunks,
      RandomGenerator random,
      EventSink events) {
    throw new IllegalStateException("written by the mptcp helper");
  }

  public StackConfig config() {
    throw new IllegalStateException();
  }

  /** Local addresses: packets to others are not ours; a subflow's source address tells its path. */
  public void addAddress(IpAddress address, long nowNs) {
    throw new IllegalStateException();
  }

  /**
   * Connections using it lose their subflows there (REMOVE_ADDR is sent where it was announced).
   */
  public void removeAddress(IpAddress address, long nowNs) {
    throw new IllegalStateException();
  }

  public List<IpAddress> addresses() {
    throw new IllegalStateException();
  }

  /**
   * The path manager's endpoints and limits, in the words of {@code ip mptcp}; changes act on live
   * connections.
   */
  public EndpointTable endpoints() {
    throw new IllegalStateException();
  }

  /** In: one IP packet or super-segment, lent for the call. */
  public DropReason receive(PacketBuffer packet, PacketMeta meta, long nowNs) {
    throw new IllegalStateException();
  }

  /** Expired timers, then bounded transmission. */
  public void poll(long nowNs, PacketSink out) {
    throw new IllegalStateException();
  }

  /** Tells which connections became readable, writable, connected or closed since the last call. */
  public void news(NewsSink sink) {
    throw new IllegalStateException();
  }

  /**
   * When poll is due next: a time already reached if something waits to be sent; Long.MAX_VALUE:
   * nothing to wait for.
   */
  public long nextDeadlineNs() {
    throw new IllegalStateException();
  }

  /**
   * Opens a connection. Local address ANY or port 0: the stack chooses. A failure shows in the
   * connection's phase.
   */
  public Connection connect(Endpoint local, Endpoint remote, ConnectionConfig config, long nowNs) {
    throw new IllegalStateException();
  }

  /**
   * Listens on a port of one local address or of all (ANY4, ANY6); port 0: the stack chooses.
   *
   * @throws AddressInUseException if another listener has it
   */
  public Listener listen(Endpoint local, int backlog, ConnectionConfig config) {
    throw new IllegalStateException();
  }

  /** Live connections, for statistics. */
  public List<Connection> connections() {
    throw new IllegalStateException();
  }

  /** Aborts everything and frees its memory; poll once more to send the RSTs. */
  public void abortAll(long nowNs) {
    throw new IllegalStateException();
  }

  /** Packets dropped for this reason so far. */
  public long dropped(DropReason reason) {
    throw new IllegalStateException();
  }
}
