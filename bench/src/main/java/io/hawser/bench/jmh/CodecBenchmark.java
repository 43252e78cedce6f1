package io.hawser.bench.jmh;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.DropReason;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpCodec;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import io.hawser.wire.TcpOptionCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reading and writing packets: headers of IP and TCP with timestamps and MPTCP options. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
  private static final IpAddress FROM = IpAddress.parse("10.1.0.1");
  private static final IpAddress TO = IpAddress.parse("10.1.0.2");
  private static final int PAYLOAD = 1420;
  private static final int TCP_HEADER = 20 + 12 + 28;

  private final BufferPool pool = new BufferPool();
  private final MemorySegment header = Arena.ofAuto().allocate(256, 8);
  private final PacketView view = new PacketView();
  private final PacketMeta trusted = new PacketMeta();
  private final PacketMeta untrusted = new PacketMeta();
  private PacketBuffer segment = pool.small();
  private final MptcpOption capable = new MptcpOption.MpCapable(1, 1, 2, 3, 4, PAYLOAD, -1);

  /** Makes the segment that is read. */
  @Setup
  public void make() {
    trusted.checksumTrusted = true;
    segment = pool.small();
    int length = writeDataSegment();
    MemorySegment m = segment.memory();
    MemorySegment.copy(header, 0, m, PacketBuffer.START, length);
    segment.length(length + PAYLOAD);
    MemorySegment packet = m.asSlice(PacketBuffer.START);
    long sum =
        Checksum.pseudoHeader(
            false,
            FROM.high(),
            FROM.low(),
            TO.high(),
            TO.low(),
            PacketView.TCP,
            TCP_HEADER + PAYLOAD);
    Bytes.put16(
        packet, 20 + 16, Checksum.finish(Checksum.add(sum, packet, 20, TCP_HEADER + PAYLOAD)));
    if (view.check(segment, untrusted) != DropReason.NONE) {
      throw new IllegalStateException("the segment of the benchmark is wrong");
    }
  }

  /** One data segment's headers: IPv4, TCP, timestamps, DSS with mapping. */
  @Benchmark
  public int writeDataSegment() {
    Headers.ip(header, FROM, TO, PacketView.TCP, TCP_HEADER + PAYLOAD, 0, 64, 7);
    Headers.tcp(header, 20, 40_000, 80, 1, 2, TCP_HEADER, PacketView.ACK, 512, 0);
    int at = 40 + TcpOptionCodec.nops(header, 40, 2);
    at += TcpOptionCodec.timestamps(header, at, 5, 6);
    at += MptcpCodec.encodeDss(header, at, false, 8, 9, 8, 10, 11, PAYLOAD, 12);
    return at;
  }

  /** Reads it; the device vouches for the checksum. */
  @Benchmark
  public DropReason readDataSegment() {
    return view.check(segment, trusted);
  }

  /** Reads it and verifies the checksum. */
  @Benchmark
  public DropReason readAndVerifyDataSegment() {
    return view.check(segment, untrusted);
  }

  /** MP_CAPABLE with both keys and the length of the first data. */
  @Benchmark
  public int writeCapable() {
    return MptcpCodec.encode(capable, header, 100);
  }

  /** The same read. */
  @Benchmark
  public MptcpOption writeAndReadCapable() {
    return MptcpCodec.decode(header, 100, MptcpCodec.encode(capable, header, 100));
  }
}
