package io.hawser.dashboard;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A made-up testbed with a download over its links. The same seed and steps give the same events.
 */
public final class DemoSource implements Controls {
  private static final double MBIT = 1e6 / 8;

  private static final class DemoLink {
    final String name;
    final int address;
    boolean up = true;
    boolean blackhole;
    boolean present = true;
    double rateMbit;
    double upRateMbit;
    double delayMs;
    double lossPercent;
    double speedMbit;
    double forthBytes;
    double backBytes;
    double sentBytes;
    double retransmitted;
    long drops;

    DemoLink(String name, int address, double rateMbit, double upRateMbit, double delayMs) {
      this.name = name;
      this.address = address;
      this.rateMbit = rateMbit;
      this.upRateMbit = upRateMbit;
      this.delayMs = delayMs;
    }

    boolean usable() {
      return up && present && !blackhole;
    }
  }

  private final EventSink sink;
  private final Random random;
  private final Map<String, DemoLink> links = new LinkedHashMap<>();
  private final List<FinishedRun> finished = new CopyOnWriteArrayList<>();
  private final List<LinkEnds> ends;
  private long nowNs;
  private double reinjectedBytes;
  private double deliveredBytes;
  private @Nullable String running;

  /** Two links, {@code wifi} and {@code lte}, if {@code routed} with routers and a third one. */
  public DemoSource(EventSink sink, long seed, boolean routed) {
    this.sink = sink;
    random = new Random(seed);
    links.put("wifi", new DemoLink("wifi", 1, 20, 20, 10));
    links.put("lte", new DemoLink("lte", 2, 12, 4, 40));
    if (routed) {
      links.put("core", new DemoLink("core", 3, 25, 25, 5));
      ends =
          List.of(
              new LinkEnds("wifi", "client", "router"),
              new LinkEnds("lte", "client", "router"),
              new LinkEnds("core", "router", "server"));
    } else {
      ends = List.of();
    }
  }

  /** Time goes on by so much; one sample of everything. */
  public synchronized void step(long stepNs) {
    nowNs += stepNs;
    double seconds = stepNs / 1e9;
    for (DemoLink link : links.values()) {
      double goal = running != null && link.usable() ? link.rateMbit * 0.955 : 0;
      double pace = link.usable() ? Math.min(1, seconds * 3) : 1;
      link.speedMbit += (goal - link.speedMbit) * pace;
      double now = link.speedMbit * (1 + 0.035 * random.nextGaussian());
      now = Math.clamp(now, 0, link.rateMbit);
      double sent = link.speedMbit < 0.01 ? 0 : now * MBIT * seconds;
      link.backBytes += sent;
      link.forthBytes += sent * 0.021;
      link.sentBytes += sent * 0.965;
      deliveredBytes += sent * 0.965;
      link.retransmitted += random.nextInt(40) == 0 && sent > 0 ? 1 + random.nextInt(4) : 0;
      link.drops += random.nextInt(50) == 0 && sent > 0 ? 1 : 0;
      sample(link);
    }
    if (running != null) {
      long reorder = (long) (60_000 + 50_000 * Math.abs(random.nextGaussian()));
      sink.accept(
          new Event.ConnectionSample(
              nowNs, 1, "client", 0, (long) deliveredBytes, (long) reinjectedBytes, reorder));
      sink.accept(new Event.TransferSample(nowNs, "download", (long) deliveredBytes));
    }
  }

  private void sample(DemoLink link) {
    sink.accept(
        new Event.LinkSample(
            nowNs,
            link.name,
            (long) link.forthBytes,
            (long) link.backBytes,
            (long) link.forthBytes / 60,
            (long) link.backBytes / 1500,
            0,
            link.drops,
            0,
            (long) (link.speedMbit * 900)));
    if (running == null || link.name.equals("core")) {
      return;
    }
    Endpoint client = endpoint(link, 1, 40_000);
    Endpoint server = endpoint(link, 2, 5001);
    long rttNs = (long) ((2 * link.delayMs + link.speedMbit * 0.9 + random.nextDouble() * 4) * 1e6);
    long cwnd = (long) (link.speedMbit * MBIT * rttNs / 1e9 * 1.1) + 14_480;
    String state = link.usable() ? "ESTABLISHED" : "STALE";
    sink.accept(
        new Event.SubflowSample(
            nowNs,
            1,
            "client",
            link.address - 1,
            link.name,
            client,
            server,
            state,
            false,
            0,
            (long) link.sentBytes,
            0,
            14_480,
            0,
            0));
    sink.accept(
        new Event.SubflowSample(
            nowNs,
            1,
            "server",
            link.address - 1,
            link.name,
            server,
            client,
            state,
            false,
            (long) link.sentBytes,
            0,
            rttNs,
            cwnd,
            cwnd * 9 / 10,
            (long) link.retransmitted));
  }

