package io.hawser.core;

import static io.hawser.wire.Bytes.put16;
import static io.hawser.wire.Bytes.put32;
import static io.hawser.wire.Bytes.put8;

import io.hawser.core.mptcp.Subflow;
import io.hawser.core.tcp.TcpOutput;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * ICMP and ICMPv6 as a host has them: echo, port unreachable, and errors about our own segments
 * (RFC 792, 1191, 4443, 8201).
 */
final class IcmpResponder {
  private static final int ECHO_REQUEST4 = 8;
  private static final int ECHO_REQUEST6 = 128;
  private static final int ECHO_REPLY6 = 129;
  private static final int UNREACHABLE4 = 3;
  private static final int UNREACHABLE6 = 1;
  private static final int TOO_BIG6 = 2;
  private static final int FRAGMENTATION_NEEDED = 4;
  private static final int PORT_UNREACHABLE4 = 3;
  private static final int PORT_UNREACHABLE6 = 4;
  private static final int MOST_ECHOED = 1500;
  private static final int MOST_QUOTED4 = 548;
  private static final int MOST_QUOTED6 = 1232;

  private final MemorySegment answer = Arena.ofAuto().allocate(2048, 8);

  /** True if the packet asks for an echo. */
  static boolean isEcho(PacketView v) {
    return Bytes.u8(v.memory, v.transportOffset) == (v.v6 ? ECHO_REQUEST6 : ECHO_REQUEST4);
  }

  /** Answers an echo request; false if it is too large to answer. */
  boolean echo(PacketView v, TcpOutput out) {
    if (v.transportLength > MOST_ECHOED) {
      return false;
    }
    int ip = begin(v, v.transportLength);
    MemorySegment.copy(v.memory, v.transportOffset, answer, ip, v.transportLength);
    put16(answer, ip, v.v6 ? ECHO_REPLY6 << 8 : 0);
    return finish(v, ip, v.transportLength, out);
  }

  /** Tells the sender of a UDP datagram that nobody listens. */
  boolean portUnreachable(PacketView v, TcpOutput out) {
    int quoted = Math.min(v.ipLength, v.v6 ? MOST_QUOTED6 : MOST_QUOTED4);
    int ip = begin(v, 8 + quoted);
    put8(answer, ip, v.v6 ? UNREACHABLE6 : UNREACHABLE4);
    put8(answer, ip + 1, v.v6 ? PORT_UNREACHABLE6 : PORT_UNREACHABLE4);
    put16(answer, ip + 2, 0);
    put32(answer, ip + 4, 0);
    MemorySegment.copy(v.memory, v.ipOffset, answer, ip + 8, quoted);
    return finish(v, ip, 8 + quoted, out);
  }

  private int begin(PacketView v, int icmpBytes) {
    int protocol = v.v6 ? PacketView.ICMP6 : PacketView.ICMP;
    return Headers.ip(answer, v.destination(), v.source(), protocol, icmpBytes, 0, 64, 0);
  }

  private boolean finish(PacketView v, int ip, int bytes, TcpOutput out) {
    put16(answer, ip + 2, 0);
    long sum =
        v.v6
            ? Checksum.pseudoHeader(
                true, v.dstHigh, v.dstLow, v.srcHigh, v.srcLow, PacketView.ICMP6, bytes)
            : 0;
    put16(answer, ip + 2, Checksum.finish(Checksum.add(sum, answer, ip, bytes)));
    return out.raw(answer, ip + bytes);
  }

  /**
   * An error about a segment of ours: finds the subflow by the quoted header and tells it (RFC 5927
   * section 4: with care).
   */
  static void error(PacketView v, ConnectionTable table, long nowNs) {
    int type = Bytes.u8(v.memory, v.transportOffset);
    int code = Bytes.u8(v.memory, v.transportOffset + 1);
    boolean tooBig = v.v6 ? type == TOO_BIG6 : type == UNREACHABLE4 && code == FRAGMENTATION_NEEDED;
    boolean unreachable = type == (v.v6 ? UNREACHABLE6 : UNREACHABLE4);
    if (!tooBig && !unreachable) {
      return;
    }
    int quoted = v.transportOffset + 8;
    int left = v.transportLength - 8;
    int header = v.v6 ? 40 : 20;
    if (left < header + 8) {
      return;
    }
    int ip = v.v6 ? 40 : (Bytes.u8(v.memory, quoted) & 15) * 4;
    int protocol = Bytes.u8(v.memory, quoted + (v.v6 ? 6 : 9));
    if (protocol != PacketView.TCP || left < ip + 8) {
      return;
    }
    IpAddress source = address(v, quoted + (v.v6 ? 8 : 12));
    IpAddress destination = address(v, quoted + (v.v6 ? 24 : 16));
    Endpoint local = new Endpoint(source, Bytes.u16(v.memory, quoted + ip));
    Endpoint remote = new Endpoint(destination, Bytes.u16(v.memory, quoted + ip + 2));
    Subflow subflow = table.find(local, remote);
    if (subflow == null || !subflow.hasInFlight(Bytes.i32(v.memory, quoted + ip + 4))) {
      return;
    }
    if (tooBig) {
      int mtu =
          v.v6
              ? Bytes.i32(v.memory, v.transportOffset + 4)
              : Bytes.u16(v.memory, v.transportOffset + 6);
      subflow.pathMtu(mtu, nowNs);
    } else {
      subflow.unreachable(nowNs);
    }
  }

  private static IpAddress address(PacketView v, int at) {
    return v.v6
        ? IpAddress.v6(Bytes.i64(v.memory, at), Bytes.i64(v.memory, at + 8))
        : IpAddress.v4(Bytes.i32(v.memory, at));
  }
}
