package io.hawser.testbed;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.Leftovers;
import io.hawser.linux.NetworkNamespace;
import io.hawser.sim.scenario.LinkCondition;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import io.hawser.wire.BufferPool;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Two hosts, routers between them if the topology has any, and emulated links: network namespaces
 * of this machine, joined by this process. Safe for several threads.
 *
 * <p>Every change is noted in {@link Leftovers} before it is made; whatever ends the process, the
 * next start takes away what is left.
 */
public final class Testbed implements AutoCloseable {
  private static final int MOST_LINKS = 200;

  static final Addressing SERVICE = new Addressing(0);

  private final String name;
  private final Topology topology;
  private final BufferPool pool = new BufferPool();
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Map<String, TestbedLink> links = new LinkedHashMap<>();
  private final Routing routing;
  private final KernelMptcp mptcp;
  private final long seed;
  private long drawn;
  private volatile EventSink events = EventSink.NONE;
  private boolean closed;

  private Testbed(String name, Topology topology, long seed) {
    this.name = name;
    this.topology = topology;
    this.seed = seed;
    drawn = seed;
    routing = new Routing(topology, hosts, links);
    mptcp = new KernelMptcp(topology, hosts, links);
  }

  /**
   * Makes namespaces {@code hw-NAME-NODE}, links, addresses and routes. Several testbeds live side
   * by side under different names. Its seed is another one each time.
   *
   * @throws TestbedException with the cause and the remedy; nothing is left of what was made
   */
  public static Testbed up(String name, Topology topology) throws TestbedException {
    return up(name, topology, anySeed());
  }

  /** A seed that nobody chose; short enough to be typed. */
  public static long anySeed() {
    return ThreadLocalRandom.current().nextLong(1, 1L << 31);
  }

