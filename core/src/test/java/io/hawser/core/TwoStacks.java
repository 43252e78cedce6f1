package io.hawser.core;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketSink;
import io.hawser.wire.PacketView;
import io.hawser.wire.Segmenter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Two stacks in virtual time, joined by paths that delay, lose, reorder, or are cut. Deterministic
 * by seed.
 */
final class TwoStacks implements AutoCloseable {
  static final IpAddress A1 = IpAddress.parse("10.1.0.1");
  static final IpAddress A2 = IpAddress.parse("10.2.0.1");
  static final IpAddress B1 = IpAddress.parse("10.1.0.2");

  /** A packet on its way. */
  record InFlight(long dueNs, long order, boolean toB, PacketBuffer buffer) {}

  final BufferPool buffers = new BufferPool();
  final ChunkPool chunks = new ChunkPool();
  final StackConfig configA = new StackConfig();
  final StackConfig configB = new StackConfig();
  final List<Event> events = new ArrayList<>();
  final Stack a;
  final Stack b;
  final Random random;
  long nowNs = 1_000_000_000L;
  long delayNs = 5_000_000;
  double loss;
  double reorder;

  /** How often the device has no room. */
  double refuse;

  /** Addresses of the client whose device has no room. */
  final Set<IpAddress> full = new HashSet<>();

  /** Whether each address of the client has a device of its own. */
  boolean severalInterfaces;

  int refusals;
  private boolean refusedNow;

  long packets;
  final Set<IpAddress> cut = new HashSet<>();
  Predicate<PacketBuffer> filter = p -> true;
  private final PriorityQueue<InFlight> wire =
      new PriorityQueue<>(
          Comparator.comparingLong(InFlight::dueNs).thenComparingLong(InFlight::order));
  private final Segmenter segmenter = new Segmenter();
  private final PacketMeta meta = new PacketMeta();
  private long order;
  private final PacketSink fromA = new Interfaces();
  private final PacketSink fromB = p -> roomNow() && segmenter.send(p, q -> carry(q, false));
  final List<Listener> acceptable = new ArrayList<>();
  private final NewsSink news =
      new NewsSink() {
        @Override
        public void news(Connection connection, int what) {}

        @Override
        public void acceptable(Listener listener) {
          acceptable.add(listener);
        }
      };

  TwoStacks(long seed) {
    this(seed, new Random(seed ^ 1));
  }

  /** The client's stack draws from this generator. */
  TwoStacks(long seed, RandomGenerator forA) {
    random = new Random(seed);
    EventSink sink = EventSink.all(events::add);
    configA.superSegmentBytes = 60_000;
    configB.superSegmentBytes = 60_000;
    a = new Stack(configA, buffers, chunks, forA, sink);
    b = new Stack(configB, buffers, chunks, new Random(seed ^ 2), EventSink.NONE);
    a.addAddress(A1, nowNs);
    b.addAddress(B1, nowNs);
  }

  private boolean carry(OutgoingPacket p, boolean toB) {
    packets++;
    PacketBuffer copy = p.totalLength() > copySmall() ? buffers.large() : buffers.small();
    long at = PacketBuffer.START;
    MemorySegment.copy(p.header, 0, copy.memory(), at, p.headerLength);
    at += p.headerLength;
    if (p.payloadLength > 0) {
      MemorySegment.copy(p.payload, p.payloadOffset, copy.memory(), at, p.payloadLength);
      at += p.payloadLength;
    }
    if (p.wrappedLength > 0) {
      MemorySegment.copy(p.wrapped, p.wrappedOffset, copy.memory(), at, p.wrappedLength);
    }
    copy.length(p.totalLength());
    boolean dropped = random.nextDouble() < loss || isCut(copy) || !filter.test(copy);
    if (dropped) {
      copy.release();
      return true;
    }
    long extra = random.nextDouble() < reorder ? delayNs : 0;
    wire.add(new InFlight(nowNs + delayNs + extra, order++, toB, copy));
    return true;
  }

  /** The client's devices: one, or one for each address. */
  private final class Interfaces implements PacketSink {
    @Override
    public boolean emit(OutgoingPacket p) {
      boolean refuses = full.contains(IpAddress.v4(Bytes.i32(p.header, 12)));
      refusals += refuses ? 1 : 0;
      refusedNow |= refuses;
      return !refuses && roomNow() && segmenter.send(p, q -> carry(q, true));
    }

    @Override
    public boolean refusesBySource() {
      return severalInterfaces;
    }
  }

  private boolean roomNow() {
    return random.nextDouble() >= refuse;
  }

  private static int copySmall() {
    return BufferPool.SMALL_BYTES - PacketBuffer.START;
  }

  private boolean isCut(PacketBuffer p) {
    PacketView v = new PacketView();
    meta.clear();
    v.check(p, meta);
    return cut.contains(v.source()) || cut.contains(v.destination());
  }

  Listener listen(int port) {
    return b.listen(new Endpoint(IpAddress.ANY4, port), 64, ConnectionConfig.multipathDefaults());
  }

  Connection connect(int port, ConnectionConfig config) {
    return a.connect(new Endpoint(IpAddress.ANY4, 0), new Endpoint(B1, port), config, nowNs);
  }

  /** One event of the world; false if nothing is left to happen. */
  boolean step(long untilNs) {
    refusedNow = false;
    a.poll(nowNs, fromA);
    b.poll(nowNs, fromB);
    a.news(news);
    b.news(news);
    InFlight first = wire.peek();
    // Who has been refused comes again after a while, as the loop does.
    long ofA = refusedNow ? Math.max(a.nextDeadlineNs(), nowNs + 500_000) : a.nextDeadlineNs();
    long next = Math.min(ofA, b.nextDeadlineNs());
    if (first != null) {
      next = Math.min(next, first.dueNs());
    }
    if (next > untilNs) {
      nowNs = untilNs;
      return false;
    }
    nowNs = Math.max(nowNs, next);
    while (first != null && first.dueNs() <= nowNs) {
      wire.poll();
      meta.clear();
      (first.toB() ? b : a).receive(first.buffer(), meta, nowNs);
      first.buffer().release();
      first = wire.peek();
    }
    return true;
  }

  /** Runs for a time. */
  void run(long ns) {
    long until = nowNs + ns;
    int steps = 0;
    while (step(until)) {
      if (++steps > 5_000_000) {
        throw new AssertionError("no end after 5 million events");
      }
    }
  }

  @Nullable Connection accept(Listener listener) {
    return listener.accept();
  }

  @Override
  public void close() {
    for (InFlight p : wire) {
      p.buffer().release();
    }
    wire.clear();
  }
}
