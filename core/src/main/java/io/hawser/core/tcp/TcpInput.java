package io.hawser.core.tcp;

import static io.hawser.wire.PacketView.ACK;
import static io.hawser.wire.PacketView.FIN;
import static io.hawser.wire.PacketView.RST;
import static io.hawser.wire.PacketView.SYN;

import io.hawser.core.tcp.TcpStateTable.Input;
import io.hawser.wire.PacketView;

/**
 * What a segment does to a connection: the event processing of RFC 9293 section 3.10.7 with the
 * care of RFC 5961.
 */
final class TcpInput {
  private static final long CHALLENGE_INTERVAL_NS = 10_000_000;

  private final TcpConnection connection;
  private final TcpSender sender;
  private final TcpReceiver receiver;
  private final TcpExtension extension;
  private final TcpConfig config;
  private final TcpStats stats;
  private long lastChallengeNs = Long.MIN_VALUE / 2;

  TcpInput(
      TcpConnection connection,
      TcpSender sender,
      TcpReceiver receiver,
      TcpExtension extension,
      TcpConfig config,
      TcpStats stats) {
    this.connection = connection;
    this.sender = sender;
    this.receiver = receiver;
    this.extension = extension;
    this.config = config;
    this.stats = stats;
  }

  /** One segment, in any state but CLOSED. */
  void take(PacketView s, long nowNs) {
    if (connection.state() == TcpState.SYN_SENT) {
      inSynSent(s, nowNs);
    } else {
      synchronised(s, nowNs);
    }
  }

  /** RFC 6191 section 2: where there are timestamps they decide, unless they are equal. */
  boolean isCertainlyNew(PacketView s) {
    if (!s.has(SYN) || s.has(ACK) || s.has(RST)) {
      return false;
    }
    boolean stamped = connection.timestampsOn() && s.hasTimestamp;
    int newer = stamped ? s.tsVal - receiver.tsRecent : 0;
    return newer > 0 || (newer == 0 && receiver.relative(s.seq) > receiver.nextSsn());
  }

  private long ackSsn(PacketView s) {
    long next = sender.nextSsn();
    return next + (s.ack - connection.sequence(next));
  }

  /** RFC 9293 section 3.10.7.3. */
  private void inSynSent(PacketView s, long nowNs) {
    // RFC 7413 section 4.2.2: SND.NXT includes what the SYN carried, of which any part may be
    // taken.
    long ack = ackSsn(s);
    boolean acksSyn =
        s.has(ACK) && connection.synsSent() > 0 && ack >= 1 && ack <= sender.nextSsn();
    if (s.has(ACK) && !acksSyn) {
      if (!s.has(RST)) {
        connection.control().strayReset(s.ack);
      }
      return;
    }
    if (s.has(RST)) {
      if (acksSyn) {
        extension.onSegment(s, nowNs);
        connection.close(TcpClose.REFUSED);
      }
      return;
    }
    if (!s.has(SYN)) {
      return;
    }
    connection.negotiate(s);
    if (acksSyn) {
      connection.move(Input.SYN_ACK);
      connection.opened(s.window, ack, nowNs);
      connection.fastOpen().answered(s, connection.synsSent(), nowNs);
      receiver.ackNow();
    } else {
      // Simultaneous open: answer with SYN/ACK.
      connection.move(Input.SYN);
      connection.control().syn();
    }
    if (extension.onSegment(s, nowNs) == TcpExtension.Verdict.RESET) {
      connection.abort(nowNs);
    }
  }

  private void synchronised(PacketView s, long nowNs) {
    long seq = receiver.relative(s.seq);
    if (connection.timestampsOn()
        && s.hasTimestamp
        && !s.has(RST)
        && s.tsVal - receiver.tsRecent < 0
        && !pawsExpired(nowNs)) {
      // RFC 7323 section 5.3, R1.
      if (s.payloadLength > 0 || s.has(FIN) || s.has(SYN)) {
        challenge(s, seq, nowNs);
      }
      return;
    }
    if (!acceptable(s, seq) || repeatsSyn(s)) {
      unacceptable(s, seq, nowNs);
      return;
    }
    if (s.has(RST)) {
      onReset(s, seq, nowNs);
      return;
    }
    if (s.has(SYN)) {
      // RFC 5961 section 4.2: never a reset for a SYN in the window.
      challengeLimited(nowNs);
      return;
    }
    if (!s.has(ACK)) {
      return;
    }
    long ack = ackSsn(s);
    if (connection.state() == TcpState.SYN_RECEIVED && !acksSyn(s, ack, nowNs)) {
      return;
    }
    acknowledgement(s, seq, ack, nowNs);
  }

  private boolean pawsExpired(long nowNs) {
    // RFC 7323 section 5.5: after 24 days of silence the clock may have wrapped.
    return nowNs - Math.max(stats.lastAckReceivedNs, stats.lastDataReceivedNs)
        > 24L * 86_400 * 1_000_000_000L;
  }

  /** RFC 9293 section 3.10.7.4, first check. */
  private boolean acceptable(PacketView s, long seq) {
    int length = s.sequenceLength();
    long next = receiver.nextSsn();
    long edge = Math.max(next, receiver.windowEdgeSsn());
    if (length == 0) {
      return seq == next || (seq >= next && seq < edge);
    }
    // A closed window takes what comes next for its ACK and options, as Linux does; the rest is
    // cut off.
    boolean begins = seq == next || (seq >= next && seq < edge);
    boolean ends = seq + length - 1 >= next && seq + length - 1 < edge;
    return begins || ends || (seq < next && seq + length > edge && edge > next);
  }