  /**
   * The same with a seed: what Hawser's own links draw (loss, jitter, reordering) follows from it.
   */
  public static Testbed up(String name, Topology topology, long seed) throws TestbedException {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,19}")) {
      throw new TestbedException(
          "'" + name + "' cannot name a testbed: 1 to 20 lower-case letters, digits and dashes");
    }
    if (topology.links().size() > MOST_LINKS) {
      throw new TestbedException(
          "at most " + MOST_LINKS + " links, not " + topology.links().size());
    }
    Testbed testbed = new Testbed(name, topology, seed);
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
    for (String node : topology.nodes()) {
      hosts.put(node, new Host(node, namespace("hw-" + name + "-" + node)));
    }
    HostDefaults.set(hosts.values());
    int number = 1;
    for (LinkSpec spec : topology.links()) {
      Addressing addressing = new Addressing(number++);
      Host from = host(spec.from());
      Host to = host(spec.to());
      from.attach(spec.name(), addressing, true);
      to.attach(spec.name(), addressing, false);
      TestbedLink link = newLink(new LinkEnds(spec, from, to), addressing);
      links.put(spec.name(), link);
      link.make();
    }
    server().service(SERVICE);
    routing.start();
  }

  /** With a name where {@code ip netns} can know it; never in a user namespace of our own. */
  private static NetworkNamespace namespace(String name) {
    return HostDefaults.isFirstUserNamespace()
        ? NetworkNamespace.create(name)
        : NetworkNamespace.anonymous();
  }

  private TestbedLink newLink(LinkEnds ends, Addressing addressing) {
    LinkSpec spec = ends.spec();
    LinkSpec.Emulator emulator = spec.emulator();
    if (emulator == LinkSpec.Emulator.AUTO) {
      emulator =
          TcLink.isRateOnly(spec.forth()) && TcLink.isRateOnly(spec.back())
              ? LinkSpec.Emulator.TBF
              : LinkSpec.Emulator.HAWSER;
    }
    return emulator == LinkSpec.Emulator.HAWSER
        ? new EmulatedLink(ends, addressing, pool, new long[6], seed)
        : new TcLink(ends, addressing, emulator, new long[6]);
  }

  /** The name it was given. */
  public String name() {
    return name;
  }

  public Topology topology() {
    return topology;
  }

  /** What it was brought up with. */
  public long seed() {
    return seed;
  }

  /** What links draw follows from this from now on, as when a run is repeated. */
  public synchronized void draw(long from) {
    drawn = from;
    links.values().forEach(link -> link.seed(from));
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
   *     restore}, {@code rebind} (a NAT on the link forgets its mappings; the first time it
   *     appears), {@code address} (the client gets other addresses there), or settings as in {@code
   *     rate=20mbit delay=30ms}, for one direction after {@code forth:} or {@code back:}
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
        if (present) {
          link.remove();
          mptcp.linkGone(link);
          host(link.spec().from()).forget(link.addressing());
        }
      }
      case "add" -> {
        if (!present) {
          link.make();
          routing.refresh();
          mptcp.linkBack(link);
          host(link.spec().from()).learn(link.addressing());
        }
      }
      case "blackhole" -> link.blackhole(true);
      case "restore" -> link.blackhole(false);
      case "rebind" -> link.rebind();
      case "address" -> address(link, present);
      default -> settings(link, change);
    }
  }

  /** The client's addresses on a link become others, as a network may do that hands them out. */
  private void address(TestbedLink link, boolean present) throws TestbedException {
    if (!link.spec().from().equals(Topology.CLIENT)) {
      throw new TestbedException("only the client's own links give it addresses");
    }
    if (present && !link.status().up()) {
      throw new TestbedException("the link is down; take it up first");
    }
    Addressing before = link.addressing();
    mptcp.linkGone(link);
    link.readdress();
    routing.readdress(link, before);
    client().readdress(before, link.addressing(), present);
    if (present) {
      mptcp.linkBack(link);
    }
  }

  private void settings(TestbedLink link, String change) throws TestbedException {
    if (!change.contains("=")) {
      throw new TestbedException(
          "'"
              + change
              + "' is none of down, up, remove, add, blackhole, restore, rebind, address and no settings"
              + " such as"
              + " rate=20mbit delay=30ms loss=0.5%");
    }
    LinkStatus now = link.status();
    LinkCondition next =
        new LinkCondition(now.forth(), now.back(), now.up(), now.blackhole(), now.present())
            .with(change);
    if (link instanceof TcLink
        && link.spec().emulator() == LinkSpec.Emulator.AUTO
        && !(TcLink.isRateOnly(next.forth()) && TcLink.isRateOnly(next.back()))) {
      link = ownEmulator(link);
    }
    link.settings(next.forth(), next.back());
  }

  /** More is asked for than tbf can do: the interfaces are made anew, with the same addresses. */
  private TestbedLink ownEmulator(TestbedLink before) {
    LinkStatus was = before.status();
    LinkSpec spec = before.spec();
    before.remove();
    LinkEnds ends = new LinkEnds(spec, host(spec.from()), host(spec.to()));
    TestbedLink link = new EmulatedLink(ends, before.addressing(), pool, before.counters(), drawn);
    links.put(spec.name(), link);
    if (was.present()) {
      link.make();
      link.blackhole(was.blackhole());
      link.up(was.up());
      routing.refresh();
      mptcp.linkGone(link);
      mptcp.linkBack(link);
    }
    return link;
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

  /** Who hears of changes of links from now on; who did before. */
  public synchronized EventSink events(EventSink sink) {
    EventSink before = events;
    events = sink;
    return before;
  }

  /**
   * Writes what comes out of all links to a pcapng file, until it is closed.
   *
   * @throws TestbedException if a link is not emulated by Hawser
   */
  public synchronized LinkCapture capture(Path file) throws IOException {
    for (TestbedLink link : links.values()) {
      if (link instanceof TcLink) {
        throw new TestbedException(
            "link "
                + link.spec().name()
                + " is the kernel's own: capture with tcpdump in a host, or choose 'emulator:"
                + " hawser'");
      }
    }
    return new LinkCapture(file, List.copyOf(links.values()));
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
      host.close();
    }
    pool.close();
  }
}
