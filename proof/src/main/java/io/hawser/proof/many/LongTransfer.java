package io.hawser.proof.many;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.proof.Proof;
import io.hawser.proof.ProofException;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.SimHost;
import io.hawser.sim.Simulation;
import io.hawser.sim.StreamApplication;
import io.hawser.sim.StreamPlan;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.Objects;

/** One connection that moves more than 32 bits can count, over two paths that lose. */
public final class LongTransfer {
  private static final int FULL_MEGABYTES = 6_000;
  private static final long SECOND = 1_000_000_000;
  private static final long MOST_GROWTH = 2 << 20;
  private static final long MOST_EVENTS = 1L << 50;

  private LongTransfer() {}

  /** Every byte arrives, every number wraps, and the heap stays as it was early on. */
  public static void run(Proof proof) {
    long bytes = proof.scaled(FULL_MEGABYTES) * 1_000_000L;
    try (Simulation simulation = new Simulation(20_261_123)) {
      SimHost client = simulation.host("client", new StackConfig(), EventSink.NONE);
      SimHost server = simulation.host("server", new StackConfig(), EventSink.NONE);
      server.address(IpAddress.parse("10.9.0.1"));
      LinkConfig link = LinkConfig.parse("rate=2gbit delay=2ms queue=2mb loss=0.01%");
      for (int i = 0; i < 2; i++) {
        IpAddress address = IpAddress.parse("10.0." + i + ".1");
        client.address(address);
        simulation.path("p" + i, client, server, link, link).addressA(address);
      }
      StreamPlan plan = StreamPlan.bulk(bytes, bytes / 100, 7);
      StreamApplication source = new StreamApplication(simulation, plan);
      StreamApplication sink = new StreamApplication(simulation, plan.mirrored());
      ConnectionConfig settings = ConnectionConfig.multipathDefaults();
      Endpoint service = new Endpoint(server.stack().addresses().getFirst(), 80);
      server.listen(service, settings, () -> sink);
      Endpoint from = new Endpoint(IpAddress.parse("10.0.0.1"), 0);
      client.connect(from, service, settings, source);
      simulation.run(
          () -> sink.readBytes() > bytes / 10 || wrong(source, sink), 3600 * SECOND, MOST_EVENTS);
      long early = Proof.heapBytes();
      simulation.run(
          () -> sink.readBytes() > bytes * 9 / 10 || wrong(source, sink),
          3600 * SECOND,
          MOST_EVENTS);
      proof.atMost("growth of the heap, bytes", Proof.heapBytes() - early, MOST_GROWTH);
      simulation.run(
          () -> source.isDone() && sink.isDone() || wrong(source, sink),
          3600 * SECOND,
          MOST_EVENTS);
      if (wrong(source, sink)) {
        throw new ProofException(Objects.requireNonNullElse(source.fault(), "") + sink.fault());
      }
      proof.holds("every byte arrived", sink.readBytes() == bytes);
    }
  }

  private static boolean wrong(StreamApplication source, StreamApplication sink) {
    return source.fault() != null || sink.fault() != null;
  }
}
