package io.hawser.core;

import static io.hawser.wire.PacketView.ACK;
import static io.hawser.wire.PacketView.RST;

import io.hawser.core.tcp.TcpOutput;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.Headers;
import io.hawser.wire.MptcpCodec;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketSink;
import io.hawser.wire.PacketView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;

/**
 * Answers of the stack itself, to packets that no connection is there for; limited in rate, and
 * kept until the next poll.
 */
final class Answers {
  private static final int MOST_WAITING = 256;
  private static final long SECOND_NS = 1_000_000_000L;

  private final StackConfig config;
  private final IcmpResponder icmp = new IcmpResponder();
  private final TcpOutput builder = new TcpOutput();
  private final MemorySegment scratch = Arena.ofAuto().allocate(2048, 8);
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private final PacketSink keep =
      packet -> {
        waiting.add(packet.header.asSlice(0, packet.headerLength).toArray(ValueLayout.JAVA_BYTE));
        return true;
      };
  private long tokens;
  private long refilledNs = Long.MIN_VALUE;

  Answers(StackConfig config) {
    this.config = config;
    this.tokens = config.answersPerSecond;
  }

  boolean waiting() {
    return !waiting.isEmpty();
  }

  /** A token bucket (one second deep). */
  private boolean may(long nowNs) {
    if (refilledNs == Long.MIN_VALUE) {
      refilledNs = nowNs;
    }
    long interval = SECOND_NS / Math.max(1, config.answersPerSecond);
    long fresh = (nowNs - refilledNs) / interval;
    if (fresh > 0) {
      tokens = Math.min(config.answersPerSecond, tokens + fresh);
      refilledNs += fresh * interval;
    }
    if (tokens <= 0 || waiting.size() >= MOST_WAITING) {
      return false;
    }
    tokens--;
    return true;
  }

  void echo(PacketView v, long nowNs) {
    if (may(nowNs)) {
      builder.sink(keep);
      icmp.echo(v, builder);
    }
  }

  void portUnreachable(PacketView v, long nowNs) {
    if (may(nowNs)) {
      builder.sink(keep);
      icmp.portUnreachable(v, builder);
    }
  }

  /** RST as RFC 9293 section 3.10.7.1 says; {@code reason} -1: without MP_TCPRST. */
  void reset(PacketView v, int reason, long nowNs) {
    if (!may(nowNs)) {
      return;
    }
    int ip = Headers.ipBytes(v.v6);
    int options = 0;
    if (reason >= 0) {
      options = MptcpCodec.encode(new MptcpOption.MpTcprst(0, reason), scratch, ip + 20L);
    }
    int tcpBytes = 20 + options;
    Headers.ip(
        scratch, v.destination(), v.source(), PacketView.TCP, tcpBytes, 0, config.tcp.hopLimit, 0);
    boolean acked = v.has(ACK);
    int seq = acked ? v.ack : 0;
    int ack = acked ? 0 : v.seq + v.sequenceLength();
    int flags = acked ? RST : RST | ACK;
    Headers.tcp(scratch, ip, v.dstPort, v.srcPort, seq, ack, tcpBytes, flags, 0, 0);
    long sum =
        Checksum.pseudoHeader(
            v.v6, v.dstHigh, v.dstLow, v.srcHigh, v.srcLow, PacketView.TCP, tcpBytes);
    Bytes.put16(scratch, ip + 16L, Checksum.finish(Checksum.add(sum, scratch, ip, tcpBytes)));
    builder.sink(keep);
    builder.raw(scratch, ip + tcpBytes);
  }

  /** A finished packet, whatever the rate; false if too many wait. */
  boolean packet(MemorySegment bytes, int length) {
    if (waiting.size() >= MOST_WAITING) {
      return false;
    }
    builder.sink(keep);
    return builder.raw(bytes, length);
  }

  void send(TcpOutput out) {
    while (!waiting.isEmpty()) {
      byte[] packet = waiting.getFirst();
      MemorySegment.copy(packet, 0, scratch, ValueLayout.JAVA_BYTE, 0, packet.length);
      if (!out.raw(scratch, packet.length)) {
        return;
      }
      waiting.removeFirst();
    }
  }
}
