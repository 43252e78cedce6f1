package io.hawser.core.tcp;

import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.cc.CongestionControl;
import io.hawser.wire.Endpoint;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;

/**
 * One TCP connection (RFC 9293) between two endpoints, the transport of one subflow. It owns no
 * payload: it sends ranges of the connection's {@link SendBuffer} and lends received payload to
 * whoever polls it. It is fed segments and time, and asked.
 */
public final class TcpConnection {

  public TcpConnection(
      TcpConfig config,
      Endpoint local,
      Endpoint remote,
      SendBuffer sendBuffer,
      CongestionControl congestion,
      TcpExtension extension,
      int initialSequence,
      int timestampOffset) {
    throw new IllegalStateException("written by the tcp helper");
  }

  /** Active open: the SYN goes out with the next poll. */
  public void connect(long nowNs) {
    throw new IllegalStateException();
  }

  /**
   * Passive open on a SYN that the caller has accepted: the SYN/ACK goes out with the next poll.
   */
  public void accept(PacketView syn, long nowNs) {
    throw new IllegalStateException();
  }

  /** One segment for this connection, the checks of RFC 9293 section 3.10.7 first. */
  public void receive(PacketView segment, long nowNs) {
    throw new IllegalStateException();
  }

  /**
   * Expired timers, then what TCP itself has to send: SYN, retransmissions, probes, FIN, RST, ACKs
   * that are due.
   */
  public void poll(long nowNs, TcpOutput out) {
    throw new IllegalStateException();
  }

  /**
   * True if poll has something to do before its deadline: state changed, an ACK is due,
   * retransmissions wait.
   */
  public boolean wantsPoll() {
    throw new IllegalStateException();
  }

  /** Earliest timer, or Long.MAX_VALUE. */
  public long nextDeadlineNs() {
    throw new IllegalStateException();
  }

  /**
   * Bytes of new data that may be sent now: congestion window, peer's window and pacing, at most
   * one super-segment.
   */
  public int sendRoomBytes(long nowNs) {
    throw new IllegalStateException();
  }

  /**
   * Sends new data: the stream's bytes [dataOffset, dataOffset + length) become the next bytes of
   * this subflow, under one mapping. The length may be more than an MSS (a super-segment) but not
   * more than {@link #sendRoomBytes}.
   *
   * @param push whether to set PSH (nothing follows for now)
   * @return bytes taken: length, or 0 if the device had no room (nothing happened then)
   */
  public int send(long dataOffset, int length, boolean push, long nowNs, TcpOutput out) {
    throw new IllegalStateException();
  }

  /** An ACK goes out with the next poll, whatever delays apply. */
  public void ackNow() {
    throw new IllegalStateException();
  }

  /** FIN after everything sent; the receiving side stays open. */
  public void shutdown(long nowNs) {
    throw new IllegalStateException();
  }

  /**
   * RST if the state calls for one (RFC 9293 section 3.10.5), and CLOSED. Extension options ride on
   * it.
   */
  public void abort(long nowNs) {
    throw new IllegalStateException();
  }

  /**
   * Moves to the next in-order received piece if there is one; its buffer reference then belongs to
   * the caller.
   */
  public boolean pollPayload() {
    throw new IllegalStateException();
  }

  public PacketBuffer payloadBuffer() {
    throw new IllegalStateException();
  }

  public int payloadOffset() {
    throw new IllegalStateException();
  }

  public int payloadLength() {
    throw new IllegalStateException();
  }

  /** Relative sequence number of the piece's first byte (first data byte of the connection: 1). */
  public long payloadSsn() {
    throw new IllegalStateException();
  }

  /** True once all data up to the peer's FIN was polled. */
  public boolean peerFinished() {
    throw new IllegalStateException();
  }

  /**
   * Stream offset of the first byte this connection may still have to retransmit; Long.MAX_VALUE if
   * none.
   */
  public long lowestUnackedOffset() {
    throw new IllegalStateException();
  }

  /**
   * Ranges sent and not cumulatively acknowledged, oldest first, for reinjection elsewhere; index <
   * {@link #unackedCount}.
   */
  public TxRange unacked(int index) {
    throw new IllegalStateException();
  }

  public int unackedCount() {
    throw new IllegalStateException();
  }

  /** Relative sequence number of the next new byte to be sent (1 before any data). */
  public long nextSsn() {
    throw new IllegalStateException();
  }

  /** Relative sequence number of the first byte not acknowledged. */
  public long unackedSsn() {
    throw new IllegalStateException();
  }

  /** Relative sequence number of the next byte expected from the peer. */
  public long receiveSsn() {
    throw new IllegalStateException();
  }

  /**
   * Makes a 32-bit relative sequence number (as in a DSS) 64-bit, near what is expected from the
   * peer.
   */
  public long unwrapReceiveSsn(int ssn) {
    throw new IllegalStateException();
  }

  public TcpState state() {
    throw new IllegalStateException();
  }

  /** Why it is CLOSED, or NONE. */
  public TcpClose closeReason() {
    throw new IllegalStateException();
  }

  public Endpoint local() {
    throw new IllegalStateException();
  }

  public Endpoint remote() {
    throw new IllegalStateException();
  }

  /** Changes the congestion control in mid-transfer. */
  public void congestionControl(CongestionControl next) {
    throw new IllegalStateException();
  }

  /** Figures, live. */
  public TcpStats stats() {
    throw new IllegalStateException();
  }
}
