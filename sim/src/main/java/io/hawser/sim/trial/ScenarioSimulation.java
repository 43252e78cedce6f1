package io.hawser.sim.trial;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.StatsEvents;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.PacketTrace;
import io.hawser.sim.Simulation;
import io.hawser.sim.SimulationException;
import io.hawser.sim.scenario.LinkEvent;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Topology;
import io.hawser.sim.scenario.Workload;
import io.hawser.wire.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a scenario in virtual time: the same stack, links and events as in the testbed, with
 * Hawser at both ends. Everything follows from the seed. For one thread.
 */
public final class ScenarioSimulation implements AutoCloseable {
  private static final int PORT = 5001;
  private static final long SAMPLE_NS = 100_000_000L;
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long PATIENCE_NS = 60 * SECOND_NS;
  private static final long CONNECT_NS = 30 * SECOND_NS;

  private final Scenario scenario;
  private final StackChoice stack;
  private final int repetition;
  private final long seed;
  private final EventSink sink;
  private final Simulation simulation;
  private final SimNetwork network;
  private final List<SimPair> pairs = new ArrayList<>();
  private final Deque<LinkEvent> timeline;
  private @Nullable SimWorkload begun;
  private boolean over;
  private long startNs;
  private long nextSampleNs;
  private @Nullable String stopped;

  /**
   * A run that is ready to begin.
   *
   * @throws IllegalArgumentException if the stack is not one of those that are simulated
   */
  public ScenarioSimulation(Scenario scenario, StackChoice stack, int repetition, EventSink sink) {
    if (stack == StackChoice.SCTP) {
      throw new IllegalArgumentException(
          "SCTP is not simulated; `hawser testbed run` runs the real one");
    }
    this.scenario = scenario.seeded(Scenario.USUAL_SEED);
    this.stack = stack;
    this.repetition = repetition;
    this.seed = this.scenario.seed() + repetition - 1;
    this.sink = new UntilTheEnd(sink);
    simulation = new Simulation(seed);
    network = new SimNetwork(simulation, scenario, this.sink, stack.isMultipath());
    timeline = new ArrayDeque<>(scenario.timeline());
  }

  /** What is torn down after RunEnded belongs to no run. */
  private static final class UntilTheEnd implements EventSink {
    private final EventSink sink;
    private boolean ended;

    UntilTheEnd(EventSink sink) {
      this.sink = sink;
    }

    @Override
    public boolean wants(Class<? extends Event> kind) {
      return !ended && sink.wants(kind);
    }

    @Override
    public void accept(Event event) {
      if (!ended) {
        ended = event instanceof Event.RunEnded;
        sink.accept(event);
      }
    }
  }

  /** What the simulator runs for a choice: one of Hawser's, or null for what it has not. */
  public static @Nullable StackChoice simulated(StackChoice choice) {
    return switch (choice) {
      case TCP, HAWSER_TCP -> StackChoice.HAWSER_TCP;
      case MPTCP_KERNEL, HAWSER, HAWSER_KERNEL, KERNEL_HAWSER -> StackChoice.HAWSER;
      case SCTP -> null;
    };
  }

  private SimWorkload workload(Workload wanted) {
    return switch (wanted) {
      case Workload.Bulk bulk ->
          new SimBulk(simulation, connect(1), bulk.flow(), bulk.durationNs());
      case Workload.Iperf3 iperf3 ->
          new SimBulk(simulation, connect(iperf3.parallel()), iperf3.flow(), iperf3.durationNs());
      case Workload.Frames frames -> new SimFrames(simulation, connect(1).getFirst(), frames, sink);
      case Workload.Requests requests ->
          new SimRequests(simulation, connect(1).getFirst(), requests, sink);
      case Workload.Http http -> new SimVideo(simulation, connect(1).getFirst(), http, sink);
      case Workload.Video video -> new SimVideo(simulation, connect(1).getFirst(), video, sink);
    };
  }

  private List<SimPair> connect(int count) {
    ConnectionConfig config =
        ConnectionConfig.multipathDefaults()
            .withMultipath(stack.isMultipath())
            .withNoDelay(true)
            .withCongestionControl(scenario.congestion());
    if (!scenario.scheduler().isEmpty()) {
      config = config.withScheduler(scenario.scheduler());
    }
    Deque<SimPeer> servers = new ArrayDeque<>();
    Endpoint service = new Endpoint(SimNetwork.service(), PORT);
    network.server().listen(service, config, servers::removeFirst);
    for (int n = 0; n < count; n++) {
      long upSeed = seed * 1000 + 2L * n;
      SimPeer client = new SimPeer(upSeed, upSeed + 1);
      SimPeer server = new SimPeer(upSeed + 1, upSeed);
      servers.addLast(server);
      pairs.add(new SimPair(client, server));
      network.client().connect(new Endpoint(network.firstAddress(), 0), service, config, client);
    }
    return pairs;
  }

