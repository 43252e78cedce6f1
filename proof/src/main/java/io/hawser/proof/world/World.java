package io.hawser.proof.world;

import io.hawser.core.StackConfig;
import io.hawser.core.api.Buffers;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.FastOpenUse;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.sched.Schedulers;
import io.hawser.proof.ProofException;
import io.hawser.sim.Direction;
import io.hawser.sim.Firewall;
import io.hawser.sim.Link;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.Nat;
import io.hawser.sim.OptionStripper;
import io.hawser.sim.PacketTrace;
import io.hawser.sim.Path;
import io.hawser.sim.PathMtu;
import io.hawser.sim.SimHost;
import io.hawser.sim.Simulation;
import io.hawser.sim.StreamApplication;
import io.hawser.sim.StreamPlan;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Two stacks, two paths and whatever a seed makes of them. */
public final class World implements AutoCloseable {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  /** What every connection carries each way at least. */
  private static final int LEAST_BYTES = 65_536;

  private static final int LEAST_KINDS = 3;

  private final SplittableRandom random;
  final EventCounts counts = new EventCounts();
  private final List<String> story = new ArrayList<>();
  final Simulation simulation;
  final SimHost client;
  final SimHost server;
  final Path[] paths = new Path[2];
  final List<StreamApplication> applications = new ArrayList<>();
  private final boolean v6;
  private final Sightings sightings = new Sightings(counts);
  private final List<PathMtu> mtus = new ArrayList<>(0);

  /** What kinds of trouble there are in this world. */
  private final TreeSet<String> kinds = new TreeSet<>();

  final @Nullable Nat[] nats = new @Nullable Nat[2];
  final Firewall[] firewalls = {new Firewall(), new Firewall()};
  private final Reshaping reshaping;
  private final SplittableRandom shaping;
  private final SplittableRandom opening;
  private final List<Alterer> alterers = new ArrayList<>(0);

  /** Payload is altered behind TCP's checksum, and MPTCP's own checksums are on. */
  private final boolean isAltering;

  /** The connection that one end aborts, or -1. */
  int abortedPair = -1;

  /** What this seed makes; nothing has happened yet. */
  public World(long seed) {
    random = new SplittableRandom(seed);
    SplittableRandom altering = new SplittableRandom(~seed);
    isAltering = altering.nextInt(5) == 0;
    shaping = new SplittableRandom(seed ^ 0x5a5a_5a5aL);
    reshaping = new Reshaping(this, shaping.split());
    opening = new SplittableRandom(seed ^ 0x7413_7413L);
    simulation = new Simulation(seed, random.nextLong(1L << random.nextInt(1, 60)));
    v6 = random.nextInt(4) == 0;
    client = simulation.host("client", stackConfig("client"), counts);
    server = simulation.host("server", stackConfig("server"), counts);
    boolean secondServerAddress = random.nextBoolean();
    for (int i = 0; i < 2; i++) {
      client.address(clientAddress(i));
      paths[i] =
          simulation
              .path("p" + i, client, server, linkConfig("p" + i + ">"), linkConfig("p" + i + "<"))
              .addressA(clientAddress(i));
      if (i == 0 || secondServerAddress) {
        server.address(serverAddress(i));
        paths[i].addressB(serverAddress(i));
      }
      middleboxes(i);
    }
    boolean onePath = !endpoints(secondServerAddress);
    connections();
    if (isAltering) {
      alter(altering, onePath);
    } else {
      reshaping.plan();
    }
    new Trouble(this, random.split()).plan();
    enoughTrouble();
    simulation.trace(sightings);
  }

  IpAddress clientAddress(int path) {
    return IpAddress.parse(v6 ? "2001:db8:" + (path + 1) + "::1" : "10.0." + path + ".1");
  }

  private IpAddress serverAddress(int path) {
    return IpAddress.parse(v6 ? "2001:db8:9" + (path + 1) + "::1" : "10.9." + path + ".1");
  }

  void tell(String what) {
    story.add(what);
  }

  void kind(String what, boolean is) {
    if (is) {
      kinds.add(what);
    }
  }

  /** Every world has three kinds of trouble at least. */
  private void enoughTrouble() {
    if (kinds.size() >= LEAST_KINDS) {
      return;
    }
    for (Direction direction : Direction.values()) {
      Link link = paths[1].link(direction);
      link.configure(
          link.config().withLossPpm(5_000).withReorder(5_000, 5 * MS).withDuplicatePpm(5_000),
          simulation.nowNs());
    }
    kinds.addAll(List.of("loss", "reordering", "duplication"));
  }

