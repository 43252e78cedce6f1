package io.hawser.core.tcp;

import java.util.Map;
import java.util.TreeMap;
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
 * What one ACK with a SACK block means for what is outstanding: the first range is acknowledged,
 * one in the middle selectively, and a new one is sent.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScoreboardBenchmark {
  private static final int SEGMENT = 1448;

  @Param({"10", "100", "1000"})
  int ranges;

  private SackScoreboard board = new SackScoreboard();
  private final TreeMap<Long, boolean[]> map = new TreeMap<>();
  private long nextSsn;
  private long nextOfMap;

  /** So many segments are on their way. */
  @Setup
  public void fill() {
    board = new SackScoreboard();
    for (int i = 0; i < ranges; i++) {
      send();
      map.put(nextOfMap, new boolean[1]);
      nextOfMap += SEGMENT;
    }
  }

  private void send() {
    TxRange range = board.append();
    range.map(nextSsn, nextSsn, SEGMENT, SEGMENT);
    range.transmissions = 1;
    board.sent(range);
    board.noteSent(nextSsn, SEGMENT);
    nextSsn += SEGMENT;
  }

  /** Ours. */
  @Benchmark
  public int scoreboard() {
    long unacked = nextSsn - (long) ranges * SEGMENT;
    board.acknowledge(unacked + SEGMENT);
    board.markSacked(board.at(board.find(unacked + (long) ranges / 2 * SEGMENT)));
    send();
    return board.inFlightBytes();
  }

  /** The same with the JDK's sorted map. */
  @Benchmark
  public int treeMap() {
    map.pollFirstEntry();
    long middle = nextOfMap - (long) ranges / 2 * SEGMENT;
    Map.Entry<Long, boolean[]> found = map.ceilingEntry(middle);
    if (found != null) {
      found.getValue()[0] = true;
    }
    map.put(nextOfMap, new boolean[1]);
    nextOfMap += SEGMENT;
    return map.size();
  }
}
