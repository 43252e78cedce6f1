package io.hawser.bench.jmh;

import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The Internet checksum (RFC 1071) over a header, a segment, a super-segment. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChecksumBenchmark {
  @Param({"20", "1460", "65535"})
  int bytes;

  private MemorySegment memory = MemorySegment.NULL;

  /** Fills the memory. */
  @Setup
  public void fill() {
    memory = Arena.ofAuto().allocate(bytes + 1L, 8);
    for (int i = 0; i < bytes; i++) {
      Bytes.put8(memory, i, i * 31);
    }
  }

  /** Ours. */
  @Benchmark
  public int checksum() {
    return Checksum.finish(Checksum.add(0, memory, 0, bytes));
  }

  /** Sixteen bits at a time. */
  @Benchmark
  public int plainLoop() {
    long sum = 0;
    for (int i = 0; i + 1 < bytes; i += 2) {
      sum += Bytes.u16(memory, i);
    }
    if ((bytes & 1) != 0) {
      sum += (long) Bytes.u8(memory, bytes - 1) << 8;
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (int) ~sum & 0xffff;
  }
}
