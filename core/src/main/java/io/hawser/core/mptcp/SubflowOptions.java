package io.hawser.core.mptcp;

import io.hawser.core.tcp.TcpExtension.Slot;
import io.hawser.core.tcp.TcpState;
import io.hawser.core.tcp.TxRange;
import io.hawser.wire.Checksum;
import io.hawser.wire.MptcpCodec;
import io.hawser.wire.MptcpOption;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one subflow says in MPTCP options, handshakes included; {@link SubflowInput} hears. */
final class SubflowOptions {
  /**
   * After two retransmissions the SYN goes without MP_CAPABLE, as Linux does
   * (syn_retrans_before_tcp_fallback).
   */
  private static final int SYNS_WITH_CAPABLE = 3;

  private static final int FAIL_BYTES = 12;
  private static final int REASON_MPTCP = 1;
  private static final int REASON_MIDDLEBOX = 6;

  private final Subflow subflow;
  private final MptcpConnection connection;
  private final List<MptcpOption> signals = new ArrayList<>(0);

  int localNonce;
  int remoteNonce;
  int resetReason = -1;
  private boolean resetFastClose;
  private long resetFailDsn;
  private boolean resetWithFail;
  private boolean failPending;
  boolean failUnheard;
  private boolean finWaits;
  private long failDsn;
  private long lastDataAckSent;

  private int firstDssSsn;

  SubflowOptions(Subflow subflow, MptcpConnection connection) {
    this.subflow = subflow;
    this.connection = connection;
  }

  // ---- out ----

  int write(Slot slot, MemorySegment m, long at, int space, @Nullable TxRange range, long nowNs) {
    return switch (slot) {
      case SYN -> syn(m, at, space);
      case SYN_ACK -> synAck(m, at, space);
      case RST -> reset(m, at, space);
      case ACK -> ack(m, at, space);
      case DATA -> range == null ? 0 : data(m, at, space, range);
    };
  }

  private static int put(MptcpOption option, MemorySegment m, long at, int space) {
    return MptcpCodec.length(option) <= space ? MptcpCodec.encode(option, m, at) : 0;
  }

  private int syn(MemorySegment m, long at, int space) {
    if (!subflow.isFirst()) {
      MptcpOption join =
          new MptcpOption.MpJoinSyn(
              subflow.backupByUs, subflow.localId, connection.keys.remoteKey().token(), localNonce);
      return put(join, m, at, space);
    }
    if (!connection.offers || subflow.tcp().synsSent() >= SYNS_WITH_CAPABLE) {
      return 0;
    }
    return put(capable(0, -1, -1), m, at, space);
  }

  private MptcpOption.MpCapable capable(int keys, int dataLength, int checksum) {
    int flags = MptcpOption.MpCapable.H | (connection.sendsA() ? MptcpOption.MpCapable.A : 0);
    long local = keys > 0 ? connection.keys.localKey().value() : 0;
    long remote = keys > 1 ? connection.keys.remoteKey().value() : 0;
    return new MptcpOption.MpCapable(1, flags, keys, local, remote, dataLength, checksum);
  }

  private int synAck(MemorySegment m, long at, int space) {
    if (!connection.multipath()) {
      return 0;
    }
    if (subflow.isFirst()) {
      return put(capable(1, -1, -1), m, at, space);
    }
    byte[] hmac =
        Key.joinHmac(
            connection.keys.localKey(), connection.keys.remoteKey(), localNonce, remoteNonce);
    MptcpOption join =
        new MptcpOption.MpJoinSynAck(
            subflow.backupByUs, subflow.localId, Key.left64(hmac), localNonce);
    return put(join, m, at, space);
  }

  private int reset(MemorySegment m, long at, int space) {
    if (!connection.multipath() && resetReason < 0) {
      return 0;
    }
    int used = 0;
    if (resetFastClose) {
      used += put(new MptcpOption.MpFastclose(connection.keys.remoteKey().value()), m, at, space);
    }
    if (resetWithFail) {
      used += put(new MptcpOption.MpFail(resetFailDsn), m, at + used, space - used);
    }
    if (resetReason >= 0) {
      used += put(new MptcpOption.MpTcprst(0, resetReason), m, at + used, space - used);
    }
    return used;
  }

