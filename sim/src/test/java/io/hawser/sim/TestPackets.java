package io.hawser.sim;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;

/** Packets to feed links and middleboxes with. */
final class TestPackets {
  static final Endpoint A4 = endpoint("10.0.0.1", 1000);
  static final Endpoint B4 = endpoint("192.0.2.9", 80);
  static final Endpoint A6 = endpoint("2001:db8::1", 1000);
  static final Endpoint B6 = endpoint("2001:db8:ffff::9", 80);

  private TestPackets() {}

  static Endpoint endpoint(String address, int port) {
    return new Endpoint(IpAddress.parse(address), port);
  }

  /** A TCP packet with these options (a multiple of 4 bytes) and payload bytes 0, 1, 2... */
  static PacketBuffer tcp(
      BufferPool pool, Endpoint from, Endpoint to, int flags, byte[] options, int payload) {
    PacketBuffer packet = Link.buffer(pool, 80 + options.length + payload);
    MemorySegment m = packet.memory().asSlice(PacketBuffer.START);
    int header = 20 + options.length;
    int ip = Headers.ip(m, from.address(), to.address(), 6, header + payload, 0, 64, 7);
    Headers.tcp(m, ip, from.port(), to.port(), 1_000_000, 2_000_000, header, flags, 5000, 0);
    for (int i = 0; i < options.length; i++) {
      Bytes.put8(m, ip + 20 + i, options[i]);
    }
    for (int i = 0; i < payload; i++) {
      Bytes.put8(m, ip + header + i, i);
    }
    IpAddress a = from.address();
    IpAddress b = to.address();
    long sum =
        Checksum.pseudoHeader(a.v6(), a.high(), a.low(), b.high(), b.low(), 6, header + payload);
    Bytes.put16(m, ip + 16, Checksum.finish(Checksum.add(sum, m, ip, header + payload)));
    packet.length(ip + header + payload);
    return packet;
  }

  /** An IPv4 TCP packet of this many bytes in all. */
  static PacketBuffer ofLength(BufferPool pool, int bytes) {
    return tcp(pool, A4, B4, PacketView.ACK, new byte[0], bytes - 40);
  }

  static PacketView view(PacketBuffer packet) {
    PacketView view = new PacketView();
    DropReason reason = view.check(packet, new PacketMeta());
    if (reason != DropReason.NONE) {
      throw new AssertionError("bad packet: " + reason);
    }
    return view;
  }

  static DropReason verdict(PacketBuffer packet) {
    return new PacketView().check(packet, new PacketMeta());
  }
}
