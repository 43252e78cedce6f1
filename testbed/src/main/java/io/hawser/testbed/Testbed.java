package io.hawser.testbed;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.Ip;
import io.hawser.linux.Leftover;
import io.hawser.linux.Leftovers;
import io.hawser.linux.NetworkNamespace;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import io.hawser.wire.BufferPool;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two hosts, routers between them if the topology has any, and emulated links: network namespaces
 * of this machine, joined by this process. Safe for several threads.
 *
 * <p>Every change is noted in {@link Leftovers} before it is made; whatever ends the process, the
 * next start takes away what is left.
 */
public final class Testbed implements AutoCloseable {
  private static final String ALLOWED = "net/ipv4/tcp_allowed_congestion_control";
  private static final String CONGESTION = "cubic";
  private static final int MOST_LINKS = 200;

  static final Addressing SERVICE = new Addressing(0);

  private final String name;
  private final Topology topology;
  private final BufferPool pool = new BufferPool();
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Map<String, TestbedLink> links = new LinkedHashMap<>();
  private final Routing routing;
  private final KernelMptcp mptcp;
  private volatile EventSink events = EventSink.NONE;
  private boolean closed;

  private Testbed(String name, Topology topology) {
    this.name = name;
    this.topology = topology;
    routing = new Routing(topology, hosts, links);
    mptcp = new KernelMptcp(topology, hosts, links);
  }

