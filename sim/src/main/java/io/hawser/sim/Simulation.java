package io.hawser.sim;

import io.hawser.core.StackConfig;
import io.hawser.core.api.Connection;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.event.EventSink;
import io.hawser.wire.BufferPool;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hosts and paths in virtual time. Everything follows from the seed: the same program with the same
 * seed sends the same packets at the same times.
 *
 * <p>Time jumps to the next thing that is due: an action of the plan, a packet's arrival, a stack's
 * timer.
 */
public final class Simulation implements AutoCloseable {
  private static final int MOST_STEPS_AT_ONE_TIME = 1_000_000;

  private record Action(long atNs, long order, Runnable what) {}

  private record Route(Path path, SimNode a, SimNode b) {}

  private final SplittableRandom random;
  private final BufferPool buffers = new BufferPool();
  private final ChunkPool chunks = new ChunkPool();
  private final List<SimHost> hosts = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();
  private final PriorityQueue<Action> plan =
      new PriorityQueue<>((x, y) ->
          x.atNs() != y.atNs()
              ? Long.compare(x.atNs(), y.atNs())
              : Long.compare(x.order(), y.order()));
  private @Nullable PacketTrace trace;
  private long nowNs;
  private long orders;
  private long events;

  /** A world whose clock begins at 0. */
  public Simulation(long seed) {
    this(seed, 0);
  }

  /** A world whose clock begins at this time. */
  public Simulation(long seed, long startNs) {
    random = new SplittableRandom(seed);
    nowNs = startNs;
  }

  /** The virtual clock. */
  public long nowNs() {
    return nowNs;
  }

  /** A new generator that follows from the seed and the number of those given out before. */
  public SplittableRandom random() {
    return random.split();
  }

  /** Where all packets live. */
  public BufferPool buffers() {
    return buffers;
  }

  /** Where all send buffers live. */
  public ChunkPool chunks() {
    return chunks;
  }

  /** Steps done so far. */
  public long events() {
    return events;
  }

  /** Who sees every packet from now on; for paths made later as well. */
  public void trace(@Nullable PacketTrace next) {
    trace = next;
  }

  /** Adds a host without addresses. */
  public SimHost host(String name, StackConfig config, EventSink eventSink) {
    SimHost host = new SimHost(this, name, config, random(), eventSink);
    hosts.add(host);
    return host;
  }

  /** Adds a path between two nodes, for packets of any address. */
  public Path path(String name, SimNode a, SimNode b, LinkConfig aToB, LinkConfig bToA) {
    Path path = new Path(name, aToB, bToA, buffers, random(), random());
    for (Direction direction : Direction.values()) {
      path.link(direction)
          .tap((packet, fate, atNs) -> {
            PacketTrace watcher = trace;
            if (watcher != null) {
              watcher.saw(path, direction, packet, fate, atNs);
            }
          });
    }
    a.attach(path, true);
    b.attach(path, false);
    routes.add(new Route(path, a, b));
    return path;
  }

  /** Does something at a time; at once if it is over. */
  public void at(long atNs, Runnable what) {
    plan.add(new Action(Math.max(atNs, nowNs), orders++, what));
  }

  /** Does something after a while. */
  public void after(long delayNs, Runnable what) {
    at(nowNs + delayNs, what);
  }

  /**
   * Runs until a condition holds.
   *
   * @param withinNs how far the clock may go
   * @param withinEvents how many steps may be done
   * @throws SimulationException if it does not hold within these bounds, or never will
   */
  public void run(BooleanSupplier until, long withinNs, long withinEvents) {
    long endNs = nowNs + withinNs;
    long lastEvent = events + withinEvents;
    while (!until.getAsBoolean()) {
      if (!step(endNs)) {
        throw new SimulationException("the end was not reached: " + describe());
      }
      if (events > lastEvent) {
        throw new SimulationException("more than " + withinEvents + " events: " + describe());
      }
    }
  }

  /** Runs for so long. */
  public void runFor(long durationNs) {
    long endNs = nowNs + durationNs;
    while (step(endNs)) {
      if (events < 0) {
        throw new SimulationException("too many events");
      }
    }
    nowNs = endNs;
  }

  /**
   * One step: everything that is due next.
   *
   * @return false if nothing is due up to this time
   */
  public boolean step(long endNs) {
    long nextNs = nextDeadlineNs();
    if (nextNs > endNs || nextNs == Long.MAX_VALUE) {
      return false;
    }
    stuckCheck(nextNs);
    nowNs = Math.max(nowNs, nextNs);
    events++;
    for (Action next = plan.peek(); next != null && next.atNs() <= nowNs; next = plan.peek()) {
      plan.remove();
      next.what().run();
      for (SimHost host : hosts) {
        host.touch();
      }
    }
    for (Route route : routes) {
      route.path().poll(Direction.A_TO_B, nowNs, (packet, dueNs) -> route.b().arrived(packet));
      route.path().poll(Direction.B_TO_A, nowNs, (packet, dueNs) -> route.a().arrived(packet));
    }
    for (SimHost host : hosts) {
      if (host.isDue(nowNs)) {
        host.settle(nowNs);
      }
    }
    return true;
  }

  private long stepsNow;

  private void stuckCheck(long nextNs) {
    stepsNow = nextNs > nowNs ? 0 : stepsNow + 1;
    if (stepsNow > MOST_STEPS_AT_ONE_TIME) {
      throw new SimulationException("time stands still: " + describe());
    }
  }

  /** When something is due next; Long.MAX_VALUE: never. */
  public long nextDeadlineNs() {
    Action first = plan.peek();
    long nextNs = first == null ? Long.MAX_VALUE : first.atNs();
    for (Route route : routes) {
      nextNs = Math.min(nextNs, route.path().nextDeadlineNs());
    }
    for (SimHost host : hosts) {
      nextNs = Math.min(nextNs, host.nextDeadlineNs());
    }
    return nextNs;
  }

  /** Where everything stands, for people. */
  public String describe() {
    StringBuilder out = new StringBuilder();
    out.append("t=").append(nowNs).append(" ns, ").append(events).append(" events");
    for (SimHost host : hosts) {
      out.append("\n  host ").append(host.name());
      out.append(", next deadline ").append(host.nextDeadlineNs());
      for (Connection c : host.stack().connections()) {
        out.append("\n    ").append(c.local()).append(" - ").append(c.remote()).append(' ');
        out.append(c.phase()).append(' ').append(c.failure()).append(' ').append(c.stats());
      }
    }
    for (Route route : routes) {
      for (Direction direction : Direction.values()) {
        Link link = route.path().link(direction);
        out.append("\n  path ").append(route.path().name()).append(' ').append(direction);
        out.append(": ").append(link.config()).append("; ").append(link.counters());
      }
    }
    return out.toString();
  }

  /** Drops what is under way and frees all memory; aborts what still lives. */
  @Override
  public void close() {
    for (SimHost host : hosts) {
      host.stack().abortAll(nowNs);
      host.device().close();
    }
    for (Route route : routes) {
      route.path().clear(nowNs);
    }
    buffers.close();
    chunks.close();
  }
}
