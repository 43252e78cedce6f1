package io.hawser.testbed;

import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import io.hawser.wire.IpAddress;
import java.util.List;
import java.util.Map;

/**
 * Which way packets take. The client's address decides: what leaves the client from the address of
 * a link goes over that link, and what goes to it comes back over the same links. So a pair of
 * addresses is a path, in both directions.
 */
final class Routing {
  private static final int FIRST_TABLE = 100;
  private static final String REPLACE = "route replace ";
  private static final List<String> SYSCTLS =
      List.of(
          "net/ipv4/ip_forward=1",
          "net/ipv6/conf/all/forwarding=1",
          "net/ipv4/conf/all/rp_filter=0",
          "net/ipv4/conf/default/rp_filter=0",
          "net/ipv6/conf/default/accept_dad=0");

  private final Topology topology;
  private final Map<String, Host> hosts;
  private final Map<String, TestbedLink> links;

  Routing(Topology topology, Map<String, Host> hosts, Map<String, TestbedLink> links) {
    this.topology = topology;
    this.hosts = hosts;
    this.links = links;
  }

  /** Rules, once; then all routes. */
  void start() {
    for (Host host : hosts.values()) {
      host.ip().sysctls(SYSCTLS);
    }
    for (boolean v6 : new boolean[] {false, true}) {
      StringBuilder rules = new StringBuilder();
      for (Topology.Route path : topology.paths()) {
        rules("add", path, link(path.access()).addressing(), v6, rules);
      }
      client().ip().batch(v6, rules);
    }
    refresh();
  }

  /** What comes from a client's address of a path goes by the path's table. */
  private void rules(
      String verb, Topology.Route path, Addressing own, boolean v6, StringBuilder lines) {
    int table = FIRST_TABLE + topology.paths().indexOf(path);
    for (int kind : new int[] {Addressing.KERNEL, Addressing.STACK}) {
      lines.append("rule ").append(verb).append(" from ").append(own.address(v6, true, kind));
      lines.append(" lookup ").append(table).append('\n');
    }
  }

  /** The client has other addresses on one of its links. */
  void readdress(TestbedLink changed, Addressing before) {
    for (boolean v6 : new boolean[] {false, true}) {
      StringBuilder lines = new StringBuilder();
      for (Topology.Route path : topology.paths()) {
        if (path.access().equals(changed.spec())) {
          rules("del", path, before, v6, lines);
          rules("add", path, changed.addressing(), v6, lines);
        }
      }
      client().ip().batch(v6, lines);
    }
    refresh();
  }

  /** Sets all routes over links that are there; what a link took with it comes back. */
  void refresh() {
    for (Host host : hosts.values()) {
      for (boolean v6 : new boolean[] {false, true}) {
        StringBuilder lines = new StringBuilder();
        routes(host, v6, lines);
        host.ip().batch(v6, lines);
      }
    }
  }

  private Host client() {
    Host client = hosts.get(Topology.CLIENT);
    if (client == null) {
      throw new IllegalStateException("no client");
    }
    return client;
  }

  private TestbedLink link(LinkSpec spec) {
    TestbedLink link = links.get(spec.name());
    if (link == null) {
      throw new IllegalStateException("no link " + spec.name());
    }
    return link;
  }

  private boolean works(LinkSpec spec) {
    LinkStatus status = link(spec).status();
    return status.present() && status.up();
  }

  private void routes(Host host, boolean v6, StringBuilder lines) {
    List<Topology.Route> paths = topology.paths();
    for (int n = 0; n < paths.size(); n++) {
      List<LinkSpec> way = paths.get(n).links();
      String clientsNetwork = link(way.getFirst()).addressing().network(v6);
      for (int hop = 0; hop < way.size(); hop++) {
        LinkSpec spec = way.get(hop);
        if (!works(spec)) {
          continue;
        }
        if (spec.from().equals(host.name())) {
          String via = via(spec, v6, false);
          if (host.name().equals(Topology.CLIENT)) {
            String table = " table " + (FIRST_TABLE + n);
            lines.append(REPLACE).append("default").append(via).append(table).append('\n');
            lines.append(REPLACE).append("default").append(via);
            lines.append(" metric ").append(FIRST_TABLE + n).append('\n');
          } else {
            // A router: onwards to the server's networks of this path.
            String servers = link(way.getLast()).addressing().network(v6);
            if (!way.getLast().from().equals(host.name())) {
              lines.append(REPLACE).append(servers).append(via).append('\n');
            }
            lines.append(REPLACE).append(Testbed.SERVICE.network(v6)).append(via).append('\n');
          }
        }
        if (spec.to().equals(host.name()) && hop > 0) {
          lines.append(REPLACE).append(clientsNetwork).append(via(spec, v6, true)).append('\n');
        }
      }
      if (host.name().equals(Topology.CLIENT)) {
        // Without its link, a source address must not leak out by another one.
        lines.append(REPLACE).append("unreachable default metric 4000000 table ");
        lines.append(FIRST_TABLE + n).append('\n');
      }
    }
  }

  private String via(LinkSpec spec, boolean v6, boolean towardsFrom) {
    IpAddress next = link(spec).addressing().address(v6, towardsFrom, Addressing.KERNEL);
    return " via " + next + " dev " + spec.name();
  }
}
