package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.StackConfig;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A paced sender beside one that is not, at droptail queues shallower than a window. An application
 * that writes a window's worth at a time, its window known, loses far fewer segments; a bulk
 * transfer is no slower, and on long paths faster: slow start does not end at the first burst that
 * a queue cannot take.
 */
class PacingTest {
  private static final long SECOND = 1_000_000_000;
  private static final long MS = 1_000_000;
  private static final IpAddress SERVICE = IpAddress.parse("10.9.0.1");

  /** Client and server with equal links between them; the server sends, paced or not. */
  private static final class World implements AutoCloseable {
    final Simulation simulation = new Simulation(20_261_124);
    final SimHost client = simulation.host("client", new StackConfig(), EventSink.NONE);
    final SimHost server;
    final Path[] paths;
    final Endpoint service = new Endpoint(SERVICE, 80);
    final ConnectionConfig config =
        ConnectionConfig.multipathDefaults().withBuffers(4 << 20, 6 << 20);

    World(boolean paced, String... links) {
      StackConfig sending = new StackConfig();
      sending.superSegmentBytes = 60_000;
      sending.tcp.pacing = paced;
      server = simulation.host("server", sending, EventSink.NONE);
      server.address(SERVICE);
      paths = new Path[links.length];
      for (int i = 0; i < links.length; i++) {
        IpAddress address = IpAddress.parse("10.0." + i + ".1");
        LinkConfig link = LinkConfig.parse(links[i]);
        client.address(address);
        paths[i] = simulation.path("p" + i, client, server, link, link).addressA(address);
      }
    }

    void open(Application sink, Application source) {
      server.listen(service, config, () -> source);
      client.connect(new Endpoint(IpAddress.parse("10.0.0.1"), 0), service, config, sink);
    }

    long drops() {
      long drops = 0;
      for (Path path : paths) {
        drops += path.link(Direction.B_TO_A).counters().droppedPackets();
      }
      return drops;
    }

    @Override
    public void close() {
      simulation.close();
    }
  }

  private record Outcome(long drops, double mbit) {}

  private static Outcome bulk(boolean paced, int megabytes, String... links) {
    try (World w = new World(paced, links)) {
      StreamPlan plan = StreamPlan.bulk(0, megabytes * 1_000_000L, 7);
      StreamApplication sink = new StreamApplication(w.simulation, plan);
      StreamApplication source = new StreamApplication(w.simulation, plan.mirrored());
      w.open(sink, source);
      w.simulation.run(
          () -> sink.fault() != null || sink.isDone() && source.isDone(), 600 * SECOND, 40_000_000);
      assertThat(sink.fault()).isNull();
      double mbit = sink.readBytes() * 8e3 / (sink.lastReadNs() - sink.establishedNs());
      return new Outcome(w.drops(), mbit);
    }
  }

  @ParameterizedTest(name = "{0}, {1} MB, paths {2}")
  @CsvSource({
    "rate=20mbit delay=5ms queue=15kb, 20, 1",
    "rate=20mbit delay=25ms queue=15kb, 20, 1",
    "rate=20mbit delay=25ms queue=60kb, 20, 1",
    "rate=20mbit delay=100ms queue=60kb, 20, 1",
    "rate=20mbit delay=100ms queue=250kb, 20, 1",
    "rate=100mbit delay=20ms queue=60kb, 50, 1",
    "rate=100mbit delay=20ms queue=500kb, 50, 1",
    "rate=20mbit delay=25ms queue=30kb, 20, 2",
    "rate=20mbit delay=25ms queue=125kb, 20, 2",
    "rate=5mbit delay=10ms queue=10kb, 5, 2",
  })
  void bulk_paced_isNoSlower(String link, int megabytes, int paths) {
    String[] links = new String[paths];
    Arrays.fill(links, link);
    Outcome plain = bulk(false, megabytes, links);
    Outcome paced = bulk(true, megabytes, links);
    System.out.printf(
        "%s x %d: goodput %.2f Mbit/s unpaced, %.2f paced, ratio %.2f / bound 0.97 (drops %d, %d)%n",
        link, paths, plain.mbit, paced.mbit, paced.mbit / plain.mbit, plain.drops, paced.drops);
    assertThat(paced.mbit / plain.mbit).isGreaterThan(0.97);
  }

  /** Takes what comes, and notes when a burst was complete. */
  private static final class Reader implements Application {
    final MemorySegment some = MemorySegment.ofArray(new byte[1 << 20]);
    long read;
    long lastNs;

    @Override
    public void news(Connection from, int what, long nowNs) {
      for (int n = from.read(some, 0, 1 << 20); n > 0; n = from.read(some, 0, 1 << 20)) {
        read += n;
        lastNs = nowNs;
      }
      from.didRead(nowNs);
    }
  }