  /** Kinds of trouble that it was made with. */
  public int kinds() {
    return kinds.size();
  }

  /** How often each thing happened. */
  public EventCounts counts() {
    return counts;
  }

  public Simulation simulation() {
    return simulation;
  }

  /** Somebody else sees the packets as well. */
  public void trace(PacketTrace other) {
    simulation.trace((path, direction, packet, fate, atNs) -> {
      sightings.saw(path, direction, packet, fate, atNs);
      other.saw(path, direction, packet, fate, atNs);
    });
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private StackConfig stackConfig(String name) {
    StackConfig c = new StackConfig();
    c.mtuBytes = oneIn(4) ? random.nextInt(v6 ? 1280 : 576, 1501) : 1500;
    c.superSegmentBytes = oneIn(2) ? 0 : 65_535 - 120;
    c.mptcpChecksum = oneIn(4) || isAltering;
    c.tcp.timestamps = !oneIn(5);
    c.tcp.sack = !oneIn(6);
    c.tcp.windowScaling = !oneIn(10);
    c.tcp.windowScale = random.nextInt(15);
    c.tcp.ecn = shaping.nextInt(3);
    c.tcp.firstReceiveBytes = 4096 << shaping.nextInt(8);
    tell(
        name
            + " mtu "
            + c.mtuBytes
            + " super "
            + c.superSegmentBytes
            + " csum "
            + c.mptcpChecksum
            + " ts "
            + c.tcp.timestamps
            + " sack "
            + c.tcp.sack
            + " wscale "
            + (c.tcp.windowScaling ? c.tcp.windowScale : -1));
    return c;
  }

  LinkConfig linkConfig(String name) {
    long rate = oneIn(10) ? 0 : 200_000L << random.nextInt(10);
    LinkConfig config =
        LinkConfig.DEFAULT
            .withRate(rate)
            .withDelayNs(random.nextLong(1 + MS * (oneIn(5) ? 150 : 30)))
            .withQueueBytes(random.nextInt(4, 200) << 10);
    config =
        config
            .withJitterNs(oneIn(3) ? random.nextLong(5 * MS) : 0)
            .withLossPpm(oneIn(2) ? random.nextInt(oneIn(8) ? 200_000 : 50_000) : 0)
            .withReorder(oneIn(3) ? random.nextInt(50_000) : 0, random.nextLong(-5, 20) * MS)
            .withDuplicatePpm(oneIn(3) ? random.nextInt(20_000) : 0)
            .withCorrupt(oneIn(3) ? random.nextInt(10_000) : 0, false);
    kind("loss", config.lossPpm() > 0);
    kind("reordering", config.reorderPpm() > 0);
    kind("duplication", config.duplicatePpm() > 0);
    kind("corruption", config.corruptPpm() > 0);
    tell(name + " " + config);
    return config;
  }

  private void middleboxes(int i) {
    paths[i].middlebox(firewalls[i]);
    if (oneIn(6)) {
      IpAddress outside = IpAddress.parse(v6 ? "2001:db8:f" + i + "::5" : "203.0.113." + (5 + i));
      Nat nat = new Nat(outside);
      nats[i] = nat;
      paths[i].middlebox(nat).addressA(outside);
      tell("p" + i + " nat");
      kind("nat", true);
    }
    if (oneIn(7)) {
      paths[i].middlebox(stripper(i));
      kind("stripping", true);
    }
    if (oneIn(6)) {
      mtu(i);
    }
  }

  /** A router whose link takes less after a while, and says so. */
  private void mtu(int i) {
    int bytes = random.nextInt(1280, 1500);
    PathMtu mtu = new PathMtu(1500, true);
    mtus.add(mtu);
    paths[i].middlebox(mtu);
    kind("mtu", true);
    long delayNs = random.nextLong(2 * SECOND);
    tell("p" + i + " mtu " + bytes + " after " + delayNs);
    simulation.after(delayNs, () -> mtu.mtu(bytes));
  }

  private OptionStripper stripper(int i) {
    OptionStripper.When[] whens = OptionStripper.When.values();
    OptionStripper.When when = whens[random.nextInt(whens.length)];
    int kind = random.nextInt(8);
    tell("p" + i + " strips " + kind + " " + when);
    counts.happened("strips" + kind);
    return switch (kind) {
      case 0 -> OptionStripper.ofMptcpSubtypes(when, 1);
      case 1 -> OptionStripper.ofMptcpSubtypes(when, 2, 3);
      case 2 -> OptionStripper.ofMptcpSubtypes(when, 3, 4, 5);
      case 3 -> OptionStripper.ofKinds(OptionStripper.When.ALWAYS, 8);
      case 4 -> OptionStripper.ofKinds(when, 4, 5);
      case 5 -> OptionStripper.ofKinds(OptionStripper.When.HANDSHAKE, 3);
      default -> OptionStripper.ofKinds(when, OptionStripper.MPTCP);
    };
  }

  /**
   * With several subflows an alteration resets the one that it came on; so path 0, which must live,
   * is spared unless it is the only one.
   */
  private void alter(SplittableRandom altering, boolean onePath) {
    for (int i = onePath ? 0 : 1; i < 2; i++) {
      Alterer alterer =
          new Alterer(altering.split(), 1 << altering.nextInt(9), altering.nextInt(1, 6));
      alterers.add(alterer);
      paths[i].middlebox(alterer);
      tell("p" + i + " alters");
    }
    applications.forEach(StreamApplication::tolerateAlteration);
  }

  /** Returns whether there may be a second subflow. */
  private boolean endpoints(boolean secondServerAddress) {
    client.stack().endpoints().limits(4, 4);
    server.stack().endpoints().limits(4, 4);
    int mode = isAltering && oneIn(2) ? 0 : random.nextInt(1, 4);
    if (mode != 0) {
      String flags = mode == 1 ? "subflow" : mode == 2 ? "subflow fullmesh" : "subflow backup";
      client.stack().endpoints().execute("endpoint add " + clientAddress(1) + " " + flags);
      tell("client endpoint " + flags);
    }
    boolean signals = secondServerAddress && oneIn(2);
    if (signals) {
      server.stack().endpoints().execute("endpoint add " + serverAddress(1) + " signal");
      tell("server signals");
    }
    return mode != 0 || signals;
  }

  private ConnectionConfig connectionConfig(String name) {
    ConnectionConfig c =
        ConnectionConfig.multipathDefaults()
            .withMultipath(!oneIn(30))
            .withScheduler(Schedulers.NAMES.get(random.nextInt(Schedulers.NAMES.size())))
            .withCongestionControl(
                CongestionControls.NAMES.get(random.nextInt(CongestionControls.NAMES.size())))
            .withBuffers(
                new Buffers(
                    4096 << random.nextInt(11),
                    shaping.nextBoolean(),
                    8192 << random.nextInt(10),
                    shaping.nextBoolean()))
            .withNoDelay(oneIn(2))
            .withFastOpen(fastOpen());
    kind("tiny window", c.receiveBufferBytes() < 32_768);
    kind("random steps", true);
    tell(name + " " + c);
    return c;
  }

  /** Data of a SYN has no checksum but TCP's: not where payload is altered behind that. */
  private FastOpenUse fastOpen() {
    return switch (isAltering ? -1 : opening.nextInt(6)) {
      case 0 -> FastOpenUse.WITHOUT_COOKIE;
      case 1, 2 -> FastOpenUse.WITH_COOKIE;
      default -> FastOpenUse.OFF;
    };
  }

  private StreamPlan plan() {
    long there = LEAST_BYTES + random.nextInt(1, 1 << random.nextInt(4, 19));
    long back = LEAST_BYTES + random.nextInt(1, 1 << random.nextInt(4, 18));
    return withSteps(StreamPlan.bulk(there, back, random.nextLong()));
  }

  private StreamPlan withSteps(StreamPlan plan) {
    StreamPlan.Closing[] all = StreamPlan.Closing.values();
    int write = 1 << random.nextInt(7, 17);
    int read = 1 << random.nextInt(8, 17);
    long pauseNs = random.nextLong(1, 200 * MS);
    long steps = 1 + 2 * plan.sendBytes() / write + 2 * plan.expectBytes() / read;
    // All rests together last 20 s or so at most.
    long mostPpm = Math.min(200_000, 20 * SECOND * 1_000_000 / (steps * pauseNs));
    int pausePpm = oneIn(2) ? 0 : (int) random.nextLong(mostPpm + 1);
    return plan.withSteps(write, read, pausePpm, pauseNs, all[random.nextInt(all.length)]);
  }

  private void connections() {
    int count = oneIn(4) ? 3 : 1;
    ConnectionConfig theirs = connectionConfig("server");
    for (int i = 0; i < count; i++) {
      Endpoint at = new Endpoint(serverAddress(0), 80 + i);
      StreamPlan plan = plan();
      StreamPlan answer = withSteps(plan.mirrored());
      StreamApplication one = new StreamApplication(simulation, plan);
      StreamApplication other = new StreamApplication(simulation, answer);
      tell("conn " + i + " client " + plan + "\n    server " + answer);
      applications.add(one);
      applications.add(other);
      server.listen(at, theirs, () -> other);
      ConnectionConfig ours = connectionConfig("client");
      Endpoint from = new Endpoint(clientAddress(0), 0);
      simulation.after(
          i == 0 ? 0 : random.nextLong(SECOND),
          () -> {
            Connection opened = client.connect(from, at, ours, one);
            if (ours.fastOpen() != FastOpenUse.OFF) {
              one.begin(opened);
            }
          });
    }
  }

  /** What is wrong so far, or an empty text. */
  private String fault() {
    for (int i = 0; i < applications.size(); i++) {
      StreamApplication application = applications.get(i);
      boolean mayFail =
          !application.isCorrupt() && (i / 2 == abortedPair || isRefusedFallBack(application));
      if (application.fault() != null && !mayFail) {
        return "application " + i + ": " + application.fault();
      }
    }
    return "";
  }

  /**
   * RFC 8684 section 3.7: where data was sent again at data level, what is on its way need not be
   * contiguous; a failed checksum then resets even the only subflow.
   */
  private boolean isRefusedFallBack(StreamApplication application) {
    String fault = application.fault();
    return isAltering
        && fault != null
        && fault.startsWith("the connection failed")
        && counts.of("Reinjected") > 0;
  }

  private boolean isDone() {
    if (!fault().isEmpty()) {
      return true;
    }
    for (int i = 0; i < applications.size(); i++) {
      if (!applications.get(i).isDone() && !isHopeless(i)) {
        return false;
      }
    }
    return true;
  }

  /** True for an end that never had a connection because the other one gave up before. */
  private boolean isHopeless(int index) {
    return applications.get(index).connection() == null
        && applications.get(index ^ 1).fault() != null;
  }

  private boolean isOver() {
    for (int i = 0; i < applications.size(); i++) {
      if (!applications.get(i).isClosed() && !isHopeless(i)) {
        return false;
      }
    }
    return client.stack().connections().isEmpty() && server.stack().connections().isEmpty();
  }

  /** Runs to the end and checks everything; a wrong world throws. */
  public void run() {
    simulation.run(this::isDone, 900 * SECOND, 5_000_000);
    if (!fault().isEmpty()) {
      throw new ProofException(fault() + ": " + simulation.describe());
    }
    simulation.run(this::isOver, 900 * SECOND, 1_000_000);
    if (!fault().isEmpty()) {
      throw new ProofException(fault() + ": " + simulation.describe());
    }
    simulation.runFor(10 * SECOND);
    checkAlterations();
    reshaping.end(counts);
    if (mtus.stream().anyMatch(mtu -> mtu.tooBig() > 0)) {
      counts.happened("pathMtu");
    }
    if (abortedPair < 0) {
      checkMoved();
    }
    long buffers = simulation.buffers().lentBuffers();
    long chunks = simulation.chunks().lentChunks();
    if (buffers != 0 || chunks != 0) {
      throw new ProofException(
          "still lent: " + buffers + " buffers, " + chunks + " chunks; " + simulation.describe());
    }
  }

  /** A world that moves nothing proves nothing. */
  private void checkMoved() {
    for (StreamApplication application : applications) {
      boolean failed = application.fault() != null;
      if (!failed && Math.min(application.sentBytes(), application.readBytes()) < LEAST_BYTES) {
        throw new ProofException("less than " + LEAST_BYTES + " bytes: " + application);
      }
    }
  }

  /** Alterations change bytes and add or move none: so no more can be wrong than were altered. */
  private void checkAlterations() {
    long made = 0;
    long read = 0;
    for (Alterer alterer : alterers) {
      made += alterer.alteredBytes();
    }
    for (StreamApplication application : applications) {
      read += application.alteredBytes();
    }
    if (read > made) {
      throw new ProofException(read + " wrong bytes were read, " + made + " were altered");
    }
    if (made > 0) {
      counts.happened("altered");
    }
    if (read > 0) {
      counts.happened("alteredRead");
    }
  }

  /** What the seed made. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (String line : story) {
      out.append("\n  ").append(line);
    }
    for (StreamApplication application : applications) {
      out.append("\n  application ").append(application);
    }
    return out.toString();
  }

  @Override
  public void close() {
    simulation.close();
  }
}