  /**
   * Makes namespaces {@code hw-NAME-NODE}, links, addresses and routes. Several testbeds live side
   * by side under different names.
   *
   * @throws TestbedException with the cause and the remedy; nothing is left of what was made
   */
  public static Testbed up(String name, Topology topology) throws TestbedException {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,19}")) {
      throw new TestbedException(
          "'" + name + "' cannot name a testbed: 1 to 20 lower-case letters, digits and dashes");
    }
    if (topology.links().size() > MOST_LINKS) {
      throw new TestbedException(
          "at most " + MOST_LINKS + " links, not " + topology.links().size());
    }
    Testbed testbed = new Testbed(name, topology);
    try {
      testbed.make();
      return testbed;
    } catch (DeviceException e) {
      testbed.close();
      throw new TestbedException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | Error e) {
      testbed.close();
      throw e;
    }
  }

  private void make() {
    boolean cubic = allowCubic();
    for (String node : topology.nodes()) {
      Host host = new Host(node, NetworkNamespace.create("hw-" + name + "-" + node));
      hosts.put(node, host);
      if (cubic) {
        host.ip().sysctl("net/ipv4/tcp_congestion_control", CONGESTION);
      }
    }
    int number = 1;
    for (LinkSpec spec : topology.links()) {
      Addressing addressing = new Addressing(number++);
      Host from = host(spec.from());
      Host to = host(spec.to());
      from.attach(addressing, true);
      to.attach(addressing, false);
      TestbedLink link = new EmulatedLink(spec, from, to, addressing, pool, number);
      links.put(spec.name(), link);
      link.make();
    }
    server().service(SERVICE);
    routing.start();
  }

  /** The first namespace's list of what others may choose; restored at the end. */
  private static boolean allowCubic() {
    Ip first = Ip.here();
    try {
      String allowed = first.sysctl(ALLOWED);
      if (!List.of(allowed.split("\\s+")).contains(CONGESTION)) {
        Leftovers.ofThisProcess().willMake(new Leftover.Sysctl(ALLOWED, allowed));
        first.sysctl(ALLOWED, allowed + " " + CONGESTION);
      }
      return true;
    } catch (DeviceException e) {
      // In a user namespace nobody may change it; the kernel's default stays.
      return false;
    }
  }

  /** The name it was given. */
  public String name() {
    return name;
  }

  public Topology topology() {
    return topology;
  }

  public Host client() {
    return host(Topology.CLIENT);
  }

  public Host server() {
    return host(Topology.SERVER);
  }

  /** All nodes. */
  public List<Host> hosts() {
    return List.copyOf(hosts.values());
  }

  /** The host or router of this name. */
  public Host host(String node) {
    Host host = hosts.get(node);
    if (host == null) {
      throw new IllegalArgumentException("no node '" + node + "'; there are " + hosts.keySet());
    }
    return host;
  }

  /** The server kernel's own address, reached over every path and independent of its links. */
  public static IpAddress kernelService(boolean v6) {
    return SERVICE.address(v6, false, Addressing.KERNEL);
  }

  /** The same for a user-space stack in the server. */
  public static IpAddress stackService(boolean v6) {
    return SERVICE.address(v6, false, Addressing.STACK);
  }

  /** The link that an address belongs to; empty if it is of none. */
  public String linkOf(IpAddress address) {
    for (TestbedLink link : links.values()) {
      if (link.addressing().contains(address)) {
        return link.spec().name();
      }
    }
    return "";
  }

  private TestbedLink link(String wanted) throws TestbedException {
    TestbedLink link = links.get(wanted);
    if (link == null) {
      throw new TestbedException("no link '" + wanted + "'; there are " + links.keySet());
    }
    return link;
  }

  /** The links now. */
  public synchronized List<LinkStatus> links() {
    List<LinkStatus> all = new ArrayList<>();
    links.values().forEach(link -> all.add(link.status()));
    return all;
  }

  /** A link now. */
  public synchronized LinkStatus status(String link) throws TestbedException {
    return link(link).status();
  }

  /**
   * Changes a link.
   *
   * @param change {@code down}, {@code up}, {@code remove}, {@code add}, {@code blackhole}, {@code
   *     restore}, or settings as in {@code rate=20mbit delay=30ms}, for one direction after {@code
   *     forth:} or {@code back:}
   * @throws IOException with a message for the person who asked
   */
  public synchronized void change(String link, String change) throws IOException {
    if (closed) {
      throw new TestbedException("the testbed " + name + " is down");
    }
    TestbedLink chosen = link(link);
    try {
      apply(chosen, change.strip());
    } catch (DeviceException | IllegalArgumentException e) {
      throw new TestbedException(link + " " + change + ": " + e.getMessage(), e);
    }
    LinkStatus now = chosen.status();
    if (events.wants(Event.LinkChanged.class)) {
      events.accept(
          new Event.LinkChanged(
              System.nanoTime(),
              link,
              change,
              now.usable(),
              now.forth().rateBitsPerSecond(),
              now.back().rateBitsPerSecond()));
    }
  }

  private void apply(TestbedLink link, String change) throws TestbedException {
    boolean present = link.status().present();
    switch (change) {
      case "down", "up" -> {
        if (!present) {
          throw new TestbedException(
              "link " + link.spec().name() + " was removed; `add` makes it again");
        }
        link.up(change.equals("up"));
        routing.refresh();
      }
      case "remove" -> {
        link.remove();
        mptcp.linkGone(link);
      }
      case "add" -> {
        link.make();
        routing.refresh();
        mptcp.linkBack(link);
      }
      case "blackhole" -> link.blackhole(true);
      case "restore" -> link.blackhole(false);
      default -> settings(link, change);
    }
  }

  private static void settings(TestbedLink link, String change) throws TestbedException {
    if (!change.contains("=")) {
      throw new TestbedException(
          "'"
              + change
              + "' is none of down, up, remove, add, blackhole, restore and no settings such as"
              + " rate=20mbit delay=30ms loss=0.5%");
    }
    LinkConfig forth = link.status().forth();
    LinkConfig back = link.status().back();
    if (change.startsWith("forth:")) {
      forth = forth.with(change.substring("forth:".length()));
    } else if (change.startsWith("back:")) {
      back = back.with(change.substring("back:".length()));
    } else {
      forth = forth.with(change);
      back = back.with(change);
    }
    link.settings(forth, back);
  }

  /** A link's counters since the testbed began. */
  public synchronized Event.LinkSample sample(String link, long atNs) throws TestbedException {
    return link(link).sample(atNs);
  }

  /** Switches the kernel's MPTCP in both hosts, with endpoints and limits. */
  public synchronized void mptcp(boolean on) throws TestbedException {
    try {
      mptcp.set(on);
    } catch (DeviceException e) {
      throw new TestbedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What the kernel's MPTCP is set to in both hosts. */
  public synchronized String mptcpText() {
    return mptcp.text();
  }

  /** Who hears of changes of links. */
  public void events(EventSink sink) {
    events = sink;
  }

  /** Ends all of it. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    links.values().forEach(TestbedLink::close);
    for (Host host : hosts.values()) {
      host.namespace().close();
    }
    pool.close();
  }
}
