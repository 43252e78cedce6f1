package io.hawser.proof;

import io.hawser.core.Listener;
import io.hawser.core.NewsSink;
import io.hawser.core.Stack;
import io.hawser.core.StackConfig;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.event.EventSink;
import io.hawser.wire.BufferPool;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketSink;
import io.hawser.wire.PacketView;
import io.hawser.wire.Segmenter;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * One stack in virtual time whose peers are made by hand: packets in, packets out, nothing between.
 */
public final class LoneStack implements AutoCloseable {
  /** The stack's addresses. */
  public static final IpAddress HERE = IpAddress.parse("10.0.0.1");

  /** Its second address. */
  public static final IpAddress HERE2 = IpAddress.parse("10.0.1.1");

  /** Where peers live. */
  public static final IpAddress THERE = IpAddress.parse("10.0.0.2");

  private static final int MOST_TURNS = 100_000;

  private final BufferPool buffers = new BufferPool();
  private final ChunkPool chunks = new ChunkPool();
  private final StackConfig config = new StackConfig();
  private final Stack stack;
  private final PacketMeta meta = new PacketMeta();
  private final PacketView view = new PacketView();
  private final Segmenter segmenter = new Segmenter();
  private final PacketSink out = p -> segmenter.send(p, this::left);
  private final NewsSink news =
      new NewsSink() {
        @Override
        public void news(Connection connection, int what) {
          told.accept(connection);
        }

        @Override
        public void acceptable(Listener listener) {}
      };
  private Consumer<PacketView> heard = v -> {};
  private Consumer<Connection> told = c -> {};
  private long nowNs = 1_000_000_000L;
  private long packetsOut;
  private long bytesOut;

  /** A stack with two addresses; everything follows from the seed. */
  public LoneStack(long seed) {
    stack = new Stack(config, buffers, chunks, new SplittableRandom(seed), EventSink.NONE);
    stack.addAddress(HERE, nowNs);
    stack.addAddress(HERE2, nowNs);
  }

  public Stack stack() {
    return stack;
  }

  public StackConfig config() {
    return config;
  }

  public BufferPool buffers() {
    return buffers;
  }

  public ChunkPool chunks() {
    return chunks;
  }

  public long nowNs() {
    return nowNs;
  }

  /** Packets that left so far. */
  public long packetsOut() {
    return packetsOut;
  }

  /** Their bytes. */
  public long bytesOut() {
    return bytesOut;
  }

  /** Who sees every packet that leaves; the view is lent for the call. */
  public void heard(Consumer<PacketView> listener) {
    heard = listener;
  }

  /** Who is told which connections have news. */
  public void told(Consumer<Connection> listener) {
    told = listener;
  }

  private boolean left(OutgoingPacket p) {
    packetsOut++;
    bytesOut += p.totalLength();
    PacketBuffer copy = buffers.large();
    MemorySegment m = copy.memory();
    long at = PacketBuffer.START;
    MemorySegment.copy(p.header, 0, m, at, p.headerLength);
    at += p.headerLength;
    if (p.payloadLength > 0) {
      MemorySegment.copy(p.payload, p.payloadOffset, m, at, p.payloadLength);
      at += p.payloadLength;
    }
    if (p.wrappedLength > 0) {
      MemorySegment.copy(p.wrapped, p.wrappedOffset, m, at, p.wrappedLength);
    }
    copy.length(p.totalLength());
    meta.clear();
    DropReason reason = view.check(copy, meta);
    if (reason != DropReason.NONE) {
      throw new ProofException("the stack sent a packet that nobody takes: " + reason);
    }
    heard.accept(view);
    copy.release();
    return true;
  }

  /** Listens on a port of any address. */
  public Listener listen(int port, int backlog, ConnectionConfig settings) {
    return stack.listen(new Endpoint(IpAddress.ANY4, port), backlog, settings);
  }

  /** A packet arrives; it is not yet answered. */
  public DropReason feed(Segment segment) {
    return feed(segment.packet(buffers));
  }

  /** A packet arrives and its buffer is released; it is not yet answered. */
  public DropReason feed(PacketBuffer packet) {
    meta.clear();
    DropReason reason = stack.receive(packet, meta, nowNs);
    packet.release();
    return reason;
  }

  /** Everything that is due now happens. */
  public void settle() {
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      stack.poll(nowNs, out);
      stack.news(news);
      if (stack.nextDeadlineNs() > nowNs) {
        return;
      }
    }
    throw new ProofException("the stack finds no rest at " + nowNs + " ns");
  }

  /** Time goes on, every timer in its turn. */
  public void pass(long ns) {
    long untilNs = nowNs + ns;
    settle();
    for (int turn = 0; stack.nextDeadlineNs() <= untilNs; turn++) {
      if (turn > MOST_TURNS) {
        throw new ProofException("more than " + MOST_TURNS + " timers within " + ns + " ns");
      }
      nowNs = Math.max(nowNs, stack.nextDeadlineNs());
      settle();
    }
    nowNs = untilNs;
  }

  /** Aborts everything; then nothing may be left. */
  public void checkNothingLeft() {
    stack.abortAll(nowNs);
    settle();
    if (!stack.connections().isEmpty()
        || buffers.lentBuffers() != 0
        || chunks.lentChunks() != 0
        || stack.nextDeadlineNs() != Long.MAX_VALUE) {
      throw new ProofException(
          "left behind: "
              + stack.connections().size()
              + " connections, "
              + buffers.lentBuffers()
              + " buffers, "
              + chunks.lentChunks()
              + " chunks, next deadline "
              + stack.nextDeadlineNs());
    }
  }

  @Override
  public void close() {
    buffers.close();
    chunks.close();
  }
}
