package io.hawser.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.DropReason;
import io.hawser.wire.Headers;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A connection whose peer is the test: segments in, segments out, numbers relative to the SYNs. */
final class TcpScript implements AutoCloseable {
  static final int FIN = PacketView.FIN;
  static final int SYN = PacketView.SYN;
  static final int RST = PacketView.RST;
  static final int ACK = PacketView.ACK;
  static final int PEER_ISS = 0xffff_fc00;
  static final long MS = 1_000_000;

  /** A segment that left. */
  record Seg(
      int flags,
      int seq,
      int ack,
      int window,
      int length,
      int unit,
      int mss,
      int scale,
      int tsEcr,
      int ecn,
      List<Integer> sack) {
    boolean is(int wanted) {
      return (flags & ~PacketView.PSH) == wanted;
    }
  }

  final TcpConfig config = new TcpConfig();
  final int iss = 0xffff_ff00;
  final List<Seg> sent = new ArrayList<>();
  final TcpEnd end;
  final TcpConnection c;
  long nowNs = 1_000_000_000L;
  boolean deviceFull;
  int window = 60_000;
  int tsVal = 1000;
  int unit;

  /** ECN codepoint of what the peer sends. */
  int ecn;

  private final PacketView view = new PacketView();
  private final PacketMeta meta = new PacketMeta();

  TcpScript() {
    this(0);
  }

  TcpScript(int superSegment) {
    config.timestamps = false;
    // Scripts say what leaves at once; PacerTest turns it on.
    config.pacing = false;
    end = new TcpEnd(config, true, iss, superSegment, this::left);
    c = end.c;
  }

  private boolean left(OutgoingPacket p) {
    if (deviceFull) {
      return false;
    }
    PacketBuffer copy = end.buffers.large();
    MemorySegment.copy(p.header, 0, copy.memory(), PacketBuffer.START, p.headerLength);
    copy.length(p.totalLength());
    PacketView v = new PacketView();
    PacketMeta trusted = new PacketMeta();
    trusted.checksumTrusted = true;
    assertThat(v.check(copy, trusted)).isEqualTo(DropReason.NONE);
    List<Integer> blocks = new ArrayList<>();
    for (int i = 0; i < v.sackCount; i++) {
      blocks.add(v.sackLeft[i] - PEER_ISS);
      blocks.add(v.sackRight[i] - PEER_ISS);
    }
    sent.add(
        new Seg(
            v.flags,
            v.seq - iss,
            v.has(PacketView.ACK) ? v.ack - PEER_ISS : 0,
            v.window,
            v.payloadLength,
            p.segmentBytes,
            v.mss,
            v.windowScale,
            v.tsEcr,
            v.trafficClass & 3,
            blocks));
    copy.release();
    return true;
  }

  /** The peer sends a segment; options are whole words, each given as an int. */
  void peer(int flags, int seq, int ack, int length, int... options) {
    feed(flags, seq, ack, length, options);
    end.turn(nowNs);
  }

  /** The same, without the turn that follows. */
  void feed(int flags, int seq, int ack, int length, int... options) {
    check(flags, seq, ack, length, options);
    c.receive(view, nowNs);
    released();
  }

  private void check(int flags, int seq, int ack, int length, int... options) {
    PacketBuffer b = end.buffers.large();
    MemorySegment m = b.memory();
    int tcp = 20 + 4 * options.length;
    int at = PacketBuffer.START;
    int total = 20 + tcp + length;
    Bytes.put32(m, at, 0x4500_0000 | ecn << 16 | total);
    Bytes.put32(m, at + 4, 0);
    Bytes.put32(m, at + 8, 0x4006_0000);
    Bytes.put32(m, at + 12, 0x0a00_0002);
    Bytes.put32(m, at + 16, 0x0a00_0001);
    Bytes.put16(m, at + 10, ~Checksum.fold(Checksum.add(0, m, at, 20)));
    int t = at + Headers.IPV4_BYTES;
    Bytes.put32(m, t, 2000 << 16 | 1000);
    Bytes.put32(m, t + 4, PEER_ISS + seq);
    Bytes.put32(m, t + 8, iss + ack);
    Bytes.put32(m, t + 12, tcp / 4 << 28 | flags << 16 | window);
    Bytes.put32(m, t + 16, 0);
    for (int i = 0; i < options.length; i++) {
      Bytes.put32(m, t + 20 + 4 * i, options[i]);
    }
    for (int i = 0; i < length; i++) {
      Bytes.put8(m, t + tcp + i, seq + i);
    }
    b.length(total);
    meta.clear();
    meta.checksumTrusted = true;
    meta.segmentBytes = unit;
    assertThat(view.check(b, meta)).isEqualTo(DropReason.NONE);
  }

  private void released() {
    PacketBuffer b = view.buffer;
    if (b != null) {
      b.release();
    }
  }

  /** SACK option of blocks given as relative [left, right) pairs. */
  int[] sack(int... edges) {
    int[] words = new int[1 + edges.length];
    words[0] = 0x0101_0500 | 2 + 4 * edges.length;
    for (int i = 0; i < edges.length; i++) {
      words[i + 1] = iss + edges[i];
    }
    return words;
  }

  int[] stamp(int ecr) {
    return new int[] {0x0101_080a, tsVal, ecr};
  }

  /** Lets time pass, every timer in its turn. */
  void pass(long ms) {
    long until = nowNs + ms * MS;
    int steps = 0;
    while (c.nextDeadlineNs() <= until) {
      nowNs = Math.max(nowNs, c.nextDeadlineNs());
      end.turn(nowNs);
      assertThat(++steps).as("turns").isLessThan(10_000);
    }
    nowNs = until;
  }

  Seg only() {
    assertThat(sent).hasSize(1);
    return sent.removeFirst();
  }

  void nothing() {
    assertThat(sent).isEmpty();
  }

  void connect() {
    c.connect(nowNs);
    end.turn(nowNs);
  }

  /** Active open to ESTABLISHED over a path of 100 ms; MSS 1000, SACK, no scaling. */
  TcpScript established() {
    connect();
    only();
    pass(100);
    if (config.timestamps) {
      int[] o = stamp(c.timestamp(nowNs - 100 * MS));
      peer(SYN | ACK, 0, 1, 0, 0x0204_03f4, 0x0101_0402, o[0], o[1], o[2]);
    } else {
      peer(SYN | ACK, 0, 1, 0, 0x0204_03e8, 0x0101_0402);
    }
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(only().is(ACK)).isTrue();
    return this;
  }

  void accept(int... options) {
    feedSyn(SYN, options);
  }

  /** A passive open on a SYN with these flags. */
  void feedSyn(int flags, int... options) {
    check(flags, 0, 0, 0, options);
    c.accept(view, nowNs);
    released();
    end.turn(nowNs);
  }

  /** What the connection says of a segment that may be the first of its successor. */
  boolean yields(int flags, int seq, int... options) {
    check(flags, seq, 0, 0, options);
    boolean yields = c.yieldsTo(view);
    released();
    return yields;
  }

  void write(int bytes) {
    end.write(new byte[bytes], 0, bytes);
    end.turn(nowNs);
  }

  void shutdown() {
    c.shutdown(nowNs);
    end.turn(nowNs);
  }

  @Override
  public void close() {
    end.close();
    assertThat(end.buffers.lentBuffers()).isZero();
  }
}
