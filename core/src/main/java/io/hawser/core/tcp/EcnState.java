package io.hawser.core.tcp;

import static io.hawser.wire.PacketView.ACK;
import static io.hawser.wire.PacketView.CWR;
import static io.hawser.wire.PacketView.ECE;

import io.hawser.wire.PacketView;

/** Explicit congestion notification of one connection, both directions (RFC 3168 section 6.1). */
final class EcnState {
  /** ECT(0), the codepoint of an ECN-capable sender, and the mask of the field. */
  static final int ECT0 = 2;

  private static final int CE = 3;

  private final TcpConfig config;
  private boolean asked;
  private boolean on;
  private boolean echoing;
  private boolean cwrDue;
  private long reducedUntilSsn;

  EcnState(TcpConfig config) {
    this.config = config;
  }

  boolean on() {
    return on;
  }

  /** Flags that go on a SYN or SYN/ACK (section 6.1.1). */
  int synFlags(boolean answer, int synsSentBefore) {
    if (answer) {
      return on ? ECE : 0;
    }
    // A SYN that went unanswered may have met a middlebox that drops such flags: the next has none.
    boolean ask = config.ecn == TcpConfig.ECN_ASK && synsSentBefore == 0;
    asked |= ask;
    return ask ? ECE | CWR : 0;
  }

  /** The peer's SYN or SYN/ACK. */
  void negotiate(PacketView s) {
    boolean both = s.has(ECE | CWR);
    if (s.has(ACK)) {
      on = asked && s.has(ECE) && !both;
    } else {
      // A SYN is never sent as ECN-capable: one that arrives so was tampered with.
      on = config.ecn != TcpConfig.ECN_OFF && both && (s.trafficClass & CE) == 0;
    }
  }

  /** Data has come; true if it is to be acknowledged at once. */
  boolean onData(PacketView s, TcpStats stats) {
    if (!on) {
      return false;
    }
    boolean reduced = s.has(CWR);
    if (reduced) {
      echoing = false;
    }
    boolean marked = (s.trafficClass & CE) == CE;
    stats.congestionMarks += marked ? 1 : 0;
    boolean news = marked && !echoing;
    echoing |= marked;
    // A peer that has reduced may be waiting for this very acknowledgement.
    return news || reduced;
  }

  /** ECE on everything until the peer says CWR (section 6.1.3), CWR on the data that is due. */
  int flags(boolean newData) {
    return (on && echoing ? ECE : 0) | (newData && cwrDue ? CWR : 0);
  }

  /** Section 6.1.5: only new data is sent as ECN-capable. */
  int codepoint(boolean newData) {
    return on && newData ? ECT0 : 0;
  }

  /** True if the next new data carries CWR, so that it must be one segment. */
  boolean cwrDue() {
    return cwrDue;
  }

  /** New data left. */
  void newDataSent() {
    cwrDue = false;
  }

  /**
   * An acknowledgement echoes a mark; true if the window is to be reduced: once until CWR has been
   * acknowledged (section 6.1.2).
   */
  boolean onEcho(PacketView s, long unackedSsn) {
    return on && s.has(ECE) && unackedSsn > reducedUntilSsn;
  }

  /** The window was reduced, for whatever reason, with everything before {@code nextSsn} sent. */
  void reduced(long nextSsn) {
    if (on) {
      cwrDue = true;
      reducedUntilSsn = nextSsn;
    }
  }
}
