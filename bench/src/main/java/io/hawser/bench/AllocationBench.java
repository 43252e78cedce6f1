package io.hawser.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Heap that the thread which drives the stack allocates for a packet or super-segment, after
 * warm-up, with the kernel as the peer.
 */
public final class AllocationBench implements Bench {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Goal GOAL = Goal.atMost(64, 64, 8);
  private static final int BLOCK_BYTES = 256 << 10;
  private static final long LONGEST_NS = 120_000_000_000L;

  private static final long WARM_UP_PACKETS = 100_000;
  private static final long PACKETS = 1_000_000;

  private final long superSegments;

  /** Counts a million of each. */
  public AllocationBench() {
    this(PACKETS);
  }

  /** Counts a million packets, and so many super-segments. */
  AllocationBench(long superSegments) {
    this.superSegments = superSegments;
  }

  @Override
  public String name() {
    return "allocation";
  }

  @Override
  public String description() {
    return "Heap allocated on the I/O thread for a packet or super-segment, over a million of them.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (Congestion _ = Congestion.allow(settings.congestion())) {
      PairOptions whole = PairOptions.of(settings);
      for (PairOptions options : List.of(whole.withoutOffload(), whole)) {
        for (Pair.Kind kind : List.of(Pair.Kind.HAWSER_CLIENT, Pair.Kind.HAWSER_SERVER)) {
          double bytes = perPacket(kind, options);
          String what =
              (options.offload() ? "super-segments" : "packets")
                  + (kind == Pair.Kind.HAWSER_CLIENT ? " sent" : " received");
          progress.accept(String.format(Locale.ROOT, "%s: %.1f bytes each", what, bytes));
          rows.add(
              Row.figure("allocation, " + what, "bytes", null, Spread.of(bytes), GOAL, Level.HARD));
        }
      }
    }
    return rows;
  }

  private double perPacket(Pair.Kind kind, PairOptions options) throws IOException {
    try (Pair pair = Pair.open(kind, options)) {
      CountingDevice device = pair.device();
      Stream from = pair.asClient(pair::connect);
      Stream to = pair.accept();
      try (to;
          Background _ = Background.start("bench-sink", () -> drain(to));
          from) {
        send(from, device, WARM_UP_PACKETS);
        long thread = device.threadId();
        if (thread == 0) {
          throw new IOException("the stack's thread has never waited");
        }
        long bytes = THREADS.getThreadAllocatedBytes(thread);
        long packets = device.packets();
        send(from, device, options.offload() ? superSegments : PACKETS);
        return (double) (THREADS.getThreadAllocatedBytes(thread) - bytes)
            / (device.packets() - packets);
      }
    }
  }

  /** Until so many more packets have passed. */
  private static void send(Stream to, CountingDevice device, long packets) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long end = device.packets() + packets;
    long limitNs = System.nanoTime() + LONGEST_NS;
    while (device.packets() < end) {
      to.write(block, 0, block.length);
      if (System.nanoTime() > limitNs) {
        throw new IOException("too slow: " + packets + " packets took over two minutes");
      }
    }
  }

  private static void drain(Stream from) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    int count;
    do {
      count = from.read(block, 0, block.length);
    } while (count >= 0);
  }
}
