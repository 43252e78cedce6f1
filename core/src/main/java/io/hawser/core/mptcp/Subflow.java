package io.hawser.core.mptcp;

import io.hawser.core.buffer.Reassembler;
import io.hawser.core.cc.CongestionControl;
import io.hawser.core.sched.SubflowView;
import io.hawser.core.tcp.TcpConnection;
import io.hawser.core.tcp.TcpExtension;
import io.hawser.core.tcp.TcpState;
import io.hawser.core.tcp.TxRange;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection as a path of a multipath connection: its options both ways, the mappings it
 * was told, and its priority. Plain TCP is a connection with one of these and the identity mapping.
 */
public final class Subflow implements TcpExtension, SubflowView {
  /** What this subflow is to the connection. */
  enum Role {
    FIRST,
    JOIN_SENT,
    JOIN_TAKEN
  }

  private final int id;
  private static final int LONGEST_REST_ROUNDS = 16;

  private final MptcpConnection connection;
  private final Role role;
  final SubflowOptions options;
  final SubflowInput input;
  final MappingTable mappings = new MappingTable();
  private @Nullable TcpConnection tcp;

  final int localId;

  /** The local address as the path manager named it; it may be ANY. */
  IpAddress askedFrom = IpAddress.ANY4;

  int remoteId;
  boolean backupByUs;
  boolean backupByPeer;
  boolean stale;

  /** Our address is gone: it only ends, and another may take its place when it comes back. */
  boolean withdrawn;

  boolean established;
  boolean closedNoted;

  /** The peer does not want it, and does not call that transient (RFC 8684 section 3.6). */
  boolean refused;

  int reinjectedAtBackoff;

  /** The last delivery before a silence for which data was moved already. */
  long silentSinceNs = -1;

  /** Whether the peer withdrew its address there. */
  enum Doubt {
    NONE,
    /** It did; what was under way arrives still. */
    WITHDRAWN,
    /** A probe asks whether the path works. */
    PROBED
  }

  Doubt doubt = Doubt.NONE;
  long doubtUntilNs;

  /** When the last segment came. */
  long lastHeardNs;

  private long askedNs;

  /** The silence of another path for which this backup was asked. */
  long askedForNs = -1;

  /** No new data until then: it has held up the stream. */
  long restsUntilNs;

  private int restRounds;

  long unmappedSinceNs = -1;

  /** When the third ACK goes again; -1: none is waited for. */
  long proofDueNs = -1;

  byte proofRepeats;
  private @Nullable PacketBuffer piece;
  private int pieceOffset;
  private int pieceLength;
  private long pieceSsn;
  private long bytesDelivered;

  Subflow(int id, MptcpConnection connection, Role role, int localId, int remoteId) {
    this.id = id;
    this.connection = connection;
    this.role = role;
    this.localId = localId;
    this.remoteId = remoteId;
    this.options = new SubflowOptions(this, connection);
    this.input = new SubflowInput(this, connection, options);
  }

  void transport(TcpConnection transport) {
    tcp = transport;
    askedFrom = transport.local().address();
  }

  TcpConnection tcp() {
    TcpConnection transport = tcp;
    if (transport == null) {
      throw new IllegalStateException("a subflow without a transport");
    }
    return transport;
  }

  MptcpConnection connection() {
    return connection;
  }

  Role role() {
    return role;
  }

  /** Local end. */
  public Endpoint local() {
    return tcp().local();
  }

  /** Remote end. */
  public Endpoint remote() {
    return tcp().remote();
  }

  /** Feeds a segment of this subflow. */
  public void receive(PacketView s, long nowNs) {
    lastHeardNs = nowNs;
    connection.receive(this, s, nowNs);
  }

  /** An ICMP error about a segment of this subflow. */
  public void unreachable(long nowNs) {
    tcp().unreachable(nowNs);
    connection.touched();
  }

  /** The path's MTU is smaller than a segment of this subflow was. */
  public void pathMtu(int bytes, long nowNs) {
    tcp().pathMtu(bytes, nowNs);
    connection.touched();
  }

  /**
   * True if a sequence number quoted by an ICMP error is one of ours in flight (RFC 5927 section
   * 4).
   */
  public boolean hasInFlight(int seq) {
    return tcp().isOutstanding(seq);
  }

