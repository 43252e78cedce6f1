package io.hawser.proof;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.MptcpCodec;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import io.hawser.wire.TcpOptionCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A TCP segment made by hand; its checksum is right, everything else is what it was told. */
public final class Segment {
  private static final int MOST_OPTION_BYTES = 40;

  private final Endpoint from;
  private final Endpoint to;
  private final MemorySegment scratch = MemorySegment.ofArray(new byte[128]);
  private final MemorySegment options = MemorySegment.ofArray(new byte[MOST_OPTION_BYTES]);
  private int flags = PacketView.ACK;
  private int seq;
  private int ack;
  private int window = 0xffff;
  private int urgent;
  private int ecn;
  private int optionBytes;
  private byte[] payload = {};

  /** An ACK without options and data. */
  public Segment(Endpoint from, Endpoint to) {
    this.from = from;
    this.to = to;
  }

  public Segment flags(int bits) {
    flags = bits;
    return this;
  }

  public Segment seq(int number) {
    seq = number;
    return this;
  }

  public Segment ack(int number) {
    ack = number;
    return this;
  }

  /** The window field, unscaled. */
  public Segment window(int field) {
    window = field;
    return this;
  }

  public Segment urgent(int pointer) {
    urgent = pointer;
    return this;
  }

  /** The ECN codepoint of the IP header. */
  public Segment ecn(int codepoint) {
    ecn = codepoint & 3;
    return this;
  }

  public Segment payload(byte[] bytes) {
    payload = bytes;
    return this;
  }

  /** Maximum segment size. */
  public Segment mss(int bytes) {
    return fits(4) ? grew(TcpOptionCodec.mss(options, optionBytes, bytes)) : this;
  }

  /** Window scale. */
  public Segment windowScale(int shift) {
    return fits(3) ? grew(TcpOptionCodec.windowScale(options, optionBytes, shift)) : this;
  }

  /** SACK permitted. */
  public Segment sackPermitted() {
    return fits(2) ? grew(TcpOptionCodec.sackPermitted(options, optionBytes)) : this;
  }

  /** SACK blocks, pairs of edges. */
  public Segment sack(int... edges) {
    return fits(2 + 4 * edges.length)
        ? grew(TcpOptionCodec.sack(options, optionBytes, edges, edges.length / 2))
        : this;
  }

  /** Timestamps. */
  public Segment timestamps(int value, int echo) {
    return fits(10) ? grew(TcpOptionCodec.timestamps(options, optionBytes, value, echo)) : this;
  }

  /** An MPTCP option; one that no longer fits is left out. */
  public Segment mptcp(MptcpOption option) {
    return fits(MptcpCodec.length(option))
        ? grew(MptcpCodec.encode(option, options, optionBytes))
        : this;
  }

  /** Option bytes as they are; those that no longer fit are left out. */
  public Segment raw(byte[] bytes) {
    int count = Math.min(bytes.length, MOST_OPTION_BYTES - optionBytes);
    MemorySegment.copy(bytes, 0, options, ValueLayout.JAVA_BYTE, optionBytes, count);
    return grew(count);
  }

  private boolean fits(int bytes) {
    return optionBytes + bytes <= MOST_OPTION_BYTES;
  }

  private Segment grew(int bytes) {
    optionBytes += bytes;
    return this;
  }

  /** The whole IP packet in a buffer of its own; the caller holds its only reference. */
  public PacketBuffer packet(BufferPool pool) {
    int padded = optionBytes + 3 & ~3;
    int tcpBytes = 20 + padded + payload.length;
    int ip =
        Headers.ip(scratch, from.address(), to.address(), PacketView.TCP, tcpBytes, ecn, 64, 1);
    Headers.tcp(scratch, ip, from.port(), to.port(), seq, ack, 20 + padded, flags, window, urgent);
    MemorySegment.copy(options, 0, scratch, ip + 20L, optionBytes);
    for (int i = optionBytes; i < padded; i++) {
      Bytes.put8(scratch, ip + 20L + i, 0);
    }
    int total = ip + tcpBytes;
    boolean small = total <= BufferPool.SMALL_BYTES - PacketBuffer.START;
    PacketBuffer packet = small ? pool.small() : pool.large();
    packet.length(total);
    MemorySegment m = packet.memory();
    int at = PacketBuffer.START;
    MemorySegment.copy(scratch, 0, m, at, ip + 20L + padded);
    MemorySegment.copy(
        payload, 0, m, ValueLayout.JAVA_BYTE, at + ip + 20L + padded, payload.length);
    long sum =
        Checksum.pseudoHeader(
            from.address().v6(),
            from.address().high(),
            from.address().low(),
            to.address().high(),
            to.address().low(),
            PacketView.TCP,
            tcpBytes);
    sum = Checksum.add(sum, m, at + ip, tcpBytes);
    Bytes.put16(m, at + ip + 16L, Checksum.finish(sum));
    return packet;
  }
}
