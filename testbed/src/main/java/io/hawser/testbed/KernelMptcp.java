package io.hawser.testbed;

import io.hawser.linux.KernelEndpoint;
import io.hawser.linux.PathManagerClient;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The kernel's MPTCP in both hosts: the client opens a subflow from every address; the server
 * accepts them.
 */
final class KernelMptcp {
  private static final String ENABLED = "net/mptcp/enabled";
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

  /** What is done with a host's path manager. */
  @FunctionalInterface
  private interface Task<T> {
    T of(PathManagerClient client) throws IOException;
  }

  private <T> T ask(String node, Task<T> task) {
    try (PathManagerClient client = PathManagerClient.open(host(node).namespace())) {
      return task.of(client);
    } catch (IOException e) {
      throw new DeviceException(node + ": " + e.getMessage());
    }
  }

  private Host host(String node) {
    Host host = hosts.get(node);
    if (host == null) {
      throw new IllegalStateException("no " + node);
    }
    return host;
  }

  void set(boolean wanted) {
    on = wanted;
    int limit = wanted ? LIMIT : 0;
    for (String node : List.of(Topology.CLIENT, Topology.SERVER)) {
      ask(
          node,
          client -> {
            client.flush();
            client.limits(new PathManagerClient.Limits(limit, limit));
            return client;
          });
      host(node).ip().sysctl(ENABLED, wanted ? "1" : "0");
    }
    if (wanted) {
      for (Topology.Route path : topology.paths()) {
        TestbedLink link = links.get(path.access().name());
        if (link != null && link.status().present()) {
          add(link);
        }
      }
    }
  }

  private static List<IpAddress> addresses(TestbedLink link) {
    List<IpAddress> both = new ArrayList<>();
    for (boolean v6 : new boolean[] {false, true}) {
      both.add(link.addressing().address(v6, true, Addressing.KERNEL));
    }
    return both;
  }

  private void add(TestbedLink link) {
    LinkSpec spec = link.spec();
    int device = host(Topology.CLIENT).namespace().interfaceIndex(spec.name());
    KernelEndpoint.Flag[] flags =
        spec.backup()
            ? new KernelEndpoint.Flag[] {KernelEndpoint.Flag.SUBFLOW, KernelEndpoint.Flag.BACKUP}
            : new KernelEndpoint.Flag[] {KernelEndpoint.Flag.SUBFLOW};
    ask(
        Topology.CLIENT,
        client -> {
          for (IpAddress address : addresses(link)) {
            client.add(KernelEndpoint.of(address, flags).on(device));
          }
          return client;
        });
  }

  /** An interface went with its addresses: so do its endpoints, as connection managers do it. */
  void linkGone(TestbedLink link) {
    if (on && link.spec().from().equals(Topology.CLIENT)) {
      List<IpAddress> gone = addresses(link);
      ask(
          Topology.CLIENT,
          client -> {
            for (KernelEndpoint endpoint : client.endpoints()) {
              if (gone.contains(endpoint.address())) {
                client.delete(endpoint.id());
              }
            }
            return client;
          });
    }
  }

  /** It is back. */
  void linkBack(TestbedLink link) {
    if (on && link.spec().from().equals(Topology.CLIENT)) {
      add(link);
    }
  }

  /** Both hosts' switch, limits and endpoints, in the words of {@code ip mptcp}. */
  String text() {
    StringBuilder out = new StringBuilder();
    for (String node : List.of(Topology.CLIENT, Topology.SERVER)) {
      Map<Integer, String> devices = new HashMap<>();
      for (TestbedLink link : links.values()) {
        if (node.equals(link.spec().from()) && link.status().present()) {
          String name = link.spec().name();
          devices.put(host(node).namespace().interfaceIndex(name), name);
        }
      }
      out.append(node).append(": net.mptcp.enabled = ");
      out.append(host(node).ip().sysctl(ENABLED)).append('\n');
      String lines = ask(node, client -> lines(client, devices));
      out.append(lines);
    }
    return out.toString();
  }

  private static String lines(PathManagerClient client, Map<Integer, String> devices)
      throws IOException {
    PathManagerClient.Limits limits = client.limits();
    StringBuilder out = new StringBuilder();
    out.append("  add_addr_accepted ").append(limits.acceptedAddresses());
    out.append(" subflows ").append(limits.subflows()).append('\n');
    for (KernelEndpoint endpoint : client.endpoints()) {
      out.append("  ").append(line(endpoint, devices)).append('\n');
    }
    return out.toString();
  }

  private static String line(KernelEndpoint endpoint, Map<Integer, String> devices) {
    StringBuilder out = new StringBuilder();
    out.append(endpoint.address()).append(" id ").append(endpoint.id());
    endpoint.flags().stream()
        .sorted()
        .forEach(flag -> out.append(' ').append(flag.name().toLowerCase(Locale.ROOT)));
    if (endpoint.interfaceIndex() != 0) {
      String device = devices.getOrDefault(endpoint.interfaceIndex(), "");
      out.append(" dev ").append(device.isEmpty() ? "" + endpoint.interfaceIndex() : device);
    }
    return out.toString();
  }
}
