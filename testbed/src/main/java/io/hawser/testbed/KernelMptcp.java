package io.hawser.testbed;

import io.hawser.linux.Ip;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import io.hawser.wire.IpAddress;
import java.util.List;
import java.util.Map;

/**
 * The kernel's MPTCP in both hosts: the client opens a subflow from every address; the server
 * accepts them.
 */
final class KernelMptcp {
  private static final int LIMIT = 8;

  private final Topology topology;
  private final Map<String, Host> hosts;
  private final Map<String, TestbedLink> links;
  private boolean on;

  KernelMptcp(Topology topology, Map<String, Host> hosts, Map<String, TestbedLink> links) {
    this.topology = topology;
    this.hosts = hosts;
    this.links = links;
  }

  void set(boolean wanted) {
    on = wanted;
    for (String node : List.of(Topology.CLIENT, Topology.SERVER)) {
      Ip ip = ip(node);
      ip.sysctl("net/mptcp/enabled", wanted ? "1" : "0");
      ip.mptcp("endpoint flush");
      int limit = wanted ? LIMIT : 0;
      ip.mptcp("limits set subflows " + limit + " add_addr_accepted " + limit);
    }
    if (wanted) {
      for (Topology.Route path : topology.paths()) {
        TestbedLink link = links.get(path.access().name());
        if (link != null && link.status().present()) {
          endpoint(link, "add");
        }
      }
    }
  }

  private Ip ip(String node) {
    Host host = hosts.get(node);
    if (host == null) {
      throw new IllegalStateException("no " + node);
    }
    return host.ip();
  }

  private void endpoint(TestbedLink link, String verb) {
    LinkSpec spec = link.spec();
    String flags = spec.backup() ? " subflow backup" : " subflow";
    for (boolean v6 : new boolean[] {false, true}) {
      IpAddress address = link.addressing().address(v6, true, Addressing.KERNEL);
      ip(Topology.CLIENT).mptcp("endpoint " + verb + " " + address + " dev " + spec.name() + flags);
    }
  }

  /** An interface went with its addresses: so do its endpoints, as connection managers do it. */
  void linkGone(TestbedLink link) {
    if (on && link.spec().from().equals(Topology.CLIENT)) {
      for (String line : ip(Topology.CLIENT).mptcp("endpoint show").lines().toList()) {
        String[] words = line.strip().split("\\s+");
        for (boolean v6 : new boolean[] {false, true}) {
          String address = link.addressing().address(v6, true, Addressing.KERNEL).toString();
          if (words.length > 2 && words[0].equals(address)) {
            ip(Topology.CLIENT).mptcp("endpoint delete id " + words[2]);
          }
        }
      }
    }
  }

  /** It is back. */
  void linkBack(TestbedLink link) {
    if (on && link.spec().from().equals(Topology.CLIENT)) {
      endpoint(link, "add");
    }
  }

  String text() {
    StringBuilder out = new StringBuilder();
    for (String node : List.of(Topology.CLIENT, Topology.SERVER)) {
      Ip ip = ip(node);
      out.append(node).append(": net.mptcp.enabled = ").append(ip.sysctl("net/mptcp/enabled"));
      out.append('\n').append(indented(ip.mptcp("limits show")));
      out.append(indented(ip.mptcp("endpoint show")));
    }
    return out.toString();
  }

  private static String indented(String text) {
    StringBuilder out = new StringBuilder();
    text.lines().forEach(line -> out.append("  ").append(line.strip()).append('\n'));
    return out.toString();
  }
}
