package io.hawser.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.buffer.ChunkPool;
import io.hawser.core.buffer.Reassembler;
import io.hawser.core.buffer.SendBuffer;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.cc.CoupledGroup;
import io.hawser.wire.BufferPool;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketSink;
import io.hawser.wire.PacketView;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A connection with the plainest layer above it: stream offset n is sequence number n + 1. */
final class TcpEnd implements TcpExtension, AutoCloseable {
  static final IpAddress HERE = IpAddress.parse("10.0.0.1");
  static final IpAddress THERE = IpAddress.parse("10.0.0.2");

  final BufferPool buffers = new BufferPool();
  final ChunkPool chunks = new ChunkPool();
  final SendBuffer data = new SendBuffer(chunks, 1 << 20);
  final TcpOutput out = new TcpOutput();
  final TcpConnection c;
  final ByteArrayOutputStream got = new ByteArrayOutputStream();
  private final PacketSink sink;
  Verdict verdict = Verdict.ACCEPT;
  int windowBytes = 100_000;
  boolean reading = true;
  boolean shut;
  private long sentOffset;

  TcpEnd(TcpConfig config, boolean first, int iss, int superSegment, PacketSink sink) {
    this.sink = sink;
    Endpoint a = new Endpoint(HERE, 1000);
    Endpoint b = new Endpoint(THERE, 2000);
    c =
        new TcpConnection(
            config,
            first ? a : b,
            first ? b : a,
            data,
            CongestionControls.create("reno", new CoupledGroup()),
            this,
            iss,
            77,
            1500,
            superSegment);
  }

  @Override
  public int dataOptionBytes() {
    return 0;
  }

  @Override
  public int writeOptions(
      Slot slot, MemorySegment h, long at, int space, @Nullable TxRange range, long nowNs) {
    return 0;
  }

  @Override
  public Verdict onSegment(PacketView segment, long nowNs) {
    return verdict;
  }

  @Override
  public int receiveWindowBytes() {
    return windowBytes;
  }

  @Override
  public boolean windowIsShared() {
    return false;
  }

  @Override
  public boolean wantsAck(long nowNs) {
    return false;
  }

  int write(byte[] bytes, int offset, int length) {
    return data.write(MemorySegment.ofArray(bytes), offset, length);
  }

  /** One turn of an event loop. */
  void turn(long nowNs) {
    out.sink(sink);
    c.poll(nowNs, out);
    long written = data.writtenOffset();
    while (sentOffset < written && !out.blocked()) {
      int room = c.estimates().pacedUntilNs() > nowNs ? 0 : c.sendRoomBytes();
      int n = (int) Math.min(room, written - sentOffset);
      int sent = n <= 0 ? 0 : c.send(sentOffset, n, sentOffset + n == written, nowNs, out);
      if (sent == 0) {
        break;
      }
      sentOffset += sent;
    }
    c.dataWaiting(sentOffset < written, false, nowNs);
    Reassembler payload = c.payload();
    while (reading && payload.poll()) {
      byte[] piece =
          payload
              .buffer()
              .memory()
              .asSlice(payload.bufferOffset(), payload.length())
              .toArray(ValueLayout.JAVA_BYTE);
      got.write(piece, 0, piece.length);
      payload.buffer().release();
    }
    c.pollAck(nowNs, out);
    long acked = Math.min(Math.max(0, c.unackedSsn() - 1), written);
    data.release(Math.max(data.releasedOffset(), acked));
    if (!out.blocked()) {
      assertThat(c.wantsPoll(nowNs)).as("wants a poll right after one").isFalse();
      assertThat(c.nextDeadlineNs()).as("deadline").isGreaterThan(nowNs);
    }
  }

  boolean allSent() {
    return sentOffset == data.writtenOffset();
  }

  /** Frees all and checks that nothing is kept. */
  @Override
  public void close() {
    c.free();
    data.close();
    assertThat(chunks.lentChunks()).isZero();
    chunks.close();
    buffers.close();
  }
}