  private int ack(MemorySegment m, long at, int space) {
    if (!connection.multipath()) {
      // The last word before plain TCP: section 3.7. It is repeated until the peer is heard to have
      // fallen back, for an ACK may be lost.
      failPending = false;
      return failUnheard ? put(new MptcpOption.MpFail(failDsn), m, at, space) : 0;
    }
    if (subflow.tcp().state() == TcpState.SYN_SENT) {
      return 0;
    }
    if (subflow.role() == Subflow.Role.JOIN_SENT && !subflow.established) {
      // Section 3.2: the third ACK, repeated until it is answered.
      byte[] hmac =
          Key.joinHmac(
              connection.keys.localKey(), connection.keys.remoteKey(), localNonce, remoteNonce);
      return put(new MptcpOption.MpJoinAck(Key.left160(hmac)), m, at, space);
    }
    if (subflow.isFirst() && connection.client && !connection.confirmed) {
      return put(capable(2, -1, -1), m, at, space);
    }
    MptcpOption first = nextSignal();
    // An ACK of data without DATA_ACK would look like a fall-back to a client that has seen no DSS
    // yet (section 3.7).
    boolean newData = connection.in.ackOffset() > lastDataAckSent;
    if (first instanceof MptcpOption.AddAddr add && !newData) {
      // ADD_ADDR travels alone, as Linux has it: with a DSS it seldom fits.
      signals.removeFirst();
      boolean doubtful = connection.in.ackOffset() > 0 && connection.out.ackedOffset() == 0;
      int length = MptcpCodec.length(add);
      int beside = doubtful && 4 + ackBytes() + length <= space ? dss(m, at, space, length) : 0;
      int used = put(add, m, at + beside, space - beside) + beside;
      if (used == 0 || !add.echo()) {
        connection.addresses.announcementLeft(used > 0);
      }
      return used > 0 ? used : dss(m, at, space, 0);
    }
    int beside =
        failPending
            ? FAIL_BYTES
            : first == null || first instanceof MptcpOption.AddAddr ? 0 : MptcpCodec.length(first);
    int used = dss(m, at, space, beside);
    if (failPending) {
      failPending = false;
      used += put(new MptcpOption.MpFail(failDsn), m, at + used, space - used);
    }
    while (first != null && !(first instanceof MptcpOption.AddAddr)) {
      int length = put(first, m, at + used, space - used);
      if (length == 0) {
        break;
      }
      used += length;
      signals.removeFirst();
      first = nextSignal();
    }
    return used;
  }

  private @Nullable MptcpOption nextSignal() {
    return signals.isEmpty() ? null : signals.getFirst();
  }

  private int ackBytes() {
    return connection.wideAcks ? 8 : 4;
  }

  private void dataAckLeft() {
    lastDataAckSent = connection.in.ackOffset();
    connection.dataAckLeft(lastDataAckSent);
  }

  /**
   * A DSS without payload: the DATA_ACK, and the DATA_FIN while it is due (section 3.3.3). What has
   * to go beside it goes first: then the DATA_FIN follows on an ACK of its own.
   */
  private int dss(MemorySegment m, long at, int space, int beside) {
    DataSender out = connection.out;
    boolean fin = out.finDue();
    int needed = 4 + ackBytes() + (fin ? 14 + (connection.checksums ? 2 : 0) : 0);
    finWaits = fin && beside > 0 && needed + beside > space;
    if (needed > space || finWaits) {
      fin = false;
    }
    long finDsn = connection.keys.localDsn(Math.max(0, out.finOffset()));
    int checksum = -1;
    if (fin && connection.checksums) {
      checksum = Checksum.finish(DssMapping.pseudoHeader(0, finDsn, 0, 1));
    }
    if (fin) {
      out.noteFinSent();
    }
    long ack = connection.keys.remoteDsn(connection.in.ackOffset());
    dataAckLeft();
    return MptcpCodec.encodeDss(
        m, at, fin, ackBytes(), ack, fin ? 8 : 0, finDsn, 0, fin ? 1 : 0, checksum);
  }

  /** The first sequence number that a DSS maps; before it are the SYN and MP_CAPABLE with data. */
  int firstDssSsn() {
    return Math.max(firstDssSsn, 1 + (subflow.isFirst() ? connection.early.sentBytes() : 0));
  }

  boolean firstDataNeedsCapable() {
    return connection.multipath()
        && subflow.isFirst()
        && connection.client
        && !connection.confirmed;
  }

  private int data(MemorySegment m, long at, int space, TxRange range) {
    if (!connection.multipath()) {
      return connection.watch.writeInfiniteOrNothing(m, at, space, true, subflow);
    }
    if (!range.beginsMapping() && subflow.leavesOutMappings()) {
      return 0;
    }
    long dsn = connection.keys.localDsn(range.mapDataOffset);
    int checksum = -1;
    if (connection.checksums) {
      if (range.mapChecksum < 0) {
        long sum = connection.out.buffer.checksum(range.mapDataOffset, range.mapLength);
        sum = DssMapping.pseudoHeader(sum, dsn, subflow.wireSsn(range.mapSsn), range.mapLength);
        range.mapChecksum = Checksum.finish(sum);
      }
      checksum = range.mapChecksum;
    }
    if (firstDataNeedsCapable() && subflow.wireSsn(range.mapSsn) == 1) {
      firstDssSsn = (int) range.mapSsn + range.mapLength;
      return put(capable(2, range.mapLength, checksum), m, at, space);
    }
    long ack = connection.keys.remoteDsn(connection.in.ackOffset());
    dataAckLeft();
    return MptcpCodec.encodeDss(
        m,
        at,
        false,
        ackBytes(),
        ack,
        8,
        dsn,
        subflow.wireSsn(range.mapSsn),
        range.mapLength,
        checksum);
  }

  boolean wantsAck() {
    if (!connection.multipath()) {
      return failPending;
    }
    // Until the peer has answered, every ACK is taken up by MP_CAPABLE.
    boolean spokenFor = subflow.isFirst() && connection.client && !connection.confirmed;
    boolean usable = subflow.established && subflow.tcp().isOpen() && !spokenFor;
    return usable && (!signals.isEmpty() || failPending || finWaits);
  }

  void signal(MptcpOption option) {
    signals.add(option);
  }

  void fail(long dsn) {
    failPending = true;
    failUnheard = true;
    failDsn = dsn;
  }

  void resetWith(int reason, boolean fastClose) {
    resetReason = reason;
    resetFastClose = fastClose;
  }

  void resetWithFail(long dsn) {
    resetReason = REASON_MIDDLEBOX;
    resetWithFail = true;
    resetFailDsn = dsn;
  }
}
