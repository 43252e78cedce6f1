package io.hawser.sim;

import io.hawser.wire.BufferPool;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets between two real devices through the same paths that the simulator has, in real
 * time.
 *
 * <p>Each direction is one platform thread: it alone reads its device and writes the other one, so
 * a device must allow one thread to read and another to emit. Settings are handed over to these
 * threads; counters may be read from anywhere.
 */
public final class LinkBridge implements AutoCloseable {
  private static final int BATCH = 64;

  private final List<Path> paths;
  private final Pump forth;
  private final Pump back;
  private final ReentrantLock middleboxes = new ReentrantLock();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private Consumer<RuntimeException> listener = this::log;
  private volatile boolean running;

  /**
   * A bridge that is not yet running; the devices stay the caller's.
   *
   * @param paths several are told apart by side A's addresses; each needs a random generator of its
   *     own for each direction
   */
  public LinkBridge(PacketDevice sideA, PacketDevice sideB, List<Path> paths, BufferPool pool) {
    this.paths = List.copyOf(paths);
    forth = new Pump(Direction.A_TO_B, sideA, sideB, pool);
    back = new Pump(Direction.B_TO_A, sideB, sideA, pool);
  }

  /**
   * Who is told, once and by a thread of the bridge, if it stops by itself: both directions end
   * then. Without one the log has it. To be set before {@link #start}.
   */
  public LinkBridge whenItFails(Consumer<RuntimeException> told) {
    listener = told;
    return this;
  }

  private void log(RuntimeException cause) {
    System.getLogger("hawser")
        .log(
            System.Logger.Level.ERROR,
            "the emulated link "
                + paths.getFirst().name()
                + " has stopped and carries nothing any more; make it anew: "
                + cause.getMessage(),
            cause);
  }

  /** Starts both threads. */
  public LinkBridge start() {
    running = true;
    forth.thread.start();
    back.thread.start();
    return this;
  }

  /** The paths, for their names and counters. */
  public List<Path> paths() {
    return paths;
  }

  /** Why the bridge stopped by itself, or null. */
  public @Nullable RuntimeException failure() {
    return failure.get();
  }

  /** Changes one direction of a path; from any thread. */
  public void configure(Path path, Direction direction, LinkConfig config) {
    Pump pump = direction == Direction.A_TO_B ? forth : back;
    pump.commands.add(() -> path.link(direction).configure(config, System.nanoTime()));
    pump.from.wakeup();
  }

  /** Gives one direction of a path another random generator, of its own; from any thread. */
  public void random(Path path, Direction direction, RandomGenerator next) {
    Pump pump = direction == Direction.A_TO_B ? forth : back;
    pump.commands.add(() -> path.link(direction).random(next));
    pump.from.wakeup();
  }

  /** Changes both directions by text as in {@link LinkConfig#with}; from any thread. */
  public void configure(Path path, String change) {
    for (Direction direction : Direction.values()) {
      Pump pump = direction == Direction.A_TO_B ? forth : back;
      Link link = path.link(direction);
      LinkConfig.parse(change);
      pump.commands.add(() -> link.configure(link.config().with(change), System.nanoTime()));
      pump.from.wakeup();
    }
  }

  /** Runs something that changes middleboxes, while no packet passes one. */
  public void withMiddleboxes(Runnable change) {
    middleboxes.lock();
    try {
      change.run();
    } finally {
      middleboxes.unlock();
    }
  }

  /** Stops both threads and drops what is under way; the devices stay open. */
  @Override
  public void close() {
    running = false;
    forth.stop();
    back.stop();
    for (Path path : paths) {
      path.clear(System.nanoTime());
    }
  }

  /** One direction. */
  private final class Pump implements Link.Exit {
    private final Direction direction;
    private final PacketDevice from;
    private final PacketDevice to;
    private final BufferPool pool;
    private final boolean isSmall;
    private final PacketMeta meta = new PacketMeta();
    private final OutgoingPacket out = new OutgoingPacket();
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    /** The path whose packets come out now. */
    private Path polled;

    Pump(Direction direction, PacketDevice from, PacketDevice to, BufferPool pool) {
      this.direction = direction;
      this.from = from;
      this.to = to;
      this.pool = pool;
      isSmall = from.mtuBytes() <= BufferPool.SMALL_BYTES - PacketBuffer.START;
      polled = paths.getFirst();
      thread =
          Thread.ofPlatform()
              .name("hawser-bridge-" + (direction == Direction.A_TO_B ? "ab" : "ba"))
              .daemon()
              .unstarted(this::run);
    }

    void stop() {
      from.wakeup();
      boolean interrupted = false;
      while (thread.isAlive() && thread != Thread.currentThread()) {
        try {
          thread.join();
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private void run() {
      PacketBuffer spare = buffer();
      try {
        while (running) {
          for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
            next.run();
          }
          int read = 0;
          long nowNs = System.nanoTime();
          while (read < BATCH && from.read(spare, meta)) {
            read++;
            take(spare, nowNs);
            spare = buffer();
          }
          long deadlineNs = deliver(System.nanoTime());
          if (read < BATCH && running) {
            sleep(deadlineNs);
          }
        }
      } catch (RuntimeException gone) {
        if (running && failure.compareAndSet(null, gone)) {
          // Half a link would look like a path that swallows packets.
          running = false;
          (direction == Direction.A_TO_B ? back : forth).from.wakeup();
          listener.accept(gone);
        }
      } finally {
        spare.release();
      }
    }

    private void sleep(long deadlineNs) {
      if (deadlineNs == Long.MAX_VALUE) {
        from.await(-1);
      } else {
        long leftNs = deadlineNs - System.nanoTime();
        if (leftNs > 0) {
          from.await(leftNs);
        }
      }
    }

    private PacketBuffer buffer() {
      return isSmall ? pool.small() : pool.large();
    }

    private void take(PacketBuffer packet, long nowNs) {
      Path path =
          packet.length() < 20
              ? null
              : Packets.route(paths, packet.memory(), PacketBuffer.START, direction);
      if (path == null) {
        packet.release();
      } else if (path.hasMiddleboxes() && direction == Direction.A_TO_B) {
        withMiddleboxes(() -> path.offer(direction, packet, nowNs));
        wakeOther(path);
      } else {
        path.offer(direction, packet, nowNs);
      }
    }

    private long deliver(long nowNs) {
      long deadlineNs = Long.MAX_VALUE;
      for (int i = 0; i < paths.size(); i++) {
        Path path = paths.get(i);
        if (path.nextDeadlineNs(direction) <= nowNs) {
          polled = path;
          if (path.hasMiddleboxes()) {
            withMiddleboxes(() -> path.poll(direction, nowNs, this));
          } else {
            path.poll(direction, nowNs, this);
          }
        }
        deadlineNs = Math.min(deadlineNs, path.nextDeadlineNs(direction));
        wakeOther(path);
      }
      return deadlineNs;
    }

    /** A middlebox may have made packets for the way back. */
    private void wakeOther(Path path) {
      Pump other = direction == Direction.A_TO_B ? back : forth;
      if (path.nextDeadlineNs(other.direction) == Long.MIN_VALUE) {
        other.from.wakeup();
      }
    }

    @Override
    public void arrived(PacketBuffer packet, long dueNs) {
      Packets.describe(packet, out);
      if (!to.emit(out)) {
        polled.link(direction).note(packet, Fate.DEVICE_FULL, dueNs);
      }
    }
  }
}