  /**
   * True if this is a TIME-WAIT that a new SYN may replace (RFC 6191, RFC 1122 section 4.2.2.13).
   */
  public boolean yieldsTo(PacketView s) {
    return tcp().yieldsTo(s);
  }

  /** Frees the 4-tuple of a TIME-WAIT for a new connection. */
  public void makeWay(long nowNs) {
    connection.host.unregister(this);
    tcp().abort(nowNs);
    connection.touched();
  }

  /** Makes the peer say something here. */
  void ask(long nowNs) {
    askedNs = nowNs;
    tcp().probe();
  }

  /** Whether anything has come since. */
  boolean answers() {
    return lastHeardNs > askedNs;
  }

  /** Gives no new data for some round trips: ever more of them while it holds up the stream. */
  void rest(long nowNs) {
    if (nowNs < restsUntilNs) {
      // Piece after piece of what it has under way is overtaken: that is one occasion.
      return;
    }
    long round = smoothedRttNs();
    boolean again = nowNs - restsUntilNs < LONGEST_REST_ROUNDS * round;
    restRounds = again ? Math.min(Math.max(1, restRounds) * 2, LONGEST_REST_ROUNDS) : 1;
    restsUntilNs = nowNs + restRounds * round;
  }

  boolean isFirst() {
    return role == Role.FIRST;
  }

  /** True if data may be sent on it: handshakes done, not closing. */
  boolean carriesData() {
    return established && !closedNoted && tcp().carriesData();
  }

  boolean isLive() {
    return !closedNoted;
  }

  // ---- TcpExtension ----

  @Override
  public int dataOptionBytes() {
    return connection.optionBytes();
  }

  @Override
  public int continuedOptionBytes() {
    return leavesOutMappings() ? 0 : dataOptionBytes();
  }

  /**
   * True if segments that go on with a mapping need not say it: once a DATA_ACK has answered data
   * here (RFC 8684 section 3.7), and as long as nothing looks as if the peer lacked one.
   */
  boolean leavesOutMappings() {
    return connection.lean && connection.multipath() && input.dataHeard();
  }

  @Override
  public int writeOptions(
      Slot slot,
      MemorySegment header,
      long offset,
      int space,
      @Nullable TxRange range,
      long nowNs) {
    return options.write(slot, header, offset, space, range, nowNs);
  }

  @Override
  public Verdict onSegment(PacketView s, long nowNs) {
    return input.read(s, nowNs);
  }

  @Override
  public int receiveWindowBytes() {
    return connection.receiveWindowBytes();
  }

  @Override
  public int receiveCapacityBytes() {
    return connection.in.capacity();
  }

  @Override
  public boolean windowIsShared() {
    return connection.multipath();
  }

  @Override
  public boolean wantsAck(long nowNs) {
    return options.wantsAck();
  }

  /**
   * A relative sequence number as it stands in a DSS: data of the SYN does not count (RFC 8684
   * appendix B.2).
   */
  int wireSsn(long ssn) {
    return (int) (ssn - (isFirst() ? connection.early.sentBytes() : 0));
  }

  /** The relative sequence number that a DSS of the peer's means. */
  long receiveSsn(int wireSsn) {
    int early = isFirst() ? connection.early.receivedBytes() : 0;
    return tcp().unwrapReceiveSsn(wireSsn + early);
  }

  // ---- data in ----

  /** Takes the payload of the SYN, which has its place in the stream before any mapping. */
  int deliverEarly() {
    int count = 0;
    while (nextPiece()) {
      PacketBuffer buffer = piece;
      if (buffer == null) {
        break;
      }
      connection.in.accept(pieceSsn - 1, buffer, pieceOffset, pieceLength);
      count += pieceLength;
      consume(pieceLength);
    }
    return count;
  }

