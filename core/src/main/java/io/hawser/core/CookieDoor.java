package io.hawser.core;

import static io.hawser.wire.PacketView.ACK;
import static io.hawser.wire.PacketView.CWR;
import static io.hawser.wire.PacketView.ECE;
import static io.hawser.wire.PacketView.SYN;

import io.hawser.core.mptcp.Handshake;
import io.hawser.core.tcp.SynCookies;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.MptcpCodec;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import io.hawser.wire.TcpOptionCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Listeners whose queue of half-open connections is full: SYNs are answered without keeping
 * anything, and the third ACK brings back what is needed (RFC 4987; with MPTCP, RFC 8684 section
 * 3.1 and its key that is echoed).
 */
final class CookieDoor {
  private static final long BELIEVED_NS = 130_000_000_000L;
  private static final int WINDOW = 65_535;

  private final StackConfig config;
  private final SynCookies cookies;
  private final InitialSequence sequences;
  private final Answers answers;
  private final MemorySegment packet = Arena.ofAuto().allocate(256, 8);

  CookieDoor(StackConfig config, SynCookies cookies, InitialSequence sequences, Answers answers) {
    this.config = config;
    this.cookies = cookies;
    this.sequences = sequences;
    this.answers = answers;
  }

  private int clock(Endpoint at, Endpoint from, long nowNs) {
    return (int) (nowNs / 1_000_000) + sequences.timestampOffset(at, from);
  }

  /** Answers a SYN and forgets it; false if too many answers wait already. */
  boolean answer(PacketView syn, ListenerEntry listener, Endpoint at, Endpoint from, long nowNs) {
    listener.overflowedNs = nowNs;
    boolean stamped = config.tcp.timestamps && syn.hasTimestamp;
    int stamp = cookies.timestamp(syn, clock(at, from, nowNs));
    SynCookies.Syn said = cookies.remembered(syn, stamp);
    int cookie = cookies.cookie(at, from, syn, nowNs);
    int ip = Headers.ipBytes(syn.v6);
    int start = ip + 20;
    int o = start;
    int mss = config.mtuBytes - ip - 20;
    o +=
        TcpOptionCodec.mss(
            packet, o, config.tcp.maxSegment > 0 ? Math.min(config.tcp.maxSegment, mss) : mss);
    if (stamped) {
      o +=
          said.sack() ? TcpOptionCodec.sackPermitted(packet, o) : TcpOptionCodec.nops(packet, o, 2);
      o += TcpOptionCodec.timestamps(packet, o, stamp, syn.tsVal);
      if (said.windowScale() >= 0) {
        o += TcpOptionCodec.nops(packet, o, 1);
        o +=
            TcpOptionCodec.windowScale(
                packet, o, cookies.windowScale(listener.config.receiveBufferBytes()));
      }
    }
    boolean multi = config.mptcpEnabled && listener.config.multipath();
    if (multi && Handshake.offer(syn) != null) {
      int flags = MptcpOption.MpCapable.H | (config.mptcpChecksum ? MptcpOption.MpCapable.A : 0);
      long key = cookies.key(at, from, cookie);
      o += MptcpCodec.encode(new MptcpOption.MpCapable(1, flags, 1, key, 0, -1, -1), packet, o);
    }
    o += TcpOptionCodec.nops(packet, o, -(o - start) & 3);
    int tcpBytes = o - ip;
    Headers.ip(
        packet, at.address(), from.address(), PacketView.TCP, tcpBytes, 0, config.tcp.hopLimit, 0);
    int flags = SYN | ACK | (said.ecn() ? ECE : 0);
    Headers.tcp(
        packet,
        ip,
        at.port(),
        from.port(),
        cookie,
        syn.seq + 1,
        tcpBytes,
        flags,
        Math.min(WINDOW, listener.config.receiveBufferBytes()),
        0);
    long sum =
        Checksum.pseudoHeader(
            syn.v6, syn.dstHigh, syn.dstLow, syn.srcHigh, syn.srcLow, PacketView.TCP, tcpBytes);
    Bytes.put16(packet, ip + 16L, Checksum.finish(Checksum.add(sum, packet, ip, tcpBytes)));
    return answers.packet(packet, o);
  }

  /** What the SYN before this ACK said, if this is a third ACK that a cookie was given for. */
  SynCookies.@Nullable Syn check(
      PacketView ack, ListenerEntry listener, Endpoint at, Endpoint from, long nowNs) {
    boolean mayBe = ack.has(ACK) && (ack.flags & (SYN | PacketView.RST)) == 0;
    // Nobody has a cookie of a listener that has given none: guesses are not even looked at.
    if (!mayBe || nowNs - listener.overflowedNs > BELIEVED_NS) {
      return null;
    }
    return cookies.check(at, from, ack, nowNs);
  }

  /** Makes the view of a third ACK that of the SYN which must have come before. */
  static void asSyn(PacketView v, SynCookies.Syn said) {
    v.seq--;
    v.flags = SYN | (said.ecn() ? ECE | CWR : 0);
    v.mss = said.mss();
    v.windowScale = said.windowScale();
    v.sackPermitted = said.sack();
  }

  /** Undoes {@link #asSyn}. */
  static void asAck(PacketView v, int flags) {
    v.seq++;
    v.flags = flags;
    v.mss = -1;
    v.windowScale = -1;
    v.sackPermitted = false;
  }

  /** The key that was given with the cookie which this segment acknowledges. */
  long key(PacketView ack, Endpoint at, Endpoint from) {
    return cookies.key(at, from, ack.ack - 1);
  }
}