  /** A SYN that comes again, even with data that is not taken: its answer was lost. */
  private boolean repeatsSyn(PacketView s) {
    return connection.state() == TcpState.SYN_RECEIVED && s.has(SYN) && s.seq == receiver.irs();
  }

  private void unacceptable(PacketView s, long seq, long nowNs) {
    if (s.has(RST)) {
      return;
    }
    if (repeatsSyn(s)) {
      if (s.has(ACK)) {
        // Simultaneous open (RFC 9293 section 3.5, figure 7): the peer's SYN/ACK acknowledges ours.
        if (acksSyn(s, ackSsn(s), nowNs)) {
          receiver.ackNow();
        }
        return;
      }
      // Our SYN/ACK was lost.
      connection.control().syn();
      return;
    }
    if (connection.state() == TcpState.TIME_WAIT && s.has(FIN)) {
      connection.timeWaitAgain(nowNs);
    }
    long next = receiver.nextSsn();
    if (s.has(ACK) && !s.has(SYN) && connection.state() != TcpState.SYN_RECEIVED && seq <= next) {
      // A full window still takes acknowledgements (section 3.10.7.4: valid ACKs are to be
      // accepted).
      long ack = ackSsn(s);
      if (ack >= sender.unackedSsn() && ack <= sender.nextSsn()) {
        takeAck(s, Math.max(seq, 0), ack, nowNs);
      }
    }
    challenge(s, seq, nowNs);
  }

  private void challenge(PacketView s, long seq, long nowNs) {
    long end = seq + s.payloadLength;
    if (s.payloadLength > 0 && seq >= 1 && end <= receiver.nextSsn()) {
      receiver.duplicateSegment(seq, end);
    } else if (s.sequenceLength() > 0) {
      receiver.ackNow();
    } else {
      challengeLimited(nowNs);
    }
  }

  /** RFC 5961 section 7: challenge ACKs are limited. */
  private void challengeLimited(long nowNs) {
    if (nowNs - lastChallengeNs >= CHALLENGE_INTERVAL_NS) {
      lastChallengeNs = nowNs;
      receiver.ackNow();
    }
  }

  private void onReset(PacketView s, long seq, long nowNs) {
    if (seq != receiver.nextSsn()) {
      // RFC 5961 section 3.2: only the exact number resets.
      challengeLimited(nowNs);
      return;
    }
    extension.onSegment(s, nowNs);
    boolean refused = connection.state() == TcpState.SYN_RECEIVED;
    connection.fastOpen().reset(nowNs);
    boolean done =
        connection.state() == TcpState.TIME_WAIT || connection.state() == TcpState.LAST_ACK;
    connection.close(refused ? TcpClose.REFUSED : done ? TcpClose.ORDERLY : TcpClose.RESET);
  }

  private boolean acksSyn(PacketView s, long ack, long nowNs) {
    if (ack < 1 || ack > sender.nextSsn()) {
      connection.control().strayReset(s.ack);
      return false;
    }
    connection.move(Input.ACK_OF_SYN);
    connection.opened(connection.scaledWindow(s), ack, nowNs);
    return true;
  }

  private void acknowledgement(PacketView s, long seq, long ack, long nowNs) {
    if (ack > sender.nextSsn()) {
      challengeLimited(nowNs);
      return;
    }
    if (ack < sender.unackedSsn() - Math.max(sender.windowBytes(), 65_535)) {
      // RFC 5961 section 5.2.
      challengeLimited(nowNs);
      return;
    }
    if (connection.timestampsOn()
        && s.hasTimestamp
        && s.tsVal - receiver.tsRecent >= 0
        && seq <= receiver.lastAckSentSsn()) {
      // RFC 7323 section 4.3.
      receiver.tsRecent = s.tsVal;
    }
    if (ack >= sender.unackedSsn()) {
      takeAck(s, seq, ack, nowNs);
    }
    TcpExtension.Verdict verdict = extension.onSegment(s, nowNs);
    if (verdict == TcpExtension.Verdict.RESET) {
      connection.abort(nowNs);
      return;
    }
    if (connection.state() == TcpState.CLOSED || (s.payloadLength == 0 && !s.has(FIN))) {
      return;
    }
    if (verdict == TcpExtension.Verdict.IGNORE_PAYLOAD) {
      receiver.ackNow();
      return;
    }
    if (connection.ecn().onData(s, stats)) {
      receiver.ackNow();
    }
    if (connection.timestampsOn() && s.hasTimestamp) {
      receiver.roundTrip(s.tsEcr, connection.timestamp(nowNs) - s.tsEcr);
    }
    boolean finBefore = receiver.finTaken();
    if (!finBefore) {
      receiver.take(s, seq, extension.receiveCapacityBytes(), sender.recovery.rtt.rtoNs(), nowNs);
      if (receiver.finTaken()) {
        onFin(nowNs);
      }
    }
  }

  private void takeAck(PacketView s, long seq, long ack, long nowNs) {
    stats.lastAckReceivedNs = nowNs;
    sender.onAck(s, ack, seq, connection.scaledWindow(s), nowNs);
    if (sender.recovery.board.size() == 0) {
      connection.dropOwnCopies();
    }
    if (sender.finAcked()) {
      TcpState before = connection.state();
      if (before != TcpState.FIN_WAIT_2) {
        connection.move(Input.ACK_OF_FIN);
        connection.boundFinWait2(nowNs);
      }
      if (before == TcpState.LAST_ACK) {
        connection.close(TcpClose.ORDERLY);
      } else if (before == TcpState.CLOSING) {
        connection.timeWait(nowNs);
      }
    }
  }

  private void onFin(long nowNs) {
    connection.move(Input.FIN);
    if (connection.state() == TcpState.TIME_WAIT) {
      connection.timeWait(nowNs);
    }
  }
}