  private static Endpoint endpoint(DemoLink link, int host, int port) {
    return new Endpoint(IpAddress.parse("10.1." + link.address + "." + host), port);
  }

  /** Where finished reports come from. */
  public void addFinished(String name, String title, Path page) {
    finished.add(0, new FinishedRun(name, title, page));
  }

  @Override
  public String title() {
    return "testbed demo, wifi-lte";
  }

  @Override
  public List<LinkEnds> ends() {
    return ends;
  }

  @Override
  public synchronized List<LinkState> links() {
    List<LinkState> all = new ArrayList<>();
    for (DemoLink l : links.values()) {
      all.add(
          new LinkState(
              l.name,
              l.up,
              l.blackhole,
              l.present,
              (long) (l.upRateMbit * 1e6),
              (long) (l.rateMbit * 1e6),
              l.delayMs,
              l.lossPercent,
              "rate=" + l.rateMbit + "mbit delay=" + l.delayMs + "ms"));
    }
    return all;
  }

  @Override
  public synchronized void change(String name, String change) throws IOException {
    DemoLink link = links.get(name);
    if (link == null) {
      throw new IOException("no link '" + name + "'; there are " + links.keySet());
    }
    switch (change) {
      case "down" -> link.up = false;
      case "up" -> link.up = true;
      case "remove" -> link.present = false;
      case "add" -> link.present = true;
      case "blackhole" -> link.blackhole = true;
      case "restore" -> link.blackhole = false;
      default -> settings(link, change);
    }
    sink.accept(
        new Event.LinkChanged(
            nowNs,
            name,
            change,
            link.usable(),
            (long) (link.upRateMbit * 1e6),
            (long) (link.rateMbit * 1e6)));
    if (!link.usable() && running != null) {
      reinjectedBytes += link.speedMbit * 4000;
      sink.accept(new Event.PathStale(nowNs, 1, link.address - 1, true));
      int to = link.address == 1 ? 1 : 0;
      sink.accept(
          new Event.Reinjected(nowNs, 1, link.address - 1, to, (int) (link.speedMbit * 4000)));
    }
  }

  private static void settings(DemoLink link, String change) throws IOException {
    for (String word : change.split(" ")) {
      boolean back = word.startsWith("back:");
      boolean forth = word.startsWith("forth:");
      String plain = word.substring(word.indexOf(':') + 1);
      try {
        String value = plain.substring(plain.indexOf('=') + 1);
        switch (plain.substring(0, Math.max(0, plain.indexOf('=')))) {
          case "rate" -> {
            double mbit = Double.parseDouble(value.replace("bit", "")) / 1e6;
            link.rateMbit = forth ? link.rateMbit : mbit;
            link.upRateMbit = back ? link.upRateMbit : mbit;
          }
          case "delay" -> link.delayMs = Double.parseDouble(value.replace("us", "")) / 1e3;
          case "loss" -> link.lossPercent = Double.parseDouble(value.replace("%", ""));
          default -> throw new IOException("unknown setting '" + plain + "' of a link");
        }
      } catch (NumberFormatException e) {
        throw new IOException("cannot read '" + plain + "' of a link", e);
      }
    }
  }

  @Override
  public List<ScenarioChoice> scenarios() {
    List<String> stacks = List.of("tcp", "mptcp-kernel", "hawser");
    return List.of(
        new ScenarioChoice("multi-path", "A download over all links", stacks),
        new ScenarioChoice("link-cut", "Wi-Fi is cut in mid-transfer and comes back", stacks));
  }

  @Override
  public synchronized void start(String scenario, String stack) throws IOException {
    if (running != null) {
      throw new IOException(running + " runs; stop it first");
    }
    running = scenario + " with " + stack;
    List<Event.LinkFacts> facts = new ArrayList<>();
    for (DemoLink l : links.values()) {
      facts.add(
          new Event.LinkFacts(
              l.name, (long) (l.upRateMbit * 1e6), (long) (l.rateMbit * 1e6), "demo"));
    }
    sink.accept(
        new Event.RunStarted(
            nowNs, scenario, "A download", stack, "real", 1, 1, 120_000_000_000L, facts));
    DemoLink wifi = Objects.requireNonNull(links.get("wifi"));
    sink.accept(
        new Event.ConnectionEstablished(
            nowNs, 1, endpoint(wifi, 1, 40_000), endpoint(wifi, 2, 5001), true, true));
    DemoLink lte = Objects.requireNonNull(links.get("lte"));
    sink.accept(
        new Event.SubflowEstablished(
            nowNs, 1, 1, endpoint(lte, 1, 40_001), endpoint(lte, 2, 5001), false));
  }

  @Override
  public synchronized void stop() {
    if (running != null) {
      running = null;
      sink.accept(new Event.RunEnded(nowNs, ""));
    }
  }

  @Override
  public synchronized @Nullable String running() {
    return running;
  }

  @Override
  public List<FinishedRun> finished() {
    return List.copyOf(finished);
  }
}
