package io.hawser.core.mptcp;

import io.hawser.core.tcp.TcpExtension.Verdict;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import io.hawser.wire.SeqNum;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** What one subflow hears in MPTCP options, handshakes included. */
final class SubflowInput {
  private static final int REASON_MPTCP = 1;
  private static final int TRANSIENT = 1;
  private static final int REASON_RESOURCES = 2;
  private static final int REASON_PROHIBITED = 3;
  private static final int REASON_MIDDLEBOX = 6;

  private final Subflow subflow;
  private final MptcpConnection connection;
  private final SubflowOptions options;

  private boolean joinProven;
  private boolean thirdAckSeen;
  private boolean answered;
  private boolean dataHeard;
  private int silentAnswers;

  SubflowInput(Subflow subflow, MptcpConnection connection, SubflowOptions options) {
    this.subflow = subflow;
    this.connection = connection;
    this.options = options;
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

  /** True if data that we sent here with a DSS was answered with a DATA_ACK. */
  boolean dataHeard() {
    return dataHeard;
  }

  private Verdict refuse(int reason) {
    options.resetReason = reason;
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
      options.failUnheard &= !saysPlain(s);
      if (connection.fellBack && !fitsPlain(s)) {
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
      if (!joinAnswered(nowNs)) {
        return refuse(REASON_MIDDLEBOX);
      }
      return readDss(s, nowNs) ? readOthers(s, nowNs) : Verdict.RESET;
    }
    if (!joinAnswered(nowNs)) {
      return refuse(REASON_MIDDLEBOX);
    }
    if (first && onlyCapable(s) && lostOptions(s)) {
      connection.watch.fallBack("data acknowledged without DATA_ACK", nowNs);
      return Verdict.ACCEPT;
    }
    return readOthers(s, nowNs);
  }

  /** Section 3.2: any acknowledgement of the third ACK will do. False: it must not be. */
  private boolean joinAnswered(long nowNs) {
    if (subflow.role() == Subflow.Role.JOIN_SENT && !subflow.established) {
      if (connection.watch.isDoubtful()) {
        return false;
      }
      connection.opening.joined(subflow, nowNs);
    }
    return true;
  }

  /**
   * An infinite mapping, an MP_FAIL, or an ACK that says nothing of MPTCP: the peer has fallen back
   * too. Data without a DSS may go on with a mapping.
   */
  private static boolean saysPlain(PacketView s) {
    boolean infinite = s.hasDss && s.dsnBytes > 0 && s.dataLength == 0;
    boolean plain = infinite || (!s.hasDss && s.mptcpCount == 0 && s.payloadLength == 0);
    for (int i = 0; i < s.mptcpCount; i++) {
      plain |= s.mptcp(i) instanceof MptcpOption.MpFail;
    }
    return plain;
  }

  /** What a peer says that has not heard of our fall-back must not differ from plain TCP. */
  private boolean fitsPlain(PacketView s) {
    long ssn = subflow.receiveSsn(s.ssn);
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
    boolean acksData = SeqNum.gt(s.ack, subflow.tcp().sequence(1 + connection.early.sentBytes()));
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
        connection.opening.answeredPlain(subflow, s, nowNs);
      }
      return Verdict.ACCEPT;
    }
    for (int i = 0; i < s.mptcpCount; i++) {
      if (s.mptcp(i) instanceof MptcpOption.MpJoinSynAck join) {
        options.remoteNonce = join.nonce();
        byte[] expected =
            Key.joinHmac(
                connection.keys.remoteKey(),
                connection.keys.localKey(),
                options.remoteNonce,
                options.localNonce);
        if (Key.left64(expected) != join.hmac()) {
          return refuse(REASON_MPTCP);
        }
        subflow.backupByPeer = join.backup();
        subflow.remoteId = join.addressId();
        new JoinProofs(connection).begin(subflow, nowNs);
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
      mapFirst(capable.dataLength(), capable.checksum());
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
                    options.remoteNonce,
                    options.localNonce));
        if (!MessageDigest.isEqual(expected, join.hmac())) {
          return refuse(REASON_MPTCP);
        }
        if (connection.watch.isDoubtful()) {
          return refuse(REASON_MIDDLEBOX);
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

  /** The mapping of the first data that no SYN carried: SSN 1, DSN IDSN + 1. */
  private void mapFirst(int length, int checksum) {
    long ssn = subflow.receiveSsn(1);
    if (length > 0 && !subflow.mappings.knows(ssn, length)) {
      long offset = connection.early.receivedBytes();
      long dsn = connection.keys.remoteDsn(offset);
      declare(subflow.mappings.add(ssn, offset, length), checksum, dsn, 1, length);
    }
  }

  private void declare(@Nullable DssMapping mapping, int checksum, long dsn, int ssn, int length) {
    if (mapping != null && connection.checksums) {
      mapping.check(checksum, dsn, ssn, length);
    }
  }

  private boolean readDss(PacketView s, long nowNs) {
    if (s.dataAckBytes > 0) {
      dataHeard = dataHeard || SeqNum.gt(s.ack, subflow.tcp().sequence(options.firstDssSsn()));
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
        options.resetReason = REASON_MIDDLEBOX;
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
    long ssn = subflow.receiveSsn(s.ssn);
    long from = subflow.tcp().ssnOf(s);
    if (s.payloadLength > 0 && (ssn >= from + s.payloadLength || ssn + length <= from)) {
      // Section 3.3.1: a mapping covers some byte of its segment; this one means nothing.
      return true;
    }
    if (!subflow.mappings.knows(ssn, length)) {
      connection.remapped |= offset != ssn - 1;
      declare(subflow.mappings.add(ssn, offset, length), s.dataChecksum, dsn, s.ssn, s.dataLength);
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
    options.resetReason = REASON_MPTCP;
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
    // Whatever it is for: a peer that lacked a mapping would do the same.
    connection.lean &= !subflow.established;
    for (int i = 0; i < s.mptcpCount; i++) {
      MptcpOption option = s.mptcp(i);
      if (option instanceof MptcpOption.MpFastclose close
          && connection.multipath()
          && close.receiverKey() == connection.keys.localKey().value()) {
        connection.ending.onFastClose(subflow, nowNs);
      } else if (option instanceof MptcpOption.MpTcprst said
          && subflow.role() == Subflow.Role.JOIN_SENT
          && (said.flags() & TRANSIENT) == 0) {
        subflow.refused |= said.reason() == REASON_RESOURCES || said.reason() == REASON_PROHIBITED;
      }
    }
  }
}
