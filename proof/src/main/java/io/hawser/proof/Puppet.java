package io.hawser.proof;

import io.hawser.wire.Endpoint;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import io.hawser.wire.SeqNum;

/**
 * A peer without a stack: it knows what the numbers are and sends what it is told. It hears what
 * the stack sends to its port.
 */
public final class Puppet {
  /** Its key, if it speaks MPTCP. */
  public static final long KEY = 0x1122_3344_5566_7788L;

  /** What it calls itself first. */
  public static final int ISS = 0xffff_fc00;

  private final LoneStack world;
  private final Endpoint self;
  private Endpoint peer;
  private int sendNext = ISS;
  private int receiveNext;
  private int peerAcked;
  private int peerIss;
  private boolean peerSent;
  private boolean multipath;
  private long peerKey;
  private int peerNonce;
  private long peerHmac;
  private boolean isReset;
  private long bytesHeard;
  private long segmentsHeard;
  private int window = 0xffff;
  private int tsEcho;
  private boolean peerStamps;
  private int smallestHeard = Integer.MAX_VALUE;

  /** A peer at this endpoint that talks to the stack's. */
  public Puppet(LoneStack world, Endpoint self, Endpoint peer) {
    this.world = world;
    this.self = self;
    this.peer = peer;
  }

  public Endpoint self() {
    return self;
  }

  public Endpoint peer() {
    return peer;
  }

  /** It answers whom it heard last. */
  public void peer(Endpoint next) {
    peer = next;
  }

  /** Next sequence number of its own. */
  public int sendNext() {
    return sendNext;
  }

  public void sendNext(int number) {
    sendNext = number;
  }

  /** What it has heard without a gap, so what it would acknowledge. */
  public int receiveNext() {
    return receiveNext;
  }

  public void receiveNext(int number) {
    receiveNext = number;
  }

  /** What the stack acknowledged last. */
  public int peerAcked() {
    return peerAcked;
  }

  /** The stack's initial sequence number. */
  public int peerIss() {
    return peerIss;
  }

  /** The key that the stack gave, or 0. */
  public long peerKey() {
    return peerKey;
  }

  /** The nonce of the stack's MP_JOIN. */
  public int peerNonce() {
    return peerNonce;
  }

  /** The truncated HMAC of the stack's MP_JOIN. */
  public long peerHmac() {
    return peerHmac;
  }

  /** True once the stack sent a reset. */
  public boolean isReset() {
    return isReset;
  }

  /** Payload bytes heard, repeated ones among them. */
  public long bytesHeard() {
    return bytesHeard;
  }

  /** Segments with payload heard. */
  public long segmentsHeard() {
    return segmentsHeard;
  }

  /** Payload of the smallest segment with payload. */
  public int smallestHeard() {
    return smallestHeard;
  }

  /** True if the stack stamps its segments. */
  public boolean peerStamps() {
    return peerStamps;
  }

  /** The window field of what it sends from now on. */
  public void window(int field) {
    window = field;
  }

  /** Asks for MPTCP in {@link #syn}. */
  public Puppet multipath() {
    multipath = true;
    return this;
  }

  /** Takes note of a packet, if it is for this peer. */
  public void hear(PacketView v) {
    if (v.protocol != PacketView.TCP
        || v.dstPort != self.port()
        || v.srcPort != peer.port()
        || !v.destination().equals(self.address())) {
      return;
    }
    isReset |= v.has(PacketView.RST);
    if (v.has(PacketView.ACK)) {
      peerAcked = v.ack;
    }
    if (v.hasTimestamp && !v.has(PacketView.SYN)) {
      peerStamps = true;
      tsEcho = v.tsVal;
    }
    if (v.payloadLength > 0) {
      bytesHeard += v.payloadLength;
      segmentsHeard++;
      smallestHeard = Math.min(smallestHeard, v.payloadLength);
    }
    int end = v.seq + v.sequenceLength();
    if (v.has(PacketView.SYN)) {
      receiveNext = end;
      peerIss = v.seq;
      peerSent = true;
    } else if (peerSent && SeqNum.leq(v.seq, receiveNext) && SeqNum.gt(end, receiveNext)) {
      receiveNext = end;
    }
    for (int i = 0; i < v.mptcpCount; i++) {
      switch (v.mptcp(i)) {
        case MptcpOption.MpCapable c when c.keys() > 0 -> peerKey = c.senderKey();
        case MptcpOption.MpJoinSynAck j -> {
          peerNonce = j.nonce();
          peerHmac = j.hmac();
        }
        default -> {
          // Nothing to remember.
        }
      }
    }
  }

  /** An ACK of all that it heard. */
  public Segment segment() {
    Segment s = new Segment(self, peer).seq(sendNext).ack(receiveNext).window(window);
    return peerStamps ? s.timestamps(stamp(), tsEcho) : s;
  }

  /** The same, of another acknowledgement. */
  public Segment acking(int number) {
    Segment s = new Segment(self, peer).seq(sendNext).ack(number).window(window);
    return peerStamps ? s.timestamps(stamp(), tsEcho) : s;
  }

  private int stamp() {
    return (int) (world.nowNs() / 1_000_000);
  }

  /** Its SYN. */
  public Segment syn() {
    Segment s = new Segment(self, peer).flags(PacketView.SYN).seq(ISS).window(window).mss(1000);
    sendNext = ISS + 1;
    return multipath ? s.mptcp(new MptcpOption.MpCapable(1, 1, 0, 0, 0, -1, -1)) : s;
  }

  /** The third packet of its handshake. */
  public Segment third() {
    Segment s = segment();
    return multipath && peerKey != 0
        ? s.mptcp(new MptcpOption.MpCapable(1, 1, 2, KEY, peerKey, -1, -1))
        : s;
  }

  /** Its whole handshake as the one that opens. */
  public void open() {
    world.feed(syn());
    world.settle();
    world.feed(third());
    world.settle();
  }

  /** Its answer to the stack's SYN. */
  public Segment synAck() {
    Segment s =
        new Segment(self, peer)
            .flags(PacketView.SYN | PacketView.ACK)
            .seq(ISS)
            .ack(receiveNext)
            .window(window)
            .mss(1000);
    sendNext = ISS + 1;
    return multipath ? s.mptcp(new MptcpOption.MpCapable(1, 1, 1, KEY, 0, -1, -1)) : s;
  }
}