  /** Takes payload that is in order and knows its place in the stream. */
  void deliver(long nowNs) {
    while (nextPiece()) {
      PacketBuffer buffer = piece;
      if (buffer == null) {
        return;
      }
      if (!connection.multipath()) {
        // The identity mapping: plain TCP, or after an infinite mapping (RFC 8684 section 3.7).
        connection.in.accept(pieceSsn - 1, buffer, pieceOffset, pieceLength);
        consume(pieceLength);
        continue;
      }
      DssMapping mapping = mappings.find(pieceSsn);
      if (mapping == null) {
        if (unmappedSinceNs < 0) {
          unmappedSinceNs = nowNs;
        }
        return;
      }
      unmappedSinceNs = -1;
      int count = (int) Math.min(pieceLength, mapping.end() - pieceSsn);
      if (mapping.checked()) {
        mapping.add(buffer, pieceOffset, count);
        if (mapping.complete()) {
          if (mapping.verifies()) {
            mapping.deliver(connection.in);
          } else {
            connection.watch.checksumFailed(this, mapping, nowNs);
            if (tcp().state() == TcpState.CLOSED) {
              // Section 3.7: nothing after a failed mapping is taken.
              return;
            }
          }
        }
      } else {
        long at = mapping.offset + (pieceSsn - mapping.ssn);
        connection.in.accept(at, buffer, pieceOffset, count);
      }
      consume(count);
    }
  }

  /** After a fall-back nobody waits for the rest of a mapping: what has come of it is delivered. */
  void deliverUnverified() {
    DssMapping begun = mappings.begun();
    if (begun != null) {
      begun.deliver(connection.in);
    }
  }

  private boolean nextPiece() {
    if (piece != null) {
      return true;
    }
    Reassembler payload = tcp().payload();
    if (!payload.poll()) {
      return false;
    }
    piece = payload.buffer();
    pieceOffset = payload.bufferOffset();
    pieceLength = payload.length();
    pieceSsn = payload.offset();
    return true;
  }

  private void consume(int bytes) {
    bytesDelivered += bytes;
    pieceOffset += bytes;
    pieceLength -= bytes;
    pieceSsn += bytes;
    PacketBuffer buffer = piece;
    if (pieceLength == 0 && buffer != null) {
      piece = null;
      buffer.release();
    }
  }

  /** True if the peer's FIN has come and everything before it was handed on. */
  boolean finished() {
    return piece == null && tcp().peerFinished();
  }

  /** Gives back all memory. */
  void free() {
    PacketBuffer buffer = piece;
    if (buffer != null) {
      piece = null;
      buffer.release();
    }
    mappings.clear();
    tcp().free();
  }

  // ---- data out ----

  /** Shortens a mapping to what the present form of the options can say. */
  int fitMapping(int length) {
    // The first data of a client repeats MP_CAPABLE, which is not to be copied onto the segments of
    // a super-segment.
    return options.firstDataNeedsCapable() ? Math.min(length, mssBytes()) : length;
  }

  // ---- SubflowView ----

  @Override
  public int id() {
    return id;
  }

  @Override
  public boolean backup() {
    return backupByPeer || backupByUs;
  }

  @Override
  public boolean stale() {
    return stale;
  }

  @Override
  public int sendRoomBytes() {
    return tcp().sendRoomBytes();
  }

  @Override
  public int mssBytes() {
    return tcp().mssBytes();
  }

  @Override
  public int cwndBytes() {
    return tcp().estimates().cwndBytes();
  }

  @Override
  public int inFlightBytes() {
    return tcp().estimates().inFlightBytes();
  }

  @Override
  public long smoothedRttNs() {
    return tcp().estimates().smoothedRttNs();
  }

  @Override
  public long rttVarianceNs() {
    return tcp().estimates().rttVarianceNs();
  }

  @Override
  public long rateBytesPerSecond() {
    return tcp().estimates().rateBytesPerSecond();
  }

  /**
   * The lowest stream offset that is under way here. A mapping with a checksum is acknowledged
   * whole (RFC 8684 section 3.3.1): until then all of it is.
   */
  long underWayOffset() {
    return connection.checksums ? tcp().lowestUnackedMappingOffset() : tcp().lowestUnackedOffset();
  }

  long bytesDelivered() {
    return bytesDelivered;
  }

  IpAddress localAddress() {
    return local().address();
  }

  CongestionControl congestion() {
    return tcp().congestionControl();
  }

  /** An option to be sent on this subflow when an ACK leaves. */
  void signal(MptcpOption option) {
    options.signal(option);
  }
}