  /** Keeps the connection for the test to write to. */
  private static final class Writer implements Application {
    @Nullable Connection connection;

    @Override
    public void news(Connection to, int what, long nowNs) {
      connection = to;
    }
  }

  /** Bursts after a transfer that has found the window; drops, and the mean time of a burst. */
  private static Outcome bursts(
      boolean paced, String shallow, int bytes, int gapMs, String... roomy) {
    try (World w = new World(paced, roomy)) {
      Reader reader = new Reader();
      Writer writer = new Writer();
      w.open(reader, writer);
      w.simulation.runFor(SECOND);
      Connection to = Objects.requireNonNull(writer.connection);
      MemorySegment some = MemorySegment.ofArray(new byte[4 << 20]);
      assertThat(to.write(some, 0, 3_000_000)).isEqualTo(3_000_000);
      to.wrote(w.simulation.nowNs());
      w.server.touch();
      w.simulation.run(() -> reader.read == 3_000_000, 60 * SECOND, 1_000_000);
      LinkConfig next = LinkConfig.parse(shallow);
      w.paths[0].configure(next, next, w.simulation.nowNs());
      long dropsBefore = w.drops();
      long timeNs = 0;
      int count = 40;
      for (int i = 0; i < count; i++) {
        w.simulation.runFor(gapMs * MS);
        long beganNs = w.simulation.nowNs();
        long until = reader.read + bytes;
        assertThat(to.write(some, 0, bytes)).isEqualTo(bytes);
        to.wrote(beganNs);
        w.server.touch();
        w.simulation.run(() -> reader.read == until, 60 * SECOND, 1_000_000);
        timeNs += reader.lastNs - beganNs;
      }
      long drops = w.drops() - dropsBefore;
      double mbit = bytes * 8e3 * count / timeNs;
      to.abort(w.simulation.nowNs());
      w.simulation.runFor(SECOND);
      return new Outcome(drops, mbit);
    }
  }

  @ParameterizedTest(name = "{0}, then {1}: {2} bytes, {3} ms apart")
  @CsvSource({
    "rate=20mbit delay=10ms queue=50kb, rate=20mbit delay=10ms queue=20kb, 50000, 60",
    "rate=20mbit delay=25ms queue=60kb, rate=20mbit delay=25ms queue=30kb, 100000, 80",
    "rate=20mbit delay=50ms queue=120kb, rate=20mbit delay=50ms queue=45kb, 150000, 100",
    "rate=100mbit delay=20ms queue=350kb, rate=100mbit delay=20ms queue=100kb, 300000, 80",
  })
  void burstOfAWindow_paced_losesFewerSegments(String roomy, String shallow, int bytes, int gapMs) {
    Outcome plain = bursts(false, shallow, bytes, gapMs, roomy);
    Outcome paced = bursts(true, shallow, bytes, gapMs, roomy);
    System.out.printf(
        "%s, bursts of %d: drops %d unpaced, %d paced, ratio %.2f / bound 0.5;"
            + " rate within a burst %.2f and %.2f Mbit/s, ratio %.2f / bound 0.97%n",
        shallow,
        bytes,
        plain.drops,
        paced.drops,
        (double) paced.drops / plain.drops,
        plain.mbit,
        paced.mbit,
        paced.mbit / plain.mbit);
    assertThat(plain.drops).isPositive();
    assertThat((double) paced.drops / plain.drops).isLessThan(0.5);
    assertThat(paced.mbit / plain.mbit).isGreaterThan(0.97);
  }

  @ParameterizedTest(name = "{0} beside {1}: {2} bytes")
  @CsvSource({
    "rate=20mbit delay=10ms queue=100kb, rate=5mbit delay=100ms queue=100kb, 20000",
    "rate=20mbit delay=10ms queue=100kb, rate=5mbit delay=100ms queue=100kb, 50000",
    "rate=20mbit delay=10ms queue=100kb, rate=5mbit delay=100ms queue=100kb, 100000",
    "rate=50mbit delay=5ms queue=100kb, rate=5mbit delay=100ms queue=100kb, 50000",
  })
  void burstBesideASlowPath_paced_waitsForTheFastOne(String fast, String slow, int bytes) {
    Outcome plain = bursts(false, fast, bytes, 60, fast, slow);
    Outcome paced = bursts(true, fast, bytes, 60, fast, slow);
    System.out.printf(
        "%s beside %s, bursts of %d: %.2f and %.2f Mbit/s, ratio %.2f / bound 0.97%n",
        fast, slow, bytes, plain.mbit, paced.mbit, paced.mbit / plain.mbit);
    assertThat(paced.mbit / plain.mbit).isGreaterThan(0.97);
  }
}
