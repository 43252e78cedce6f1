package io.hawser.core;

import io.hawser.wire.DropReason;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import io.hawser.wire.TcpOptionCodec;
import java.lang.foreign.MemorySegment;

/** SYNs with a cookie and data that no stack has sent, and resets after them, to port 80 of B. */
final class ForgedSyn {
  static final int SEQUENCE = 77_000;

  private ForgedSyn() {}

  static boolean send(TwoStacks w, IpAddress from, int port, byte[] cookie, byte[] data) {
    MemorySegment scratch = MemorySegment.ofArray(new byte[200]);
    int options = TcpOptionCodec.fastOpen(scratch, 40, MemorySegment.ofArray(cookie));
    options += TcpOptionCodec.nops(scratch, 40 + options, -options & 3);
    MemorySegment.copy(MemorySegment.ofArray(data), 0, scratch, 40 + options, data.length);
    return give(w, scratch, from, port, PacketView.SYN, SEQUENCE, options, data.length);
  }

  static boolean experimental(TwoStacks w, IpAddress from, int port, byte[] cookie, byte[] data) {
    MemorySegment scratch = MemorySegment.ofArray(new byte[200]);
    int options = TcpOptionCodec.fastOpenExperimental(scratch, 40, MemorySegment.ofArray(cookie));
    options += TcpOptionCodec.nops(scratch, 40 + options, -options & 3);
    MemorySegment.copy(MemorySegment.ofArray(data), 0, scratch, 40 + options, data.length);
    return give(w, scratch, from, port, PacketView.SYN, SEQUENCE, options, data.length);
  }

  /** {@code after}: how far after the SYN's sequence number. */
  static boolean reset(TwoStacks w, IpAddress from, int port, int after) {
    MemorySegment scratch = MemorySegment.ofArray(new byte[200]);
    return give(w, scratch, from, port, PacketView.RST, SEQUENCE + after, 0, 0);
  }

  private static boolean give(
      TwoStacks w,
      MemorySegment m,
      IpAddress from,
      int port,
      int flags,
      int sequence,
      int options,
      int length) {
    int tcp = 20 + options;
    int ip = Headers.ip(m, from, TwoStacks.B1, PacketView.TCP, tcp + length, 0, 64, 0);
    Headers.tcp(m, ip, port, 80, sequence, 0, tcp, flags, 60_000, 0);
    PacketBuffer p = w.buffers.small();
    MemorySegment.copy(m, 0, p.memory(), PacketBuffer.START, ip + tcp + length);
    p.length(ip + tcp + length);
    PacketMeta meta = new PacketMeta();
    meta.checksumTrusted = true;
    DropReason reason = w.b.receive(p, meta, w.nowNs);
    p.release();
    return reason == DropReason.NONE;
  }
}
