package io.hawser.proof.fuzz;

import io.hawser.core.Listener;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.proof.LoneStack;
import io.hawser.proof.ProofException;
import io.hawser.proof.Puppet;
import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;

/**
 * ICMP, ICMPv6 and UDP at a stack with a connection that has data on its way. No message may end an
 * established connection or make its segments tiny (RFC 5927).
 */
public final class IcmpFuzz {
  private static final long SECOND = 1_000_000_000;
  private static final IpAddress HERE6 = IpAddress.parse("2001:db8::1");
  private static final IpAddress THERE6 = IpAddress.parse("2001:db8::2");
  private static final int LEAST_SEGMENT = 400;

  private final Input in;
  private final LoneStack world = new LoneStack(3);
  private final Endpoint here;
  private final boolean v6;
  private final Puppet peer;

  private IcmpFuzz(Input in) {
    this.in = in;
    v6 = in.bit();
    world.stack().addAddress(HERE6, world.nowNs());
    here = new Endpoint(v6 ? HERE6 : LoneStack.HERE, 80);
    peer = new Puppet(world, new Endpoint(v6 ? THERE6 : LoneStack.THERE, 5000), here);
    world.heard(peer::hear);
  }

  /** One input of Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    IcmpFuzz run = new IcmpFuzz(new Input(data));
    try (LoneStack stack = run.world) {
      run.play();
      stack.checkNothingLeft();
    }
  }

  private void play() {
    Listener listener =
        world.stack().listen(here, 8, ConnectionConfig.tcpDefaults().withNoDelay(true));
    peer.open();
    Connection c = listener.accept();
    if (c == null) {
      throw new ProofException("the handshake made no connection");
    }
    MemorySegment data = MemorySegment.ofArray(new byte[20_000]);
    c.write(data, 0, 20_000);
    c.wrote(world.nowNs());
    world.settle();
    for (int n = 0; n < 40 && !in.isEmpty(); n++) {
      world.feed(message());
      if (in.bit()) {
        world.settle();
      }
      if (in.u8() % 8 == 7) {
        world.pass(SECOND / 10);
      }
    }
    int before = peer.receiveNext();
    for (int i = 0; i < 60 && c.phase() == Connection.Phase.OPEN; i++) {
      world.feed(peer.segment());
      world.pass(SECOND / 5);
    }
    if (c.phase() != Connection.Phase.OPEN) {
      throw new ProofException("a message ended the connection: " + c.failure());
    }
    if (peer.receiveNext() - before > 10_000 && peer.segmentsHeard() > 200) {
      throw new ProofException("tiny segments: " + peer.segmentsHeard());
    }
    boolean shrank = peer.smallestHeard() < LEAST_SEGMENT;
    if (shrank && peer.bytesHeard() / peer.segmentsHeard() < LEAST_SEGMENT) {
      throw new ProofException("segments shrank to " + peer.smallestHeard() + " bytes");
    }
  }

  private PacketBuffer message() {
    byte[] rest = in.bit() ? quoted() : in.bytes(in.u8());
    int protocol = in.u8() % 8 == 7 ? PacketView.UDP : v6 ? PacketView.ICMP6 : PacketView.ICMP;
    int type =
        switch (in.u8() % 4) {
          case 0 -> v6 ? 1 : 3;
          case 1 -> v6 ? 2 : 3;
          case 2 -> v6 ? 128 : 8;
          default -> in.u8();
        };
    int code = in.u8() % 3 == 0 ? 4 : in.u8();
    int ip = Headers.ipBytes(v6);
    int icmpBytes = 8 + rest.length;
    PacketBuffer packet = world.buffers().small();
    MemorySegment m = packet.memory().asSlice(PacketBuffer.START);
    Headers.ip(m, peer.self().address(), here.address(), protocol, icmpBytes, 0, 64, 1);
    Bytes.put8(m, ip, type);
    Bytes.put8(m, ip + 1, code);
    Bytes.put16(m, ip + 2, 0);
    Bytes.put32(m, ip + 4, in.bit() ? in.u16() : in.i32());
    for (int i = 0; i < rest.length; i++) {
      Bytes.put8(m, ip + 8L + i, rest[i]);
    }
    long sum =
        v6
            ? Checksum.pseudoHeader(
                true,
                peer.self().address().high(),
                peer.self().address().low(),
                here.address().high(),
                here.address().low(),
                protocol,
                icmpBytes)
            : 0;
    Bytes.put16(m, ip + 2, Checksum.finish(Checksum.add(sum, m, ip, icmpBytes)));
    packet.length(Math.min(ip + icmpBytes, BufferPool.SMALL_BYTES - PacketBuffer.START));
    return packet;
  }

  /** The header of a segment of the live connection, as its router would quote it. */
  private byte[] quoted() {
    int ip = Headers.ipBytes(v6);
    byte[] bytes = new byte[ip + 8 + (in.u8() & 31)];
    MemorySegment m = MemorySegment.ofArray(bytes);
    int protocol = in.u8() % 8 == 7 ? in.u8() : PacketView.TCP;
    Headers.ip(m, here.address(), peer.self().address(), protocol, 1000, 0, 64, 1);
    Bytes.put16(m, ip, here.port());
    Bytes.put16(m, ip + 2, peer.self().port());
    Bytes.put32(m, ip + 4, in.near(peer.receiveNext() - 1000));
    for (int n = in.u8() & 3; n > 0; n--) {
      bytes[in.u8() % bytes.length] = (byte) in.u8();
    }
    return bytes;
  }
}
