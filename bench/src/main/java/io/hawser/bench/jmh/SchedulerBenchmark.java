package io.hawser.bench.jmh;

import io.hawser.core.sched.Scheduler;
import io.hawser.core.sched.Schedulers;
import io.hawser.core.sched.SubflowView;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The choice of a subflow, once for each super-segment. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SchedulerBenchmark {
  private record Path(int id, int sendRoomBytes, long smoothedRttNs) implements SubflowView {
    @Override
    public boolean backup() {
      return false;
    }

    @Override
    public boolean stale() {
      return false;
    }

    @Override
    public int mssBytes() {
      return 1448;
    }

    @Override
    public int cwndBytes() {
      return 200_000;
    }

    @Override
    public int inFlightBytes() {
      return 100_000;
    }

    @Override
    public long rttVarianceNs() {
      return smoothedRttNs / 8;
    }

    @Override
    public long rateBytesPerSecond() {
      return 12_500_000;
    }
  }

  @Param({"lowest-rtt", "round-robin"})
  String name = "";

  @Param({"2", "8"})
  int paths;

  private Scheduler scheduler = Schedulers.create("lowest-rtt");
  private SubflowView[] views = {};

  /** Makes the paths; every third has no room. */
  @Setup
  public void make() {
    scheduler = Schedulers.create(name);
    views = new SubflowView[paths];
    for (int i = 0; i < paths; i++) {
      views[i] = new Path(i, i % 3 == 2 ? 0 : 60_000, 10_000_000L + 1_000_000L * (i * 5 % 7));
    }
  }

  /** One choice. */
  @Benchmark
  public int choose() {
    return scheduler.choose(views, paths, 1_000_000, 5);
  }

  /** What any choice costs at least: looking at each path's room. */
  @Benchmark
  public int firstWithRoom() {
    for (int i = 0; i < paths; i++) {
      if (views[i].sendRoomBytes() > 0) {
        return i;
      }
    }
    return -1;
  }
}
