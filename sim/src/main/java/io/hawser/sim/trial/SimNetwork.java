package io.hawser.sim.trial;

import io.hawser.core.StackConfig;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.Direction;
import io.hawser.sim.Fate;
import io.hawser.sim.LinkCounters;
import io.hawser.sim.Nat;
import io.hawser.sim.Path;
import io.hawser.sim.SimHost;
import io.hawser.sim.SimNode;
import io.hawser.sim.SimRouter;
import io.hawser.sim.Simulation;
import io.hawser.sim.scenario.LinkCondition;
import io.hawser.sim.scenario.LinkEvent;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.Topology;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A topology in virtual time: hosts, routers, links and what the timeline does to them. */
final class SimNetwork {
  /** A link, and the client's address on it if it begins there. */
  private static final class SimLink {
    final LinkSpec spec;
    final Path path;
    final boolean isAccess;
    final int number;
    int addresses = 1;
    LinkCondition condition;
    final @Nullable Nat nat;

    SimLink(LinkSpec spec, Path path, int number, @Nullable Nat nat) {
      this.spec = spec;
      condition = LinkCondition.of(spec);
      this.path = path;
      this.number = number;
      this.nat = nat;
      isAccess = spec.from().equals(Topology.CLIENT);
    }

    IpAddress address() {
      return IpAddress.parse("10.77." + number + "." + (addresses == 1 ? 11 : 100 + addresses));
    }
  }

  private final Simulation simulation;
  private final Topology topology;
  private final SimHost client;
  private final SimHost server;
  private final Map<String, SimRouter> routers = new LinkedHashMap<>();
  private final Map<String, SimLink> links = new LinkedHashMap<>();

  SimNetwork(Simulation simulation, Scenario scenario, EventSink events, boolean multipath) {
    this.simulation = simulation;
    this.topology = scenario.topology();
    client = simulation.host(Topology.CLIENT, new StackConfig(), events);
    server = simulation.host(Topology.SERVER, new StackConfig(), EventSink.NONE);
    server.address(service());
    int number = 1;
    for (LinkSpec spec : topology.links()) {
      Path path =
          simulation.path(
              spec.name(), node(spec.from()), node(spec.to()), spec.forth(), spec.back());
      @Nullable Nat nat = null;
      for (LinkEvent event : scenario.timeline()) {
        if (event.link().equals(spec.name()) && event.change().equals("rebind") && nat == null) {
          nat = new Nat(IpAddress.parse("10.77." + number + ".201"));
          path.middlebox(nat);
        }
      }
      links.put(spec.name(), new SimLink(spec, path, number++, nat));
    }
    route();
    List<Topology.Route> paths = topology.paths();
    for (Topology.Route route : multipath ? paths : paths.subList(0, 1)) {
      client.address(link(route.access()).address());
    }
    if (multipath && paths.stream().anyMatch(path -> path.access().backup())) {
      backups(paths);
    }
  }

  private void backups(List<Topology.Route> paths) {
    client.stack().endpoints().execute("limits set subflows 8 add_addr_accepted 8");
    for (Topology.Route path : paths) {
      SimLink link = link(path.access());
      client
          .stack()
          .endpoints()
          .execute(
              "endpoint add "
                  + link.address()
                  + " subflow"
                  + (path.access().backup() ? " backup" : ""));
    }
  }

  static IpAddress service() {
    return IpAddress.parse("10.77.0.12");
  }

  private SimNode node(String name) {
    return switch (name) {
      case Topology.CLIENT -> client;
      case Topology.SERVER -> server;
      default -> routers.computeIfAbsent(name, n -> new SimRouter(simulation));
    };
  }

  private SimLink link(LinkSpec spec) {
    return link(spec.name());
  }

  private SimLink link(String name) {
    SimLink link = links.get(name);
    if (link == null) {
      throw new IllegalArgumentException("no link '" + name + "'; there are " + links.keySet());
    }
    return link;
  }

  /** The client's address says which way a packet goes, on every link and at every router. */
  private void route() {
    for (Topology.Route route : topology.paths()) {
      way(route, link(route.access()).address());
    }
  }

  private void way(Topology.Route route, IpAddress inside) {
    SimLink access = link(route.access());
    access.path.addressA(inside);
    IpAddress seen = inside;
    if (access.nat != null) {
      seen = access.nat.outside();
      access.path.addressA(seen);
    }
    List<LinkSpec> way = route.links();
    for (int hop = 1; hop < way.size(); hop++) {
      Path onwards = link(way.get(hop)).path;
      Path backwards = link(way.get(hop - 1)).path;
      onwards.addressA(seen);
      SimRouter router = routers.get(way.get(hop).from());
      if (router != null) {
        router.way(seen, onwards, backwards);
      }
    }
  }

  SimHost client() {
    return client;
  }

  SimHost server() {
    return server;
  }

  /** The client's first address. */
  IpAddress firstAddress() {
    return link(topology.paths().getFirst().access()).address();
  }

  /** The link that an address of the client's belongs to. */
  String linkOf(IpAddress address) {
    String text = address.toString();
    for (SimLink link : links.values()) {
      if (text.startsWith("10.77." + link.number + ".")) {
        return link.spec.name();
      }
    }
    return "";
  }

  /** What the timeline, or a person, does to a link. */
  Event.LinkChanged change(String name, String change) {
    SimLink link = link(name);
    long nowNs = simulation.nowNs();
    switch (change) {
      case "remove" -> {
        if (link.isAccess) {
          client.stack().removeAddress(link.address(), nowNs);
        }
      }
      case "add" -> {
        if (!link.condition.present() && link.isAccess) {
          client.stack().addAddress(link.address(), nowNs);
        }
      }
      case "rebind" -> {
        if (link.nat == null) {
          throw new IllegalArgumentException(
              "link " + name + " has no NAT; only links whose timeline says rebind have one");
        }
        link.nat.rebind();
      }
      case "address" -> readdress(link, nowNs);
      default -> {
        // The link's own business, below.
      }
    }
    link.condition = link.condition.after(change);
    for (Direction direction : Direction.values()) {
      link.path.link(direction).configure(link.condition.config(direction), nowNs);
    }
    client.touch();
    return new Event.LinkChanged(
        nowNs,
        name,
        change,
        link.condition.isUsable(),
        link.condition.forth().rateBitsPerSecond(),
        link.condition.back().rateBitsPerSecond());
  }

  private void readdress(SimLink link, long nowNs) {
    if (!link.isAccess) {
      throw new IllegalArgumentException("link " + link.spec.name() + " is not the client's");
    }
    client.stack().removeAddress(link.address(), nowNs);
    link.addresses++;
    for (Topology.Route route : topology.paths()) {
      if (route.access() == link.spec) {
        way(route, link.address());
      }
    }
    client.stack().addAddress(link.address(), nowNs);
  }

  /** The counters of all links. */
  List<Event.LinkSample> samples(long nowNs) {
    List<Event.LinkSample> all = new ArrayList<>();
    for (SimLink link : links.values()) {
      LinkCounters forth = link.path.link(Direction.A_TO_B).counters();
      LinkCounters back = link.path.link(Direction.B_TO_A).counters();
      all.add(
          new Event.LinkSample(
              nowNs,
              link.spec.name(),
              forth.bytes(Fate.DELIVERED),
              back.bytes(Fate.DELIVERED),
              forth.packets(Fate.DELIVERED),
              back.packets(Fate.DELIVERED),
              forth.droppedPackets(),
              back.droppedPackets(),
              forth.queuedBytes(),
              back.queuedBytes()));
    }
    return all;
  }
}
