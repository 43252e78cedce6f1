package io.hawser.core.tcp;

import static io.hawser.wire.PacketView.ACK;
import static io.hawser.wire.PacketView.RST;
import static io.hawser.wire.PacketView.SYN;

import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.time.TimerTable;

/** Segments without payload, and what times them: SYN, RST, ACK, probes, keep-alive. */
final class TcpControl {
  private final TcpConnection c;
  private final TcpSender sender;
  private final TcpReceiver receiver;
  private final TimerTable<TcpTimer> timers;
  private final TcpConfig config;
  private final SendBuffer data;
  private boolean synDue;
  private boolean resetDue;
  private boolean strayResetDue;
  private int strayAck;
  private int synsSent;
  private long synSentNs;
  private int keepProbesSent;
  private boolean probeDue;

  TcpControl(
      TcpConnection connection,
      TcpSender sender,
      TcpReceiver receiver,
      TimerTable<TcpTimer> timers,
      TcpConfig config,
      SendBuffer data) {
    this.c = connection;
    this.sender = sender;
    this.receiver = receiver;
    this.timers = timers;
    this.config = config;
    this.data = data;
  }

  /** A SYN, or a SYN/ACK, goes out with the next poll. */
  void syn() {
    synDue = true;
  }

  /** A SYN/ACK has left that this connection did not send; it measures nothing (Karn's rule). */
  void answered(long nowNs) {
    synDue = false;
    synsSent = 2;
    synSentNs = nowNs;
    sender.synSent(nowNs, 0);
    receiver.acked(true);
    timers.set(TcpTimer.RETRANSMIT, nowNs + sender.recovery.rtt.rtoNs());
  }

  void synDone() {
    synDue = false;
  }

  void reset() {
    resetDue = true;
  }

  /** Something acknowledged what was never sent: RST with its acknowledgement number. */
  void strayReset(int ack) {
    strayAck = ack;
    strayResetDue = true;
  }

  void probe() {
    probeDue = true;
  }

  int synsSent() {
    return synsSent;
  }

  long synSentNs() {
    return synSentNs;
  }

  /** True if something must leave even from CLOSED. */
  boolean isDue() {
    return resetDue || strayResetDue || synDue;
  }

  boolean ackIsDue() {
    boolean delayStarts = receiver.ackDelayed() && !timers.isSet(TcpTimer.DELAYED_ACK);
    return receiver.ackDue() || probeDue || delayStarts;
  }

  void poll(long nowNs, TcpOutput out) {
    if (strayResetDue) {
      strayResetDue = !out.segment(c, TcpExtension.Slot.RST, RST, strayAck, null, data, nowNs);
    }
    if (resetDue) {
      int seq = c.sequence(sender.nextSsn());
      resetDue = !out.segment(c, TcpExtension.Slot.RST, RST | ACK, seq, null, data, nowNs);
    }
    if (synDue && c.state() != TcpState.CLOSED) {
      sendSyn(nowNs, out);
    }
  }

  void pollAck(long nowNs, TcpOutput out) {
    if (probeDue && sendProbe(nowNs, out)) {
      probeDue = false;
    }
    if (receiver.ackDue() || c.extension().wantsAck(nowNs)) {
      sendAck(nowNs, out);
    } else if (receiver.ackDelayed() && !timers.isSet(TcpTimer.DELAYED_ACK)) {
      timers.set(TcpTimer.DELAYED_ACK, nowNs + config.delayedAckNs);
    }
  }

  private void sendAck(long nowNs, TcpOutput out) {
    int seq = c.sequence(sender.nextSsn());
    if (out.segment(c, TcpExtension.Slot.ACK, ACK, seq, null, data, nowNs)) {
      c.stats().segmentsOut++;
      timers.clear(TcpTimer.DELAYED_ACK);
      receiver.acked(true);
    }
  }

  /**
   * A segment before the window: the peer answers with its c.state() (window probes, keep-alive).
   */
  boolean sendProbe(long nowNs, TcpOutput out) {
    int seq = c.sequence(sender.unackedSsn() - 1);
    boolean sent = out.segment(c, TcpExtension.Slot.ACK, ACK, seq, null, data, nowNs);
    c.stats().segmentsOut += sent ? 1 : 0;
    return sent;
  }

  private void sendSyn(long nowNs, TcpOutput out) {
    boolean answer = c.state() == TcpState.SYN_RECEIVED;
    TcpExtension.Slot slot = answer ? TcpExtension.Slot.SYN_ACK : TcpExtension.Slot.SYN;
    boolean v6 = c.local().address().v6();
    TxRange early = answer ? null : c.fastOpen().ride(data, synsSent, c.advertisedMss(), v6);
    if (!out.segment(c, slot, answer ? SYN | ACK : SYN, c.sequence(0), early, data, nowNs)) {
      return;
    }
    c.stats().segmentsOut++;
    if (early != null) {
      c.fastOpen().rode(early.length);
      c.stats().dataSegmentsOut++;
      c.stats().bytesSent += early.length;
    }
    synDue = false;
    synsSent++;
    if (synsSent == 1) {
      synSentNs = nowNs;
    }
    sender.synSent(synSentNs, c.fastOpen().sentBytes());
    receiver.acked(true);
    if (!timers.isSet(TcpTimer.RETRANSMIT)) {
      timers.set(TcpTimer.RETRANSMIT, nowNs + sender.recovery.rtt.rtoNs());
    }
  }

  void onTimers(long nowNs) {
    if (timers.expire(TcpTimer.LINGER, nowNs)) {
      c.close(c.closeReason() == TcpClose.NONE ? TcpClose.TIMED_OUT : c.closeReason());
      return;
    }
    if (timers.expire(TcpTimer.DELAYED_ACK, nowNs)) {
      receiver.ackNow();
    }
    if (c.state() == TcpState.SYN_SENT || c.state() == TcpState.SYN_RECEIVED) {
      if (nowNs >= sender.userTimeoutAtNs()) {
        c.close(TcpClose.TIMED_OUT);
      } else if (timers.expire(TcpTimer.RETRANSMIT, nowNs)) {
        int most = c.state() == TcpState.SYN_SENT ? config.synRetries : config.synAckRetries;
        // Answers to a SYN that came again are no expirations.
        if (sender.recovery.rtt.backoff() >= most) {
          c.close(TcpClose.TIMED_OUT);
        } else {
          sender.recovery.rtt.backOff();
          c.fastOpen().unanswered(synsSent, nowNs);
          synDue = true;
        }
      }
      return;
    }
    if (timers.expire(TcpTimer.KEEP_ALIVE, nowNs)) {
      keepAlive(nowNs);
    }
    if (c.state() != TcpState.CLOSED && !sender.onTimers(nowNs)) {
      resetDue = true;
      c.close(TcpClose.TIMED_OUT);
    }
  }

  void keepAliveHeard(long nowNs) {
    if (config.keepIdleNs > 0) {
      keepProbesSent = 0;
      timers.set(TcpTimer.KEEP_ALIVE, nowNs + config.keepIdleNs);
    }
  }

  private void keepAlive(long nowNs) {
    if (config.keepIdleNs == 0) {
      return;
    }
    if (keepProbesSent >= config.keepProbes) {
      resetDue = true;
      c.close(TcpClose.TIMED_OUT);
      return;
    }
    keepProbesSent++;
    probeDue = true;
    timers.set(TcpTimer.KEEP_ALIVE, nowNs + config.keepIntervalNs);
  }
}
