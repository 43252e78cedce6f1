package io.hawser.core;

import io.hawser.core.time.TimerTable;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Timers: a connection's table moves one and tells the earliest; the stack's heap moves that
 * connection's place. Both happen about once a packet.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DeadlinesBenchmark {
  private static final long SPREAD_NS = 200_000_000;

  private record Timer(int id, long deadlineNs) {}

  @Param({"10", "10000"})
  int connections;

  private final SplittableRandom random = new SplittableRandom(1);
  private final TimerTable<TimeUnit> table = new TimerTable<>(TimeUnit.class);
  private final TimeUnit[] kinds = TimeUnit.values();
  private Deadlines deadlines = new Deadlines();
  private final List<Deadlines.Entry> entries = new ArrayList<>();
  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>((a, b) -> Long.compare(a.deadlineNs, b.deadlineNs));
  private Timer[] timers = {};
  private long nowNs;

  /** One deadline for each connection. */
  @Setup
  @SuppressWarnings("NullAway") // an entry's connection is not looked at
  public void make() {
    deadlines = new Deadlines();
    timers = new Timer[connections];
    for (int i = 0; i < connections; i++) {
      Deadlines.Entry entry = new Deadlines.Entry(null);
      entries.add(entry);
      deadlines.set(entry, random.nextLong(SPREAD_NS));
      timers[i] = new Timer(i, entry.deadlineNs);
      queue.add(timers[i]);
    }
  }

  /** One of a connection's timers moves. */
  @Benchmark
  public long tableMoves() {
    table.set(kinds[random.nextInt(kinds.length)], nowNs++ + random.nextInt(1000));
    return table.nextNs();
  }

  /** One connection moves among all. */
  @Benchmark
  public long heapMoves() {
    nowNs += 1000;
    deadlines.set(entries.get(random.nextInt(connections)), nowNs + random.nextLong(SPREAD_NS));
    return deadlines.nextNs();
  }

  /** The same with the JDK's heap, which has to look for what is moved. */
  @Benchmark
  public long priorityQueueMoves() {
    nowNs += 1000;
    int i = random.nextInt(connections);
    queue.remove(timers[i]);
    timers[i] = new Timer(i, nowNs + random.nextLong(SPREAD_NS));
    queue.add(timers[i]);
    return queue.element().deadlineNs;
  }
}