  /** The virtual clock. */
  public long nowNs() {
    return simulation.nowNs();
  }

  /** Hears of every packet that goes into a link or comes out; null: nobody. */
  public ScenarioSimulation trace(@Nullable PacketTrace trace) {
    simulation.trace(trace);
    return this;
  }

  /** Packets and other steps so far. */
  public long steps() {
    return simulation.events();
  }

  /** Changes a link now, as the timeline does. */
  public void change(String link, String change) {
    sink.accept(network.change(link, change));
  }

  /** Ends the run at the next step. */
  public void stop() {
    stopped = "stopped";
  }

  /** Runs to the end. */
  public void run() {
    boolean goesOn = true;
    while (goesOn) {
      goesOn = advance(simulation.nowNs() + SECOND_NS);
    }
  }

  /**
   * Runs up to a virtual time.
   *
   * @return false once the run is over
   */
  public boolean advance(long untilNs) {
    try {
      SimWorkload workload = begun == null ? begin() : begun;
      while (!over && simulation.nowNs() < untilNs) {
        long stepNs = Math.min(untilNs, nextSampleNs);
        if (!timeline.isEmpty()) {
          stepNs = Math.min(stepNs, startNs + timeline.getFirst().atNs());
        }
        simulation.runFor(Math.max(0, stepNs - simulation.nowNs()));
        settle(workload);
      }
    } catch (SimulationException e) {
      over = true;
      sink.accept(new Event.RunEnded(simulation.nowNs(), String.valueOf(e.getMessage())));
    }
    return !over;
  }

  private SimWorkload begin() {
    sink.accept(
        new Event.RunStarted(
            simulation.nowNs(),
            scenario.name(),
            scenario.title(),
            stack.word(),
            "virtual",
            repetition,
            seed,
            scenario.plannedNs(),
            scenario.topology().links().stream().map(LinkSpec::facts).toList()));
    SimWorkload workload = workload(scenario.workload());
    begun = workload;
    simulation.run(this::isConnected, CONNECT_NS, Long.MAX_VALUE / 2);
    startNs = simulation.nowNs();
    nextSampleNs = startNs;
    workload.start(startNs);
    settle(workload);
    return workload;
  }

  private boolean isConnected() {
    return pairs.stream()
        .allMatch(pair -> isOpen(pair.client().connection()) && isOpen(pair.server().connection()));
  }

  private static boolean isOpen(@Nullable Connection connection) {
    return connection != null && connection.phase() != Connection.Phase.CONNECTING;
  }

  private void settle(SimWorkload workload) {
    long nowNs = simulation.nowNs();
    while (!timeline.isEmpty() && startNs + timeline.getFirst().atNs() <= nowNs) {
      LinkEvent next = timeline.removeFirst();
      sink.accept(network.change(next.link(), next.change()));
    }
    boolean done = workload.isDone();
    String patience = stopped;
    if (patience == null && nowNs - startNs > scenario.plannedNs() + PATIENCE_NS) {
      patience = "not over 60 s after its planned end";
    }
    boolean ends = done || patience != null;
    if (nowNs >= nextSampleNs || ends) {
      sample(workload, nowNs);
      nextSampleNs = nowNs + SAMPLE_NS;
    }
    if (ends && !over) {
      over = true;
      workload.results(nowNs, done || patience == null ? "" : patience, sink);
      sink.accept(new Event.RunEnded(nowNs, ""));
    }
  }

  private void sample(SimWorkload workload, long nowNs) {
    network.samples(nowNs).forEach(sink::accept);
    workload.sample(nowNs, sink);
    for (int n = 0; n < pairs.size(); n++) {
      tell(pairs.get(n).client(), Topology.CLIENT, n + 1, nowNs);
      tell(pairs.get(n).server(), Topology.SERVER, n + 1, nowNs);
    }
  }

  private void tell(SimPeer peer, String host, long number, long nowNs) {
    Connection connection = peer.connection();
    if (connection != null) {
      new StatsEvents(host, number, network::linkOf).tell(connection.snapshot(), nowNs, sink);
    }
  }

  /** Frees all memory. */
  @Override
  public void close() {
    simulation.close();
  }
}
