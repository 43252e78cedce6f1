package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams through middleboxes that rewrite numbers, cut, join, clamp and drop what is too big. */
class ReshapedPathsTest {
  private static final long SECOND = 1_000_000_000;
  private static final int BYTES = 2_000_000;

  private static Middlebox box(String kind) {
    return switch (kind) {
      case "rewrite" -> new SequenceRewriter(0xfedc_ba98);
      case "clamp" -> new MssClamp(700);
      case "split" -> new SegmentSplitter(400);
      case "join-up" -> new SegmentCoalescer(Direction.A_TO_B, 1500);
      case "join-down" -> new SegmentCoalescer(Direction.B_TO_A, 1500);
      case "mtu" -> new PathMtu(1500, true);
      case "mtu-silent" -> new PathMtu(1500, false);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static long effect(Middlebox box) {
    return switch (box) {
      case SegmentSplitter s -> s.splits();
      case SegmentCoalescer s -> s.joined();
      case PathMtu s -> s.tooBig();
      default -> 1;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "rewrite, 1, false",
    "rewrite, 2, true",
    "clamp, 1, true",
    "clamp, 2, false",
    "split, 1, true",
    "split, 2, true",
    "split, 2, false",
    "join-up, 1, false",
    "join-down, 1, false",
    "join-up, 2, false",
    "join-down, 2, true",
    "mtu, 1, false",
    "mtu, 2, true",
    "mtu-silent, 1, false",
    "mtu-silent, 2, false"
  })
  void bothStreamsArriveIntact(String kind, int paths, boolean checksum) {
    try (Simulation simulation = new Simulation(20_261_123)) {
      StackConfig config = new StackConfig();
      config.mptcpChecksum = checksum;
      SimHost client = simulation.host("client", config, EventSink.NONE);
      SimHost server = simulation.host("server", new StackConfig(), EventSink.NONE);
      server.address(IpAddress.parse("10.9.0.1"));
      Middlebox[] boxes = new Middlebox[paths];
      for (int i = 0; i < paths; i++) {
        IpAddress address = IpAddress.parse("10.0." + i + ".1");
        LinkConfig link = LinkConfig.parse("rate=20mbit delay=10ms queue=100kb");
        client.address(address);
        boxes[i] = box(kind);
        Path path = simulation.path("p" + i, client, server, link, link).addressA(address);
        if (kind.startsWith("join")) {
          // Segments have to be small to be joined.
          path.middlebox(new MssClamp(600));
        }
        path.middlebox(boxes[i]);
      }
      StreamPlan plan = StreamPlan.bulk(BYTES, BYTES, 7);
      StreamApplication sink = new StreamApplication(simulation, plan);
      StreamApplication source = new StreamApplication(simulation, plan.mirrored());
      Endpoint service = new Endpoint(server.stack().addresses().getFirst(), 80);
      ConnectionConfig settings = ConnectionConfig.multipathDefaults();
      server.listen(service, settings, () -> source);
      client.connect(new Endpoint(IpAddress.parse("10.0.0.1"), 0), service, settings, sink);
      // The MTU shrinks in mid-transfer, on the first path.
      if (boxes[0] instanceof PathMtu mtu) {
        simulation.after(SECOND / 4, () -> mtu.mtu(1200));
      }
      simulation.run(
          () -> {
            boolean failed = sink.fault() != null || source.fault() != null;
            return failed || sink.isDone() && source.isDone();
          },
          300 * SECOND,
          20_000_000);
      assertThat(List.of(String.valueOf(sink.fault()), String.valueOf(source.fault())))
          .as("faults; read %d and %d", sink.readBytes(), source.readBytes())
          .containsOnly("null");
      assertThat(sink.readBytes()).isEqualTo(BYTES);
      assertThat(source.readBytes()).isEqualTo(BYTES);
      assertThat(effect(boxes[0])).as("what the box did").isPositive();
      for (Middlebox one : boxes) {
        if (one instanceof SegmentCoalescer coalescer) {
          coalescer.release();
        }
      }
    }
  }
}
