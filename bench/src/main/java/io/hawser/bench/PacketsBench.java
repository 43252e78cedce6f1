package io.hawser.bench;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.sim.Direction;
import io.hawser.sim.Fate;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.Path;
import io.hawser.sim.SimHost;
import io.hawser.sim.Simulation;
import io.hawser.sim.StreamApplication;
import io.hawser.sim.StreamPlan;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How many packets a second of real time two stacks make and consume in virtual time, on one
 * thread: one MPTCP connection over two links of 1 Gbit/s, packets of 1500 bytes with their
 * options, every byte checked, ACKs counted.
 */
final class PacketsBench implements Bench {
  private static final String LINK = "rate=1gbit delay=1ms queue=1mb";
  private static final double BYTES_PER_SECOND = 500e6;
  private static final long LONGEST_NS = 3_600_000_000_000L;
  private static final int MOST_STEPS = 1_000_000_000;
  private static final Goal MILLIONS = Goal.atLeast(0.1, 0.25, 0.5);

  @Override
  public String name() {
    return "packets";
  }

  @Override
  public String description() {
    return "Simulated packets a second: two stacks, two links, one thread.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    double[] millions = new double[settings.runs()];
    for (int i = 0; i < settings.runs(); i++) {
      millions[i] = once((long) (settings.seconds() * BYTES_PER_SECOND));
      progress.accept(
          String.format(Locale.ROOT, "run %2d: %.3f million packets a second", i + 1, millions[i]));
    }
    return List.of(
        Row.figure("simulated packets", "M/s", null, Spread.of(millions), MILLIONS, Level.HARD));
  }

  private static double once(long bytes) throws IOException {
    try (Simulation simulation = new Simulation(20_261_123)) {
      SimHost client = simulation.host("client", new StackConfig(), EventSink.NONE);
      SimHost server = simulation.host("server", new StackConfig(), EventSink.NONE);
      IpAddress service = IpAddress.parse("10.9.0.1");
      server.address(service);
      List<Path> paths = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        IpAddress address = IpAddress.parse("10.0." + i + ".1");
        LinkConfig link = LinkConfig.parse(LINK);
        client.address(address);
        paths.add(simulation.path("p" + i, client, server, link, link).addressA(address));
      }
      StreamPlan plan = StreamPlan.bulk(0, bytes, 7);
      StreamApplication sink = new StreamApplication(simulation, plan);
      StreamApplication source = new StreamApplication(simulation, plan.mirrored());
      ConnectionConfig config = ConnectionConfig.multipathDefaults();
      Endpoint at = new Endpoint(service, 80);
      server.listen(at, config, () -> source);
      client.connect(new Endpoint(IpAddress.parse("10.0.0.1"), 0), at, config, sink);
      long startNs = System.nanoTime();
      simulation.run(
          () -> sink.fault() != null || (sink.isDone() && source.isDone()), LONGEST_NS, MOST_STEPS);
      long tookNs = System.nanoTime() - startNs;
      if (sink.fault() != null || sink.readBytes() != bytes) {
        throw new IOException("the transfer ended after " + sink.readBytes() + ": " + sink.fault());
      }
      return delivered(paths) * 1e3 / tookNs;
    }
  }

  private static long delivered(List<Path> paths) throws IOException {
    long packets = 0;
    for (Path path : paths) {
      for (Direction direction : Direction.values()) {
        long some = path.link(direction).counters().packets(Fate.DELIVERED);
        if (some == 0) {
          throw new IOException("a path was not used");
        }
        packets += some;
      }
    }
    return packets;
  }
}
