package io.hawser.core.mptcp;

import io.hawser.core.tcp.TcpExtension.Slot;
import io.hawser.core.tcp.TcpExtension.Verdict;
import io.hawser.core.tcp.TcpState;
import io.hawser.core.tcp.TxRange;
import io.hawser.wire.Checksum;
import io.hawser.wire.MptcpCodec;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import io.hawser.wire.SeqNum;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What one subflow says and hears in MPTCP options, handshakes included. */
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
  private final ArrayDeque<MptcpOption> signals = new ArrayDeque<>(2);

  int localNonce;
  int remoteNonce;
  private boolean joinProven;
  private boolean thirdAckSeen;
  int resetReason = -1;
  private boolean resetFastClose;
  private long resetFailDsn;
  private boolean resetWithFail;
  private boolean failPending;
  private boolean failUnheard;
  private boolean finWaits;
  private boolean answered;
  private int silentAnswers;
  private long failDsn;
  private long lastDataAckSent;

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
    MptcpOption first = signals.peek();
    // An ACK of data without DATA_ACK would look like a fall-back to a client that has seen no DSS
    // yet (section 3.7).
    boolean newData = connection.in.ackOffset() > lastDataAckSent;
    if (first instanceof MptcpOption.AddAddr add && !newData) {
      // ADD_ADDR travels alone, as Linux has it: with a DSS it seldom fits.
      signals.poll();
      boolean doubtful = connection.in.ackOffset() > 0 && connection.out.ackedOffset() == 0;
      int length = MptcpCodec.length(add);
      int beside = doubtful && 4 + ackBytes() + length <= space ? dss(m, at, space, length) : 0;
      int used = put(add, m, at + beside, space - beside) + beside;
      if (used == 0 || !add.echo()) {
        connection.addresses.announcementLeft(used > 0);
      }
      return used > 0 ? used : dss(m, at, space, 0);
    }
    boolean alone = first == null || first instanceof MptcpOption.AddAddr;
    int beside = failPending ? FAIL_BYTES : alone ? 0 : MptcpCodec.length(first);
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
      signals.poll();
      first = signals.peek();
    }
    return used;
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
    long dsn = connection.keys.localDsn(range.mapDataOffset);
    int checksum = -1;
    if (connection.checksums) {
      if (range.mapChecksum < 0) {
        long sum = connection.out.buffer.checksum(range.mapDataOffset, range.mapLength);
        sum = DssMapping.pseudoHeader(sum, dsn, (int) range.mapSsn, range.mapLength);
        range.mapChecksum = Checksum.finish(sum);
      }
      checksum = range.mapChecksum;
    }
    if (firstDataNeedsCapable() && range.mapSsn == 1) {
      return put(capable(2, range.mapLength, checksum), m, at, space);
    }
    long ack = connection.keys.remoteDsn(connection.in.ackOffset());
    dataAckLeft();
    return MptcpCodec.encodeDss(
        m, at, false, ackBytes(), ack, 8, dsn, (int) range.mapSsn, range.mapLength, checksum);
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

  /**
   * Asked with every repetition: how many of them in a row were answered, yet without any DSS (by a
   * peer that has fallen back, most likely).
   */
  int silentAnswers() {
    silentAnswers += answered ? 1 : 0;
    answered = false;
    return silentAnswers;
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

  // ---- in ----

  private Verdict refuse(int reason) {
    resetReason = reason;
    return Verdict.RESET;
  }

  Verdict read(PacketView s, long nowNs) {
    if (s.has(PacketView.SYN)) {
      return s.has(PacketView.ACK) ? readSynAck(s, nowNs) : Verdict.ACCEPT;
    }
    if (s.has(PacketView.RST)) {
      readReset(s, nowNs);
      return Verdict.ACCEPT;
    }
    if (!connection.multipath()) {
      failUnheard &= (s.hasDss || s.mptcpCount > 0) && !saysPlain(s);
      if (failUnheard && !fitsPlain(s)) {
        return refuse(REASON_MIDDLEBOX);
      }
      if (subflow.isFirst() && !subflow.established && subflow.tcp().isOpen()) {
        connection.opening.establishedPlain(subflow, nowNs);
      }
      return Verdict.ACCEPT;
    }
    answered = !s.hasDss;
    silentAnswers = s.hasDss ? 0 : silentAnswers;
    Verdict handshake = readThirdAck(s, nowNs);
    if (handshake != Verdict.ACCEPT || !connection.multipath()) {
      return handshake;
    }
    boolean first = subflow.isFirst();
    if (s.hasDss) {
      if (first && !connection.confirmed) {
        connection.opening.confirm(nowNs);
      }
      if (subflow.role() == Subflow.Role.JOIN_SENT && !subflow.established) {
        connection.opening.joined(subflow, nowNs);
      }
      return readDss(s, nowNs) ? readOthers(s, nowNs) : Verdict.RESET;
    }
    if (subflow.role() == Subflow.Role.JOIN_SENT && !subflow.established) {
      // Section 3.2: any acknowledgement of the third ACK will do.
      connection.opening.joined(subflow, nowNs);
    }
    if (first && onlyCapable(s) && lostOptions(s)) {
      connection.watch.fallBack("data acknowledged without DATA_ACK", nowNs);
      return Verdict.ACCEPT;
    }
    return readOthers(s, nowNs);
  }

  /** An infinite mapping or an MP_FAIL: the peer has fallen back too. */
  private static boolean saysPlain(PacketView s) {
    boolean plain = s.hasDss && s.dsnBytes > 0 && s.dataLength == 0;
    for (int i = 0; i < s.mptcpCount; i++) {
      plain |= s.mptcp(i) instanceof MptcpOption.MpFail;
    }
    return plain;
  }

  /** What a peer says that has not heard of our fall-back must not differ from plain TCP. */
  private boolean fitsPlain(PacketView s) {
    long ssn = subflow.tcp().unwrapReceiveSsn(s.ssn);
    int length = s.dataLength - (s.dataFin ? 1 : 0);
    if (!s.hasDss || s.dsnBytes == 0 || length <= 0) {
      return true;
    }
    long near = connection.keys.remoteDsn(ssn - 1);
    long dsn = s.dsnBytes == 8 ? s.dsn : SeqNum.promote((int) s.dsn, near);
    return connection.keys.remoteOffset(dsn) == ssn - 1;
  }

  /** A client that has seen none of our DSS options goes on with MP_CAPABLE. */
  private static boolean onlyCapable(PacketView s) {
    for (int i = 0; i < s.mptcpCount; i++) {
      if (!(s.mptcp(i) instanceof MptcpOption.MpCapable)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Section 3.7: data is acknowledged, or the peer has even finished, and no DATA_ACK has ever
   * come.
   */
  private boolean lostOptions(PacketView s) {
    boolean acksData = SeqNum.gt(s.ack, subflow.tcp().sequence(1));
    return connection.aloneSoFar()
        && !connection.out.dataAckSeen()
        && (acksData || s.has(PacketView.FIN));
  }

  private Verdict readSynAck(PacketView s, long nowNs) {
    if (subflow.isFirst()) {
      MptcpOption.MpCapable capable = findCapable(s);
      boolean taken =
          capable != null
              && connection.offers
              && capable.keys() == 1
              && Handshake.acceptable(capable)
              && capable.version() == 1;
      if (taken && capable != null) {
        connection.opening.established(
            subflow, Key.of(capable.senderKey()), capable.flags(), nowNs);
      } else {
        connection.opening.establishedPlain(subflow, nowNs);
      }
      return Verdict.ACCEPT;
    }
    for (int i = 0; i < s.mptcpCount; i++) {
      if (s.mptcp(i) instanceof MptcpOption.MpJoinSynAck join) {
        remoteNonce = join.nonce();
        byte[] expected =
            Key.joinHmac(
                connection.keys.remoteKey(), connection.keys.localKey(), remoteNonce, localNonce);
        if (Key.left64(expected) != join.hmac()) {
          return refuse(REASON_MPTCP);
        }
        subflow.backupByPeer = join.backup();
        subflow.remoteId = join.addressId();
        return Verdict.ACCEPT;
      }
    }
    // Section 3.2: a SYN/ACK without MP_JOIN closes the subflow.
    return refuse(REASON_MPTCP);
  }

  private static MptcpOption.@Nullable MpCapable findCapable(PacketView s) {
    for (int i = 0; i < s.mptcpCount; i++) {
      if (s.mptcp(i) instanceof MptcpOption.MpCapable capable) {
        return capable;
      }
    }
    return null;
  }

  /** What the listener's side of a handshake waits for. */
  private Verdict readThirdAck(PacketView s, long nowNs) {
    if (subflow.role() == Subflow.Role.JOIN_TAKEN) {
      return joinProven ? repeatedThirdAck(s) : readJoinAck(s, nowNs);
    }
    if (!subflow.isFirst() || connection.client || (thirdAckSeen && !hasCapable(s))) {
      return Verdict.ACCEPT;
    }
    MptcpOption.MpCapable capable = findCapable(s);
    if (!thirdAckSeen) {
      thirdAckSeen = true;
      if (capable == null || capable.keys() != 2) {
        // Section 3.1: the third packet without MP_CAPABLE makes it regular TCP.
        connection.opening.establishedPlain(subflow, nowNs);
        return Verdict.ACCEPT;
      }
      connection.opening.established(subflow, Key.of(capable.senderKey()), capable.flags(), nowNs);
    }
    if (capable != null && capable.dataLength() > 0 && s.payloadLength > 0) {
      // Section 3.1: MP_CAPABLE with data stands for a DSS with the first mapping.
      connection.sawData(8);
      map(1, 0, capable.dataLength(), capable.checksum());
    }
    return Verdict.ACCEPT;
  }

  private static boolean hasCapable(PacketView s) {
    return s.mptcpCount > 0 && findCapable(s) != null;
  }

  private Verdict readJoinAck(PacketView s, long nowNs) {
    for (int i = 0; i < s.mptcpCount; i++) {
      if (s.mptcp(i) instanceof MptcpOption.MpJoinAck join) {
        byte[] expected =
            Key.left160(
                Key.joinHmac(
                    connection.keys.remoteKey(),
                    connection.keys.localKey(),
                    remoteNonce,
                    localNonce));
        if (!MessageDigest.isEqual(expected, join.hmac())) {
          return refuse(REASON_MPTCP);
        }
        joinProven = true;
        // The fourth ACK goes out at once; it carries a DATA_ACK, which Linux insists on.
        subflow.tcp().ackNow();
        connection.opening.joined(subflow, nowNs);
        return Verdict.ACCEPT;
      }
    }
    return refuse(REASON_MPTCP);
  }

  private Verdict repeatedThirdAck(PacketView s) {
    for (int i = 0; i < s.mptcpCount; i++) {
      if (s.mptcp(i) instanceof MptcpOption.MpJoinAck) {
        subflow.tcp().ackNow();
      }
    }
    return Verdict.ACCEPT;
  }

  /**
   * A mapping of {@code length} bytes at relative sequence number {@code ssn} for stream offset
   * {@code offset}.
   */
  private void map(long ssn, long offset, int length, int checksum) {
    if (length > 0 && !subflow.mappings.knows(ssn, length)) {
      long dsn = connection.keys.remoteDsn(offset);
      subflow.mappings.add(
          new DssMapping(
              ssn, offset, length, connection.checksums, checksum, dsn, (int) ssn, length));
    }
  }

  private boolean readDss(PacketView s, long nowNs) {
    if (s.dataAckBytes > 0) {
      long near = connection.keys.localDsn(connection.out.ackedOffset());
      long dsn = s.dataAckBytes == 8 ? s.dataAck : SeqNum.promote((int) s.dataAck, near);
      connection.peer.onDataAck(
          subflow, connection.keys.localOffset(dsn), subflow.tcp().scaledWindow(s), nowNs);
    }
    if (s.dsnBytes == 0) {
      return true;
    }
    if (s.dataLength == 0) {
      // Section 3.7: the infinite mapping; who has used several subflows cannot follow.
      if (!connection.aloneSoFar()) {
        resetReason = REASON_MIDDLEBOX;
        return false;
      }
      connection.watch.fallBack("infinite mapping received", nowNs);
      return true;
    }
    connection.sawData(s.dsnBytes);
    long expected = connection.keys.remoteDsn(connection.in.ackOffset());
    long dsn = s.dsnBytes == 8 ? s.dsn : SeqNum.promote((int) s.dsn, expected);
    long offset = connection.keys.remoteOffset(dsn);
    boolean finAlone = s.dataFin && s.dataLength == 1 && s.ssn == 0;
    int length = s.dataLength - (s.dataFin ? 1 : 0);
    if (s.hasDataChecksum != connection.checksums && !finAlone) {
      return checksumPresenceWrong(nowNs);
    }
    if (s.dataFin) {
      connection.peer.onDataFin(subflow, offset + length, nowNs);
    }
    if (finAlone || length <= 0) {
      return true;
    }
    long ssn = subflow.tcp().unwrapReceiveSsn(s.ssn);
    if (!subflow.mappings.knows(ssn, length)) {
      subflow.mappings.add(
          new DssMapping(
              ssn, offset, length, connection.checksums, s.dataChecksum, dsn, s.ssn, s.dataLength));
    }
    return true;
  }

  private boolean checksumPresenceWrong(long nowNs) {
    // RFC 8684 section 3.3 wants a reset; with no other subflow Linux falls back, which loses
    // nothing.
    if (connection.aloneSoFar()) {
      connection.watch.fallBack("DSS checksum against what was negotiated", nowNs);
      return true;
    }
    resetReason = REASON_MPTCP;
    return false;
  }

  private Verdict readOthers(PacketView s, long nowNs) {
    for (int i = 0; i < s.mptcpCount; i++) {
      switch (s.mptcp(i)) {
        case MptcpOption.AddAddr add -> {
          if (subflow.isFirst() && !connection.confirmed) {
            connection.opening.confirm(nowNs);
          }
          connection.addresses.onAddAddr(subflow, add, nowNs);
        }
        case MptcpOption.RemoveAddr remove -> connection.addresses.onRemoveAddr(remove, nowNs);
        case MptcpOption.MpPrio prio -> connection.peer.onPriority(subflow, prio.backup(), nowNs);
        case MptcpOption.MpFail fail -> {
          if (connection.watch.onFail(subflow, fail.dsn(), nowNs)) {
            return Verdict.RESET;
          }
        }
        case MptcpOption.MpFastclose close -> {
          if (close.receiverKey() == connection.keys.localKey().value()) {
            connection.ending.onFastClose(subflow, nowNs);
            return Verdict.RESET;
          }
        }
        default -> {
          // Options of the handshakes were read; the rest says nothing here.
        }
      }
    }
    return Verdict.ACCEPT;
  }

  private void readReset(PacketView s, long nowNs) {
    for (int i = 0; i < s.mptcpCount; i++) {
      MptcpOption option = s.mptcp(i);
      if (option instanceof MptcpOption.MpFastclose close
          && connection.multipath()
          && close.receiverKey() == connection.keys.localKey().value()) {
        connection.ending.onFastClose(subflow, nowNs);
      } else if (option instanceof MptcpOption.MpFail fail && connection.multipath()) {
        connection.noteFail(fail.dsn());
      }
    }
  }
}
