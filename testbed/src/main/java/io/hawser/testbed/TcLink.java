package io.hawser.testbed;

import io.hawser.event.Event;
import io.hawser.linux.InterfaceCounters;
import io.hawser.linux.QueueCounters;
import io.hawser.sim.Link;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.wire.DeviceException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A link of two virtual Ethernet interfaces, with the kernel's own queueing discipline at either
 * end: tbf or netem.
 *
 * <p>Both interfaces have the same Ethernet address and do not resolve addresses: so whatever is
 * routed over the link arrives at the other kernel, as on a TUN device.
 */
final class TcLink implements TestbedLink {
  private static final int ETHERNET_BYTES = 14;

  /** The queues are asked by a program of their own: not more often than this. */
  private static final long QUEUES_NS = 500_000_000L;

  private final LinkSpec spec;
  private final LinkEnds ends;
  private final LinkSpec.Emulator emulator;
  private final long[] before;
  private final long[] queues = new long[4];
  private final long[] droppedBefore = new long[2];
  private long queuesAtNs;
  private boolean isQueuesKnown;
  private Addressing addressing;
  private LinkConfig forth;
  private LinkConfig back;
  private boolean up = true;
  private boolean blackhole;
  private boolean present;

  TcLink(LinkEnds ends, Addressing addressing, LinkSpec.Emulator emulator, long[] before) {
    this.ends = ends;
    this.addressing = addressing;
    this.emulator = emulator;
    this.before = before.clone();
    spec = ends.spec();
    forth = spec.forth();
    back = spec.back();
  }

  /** Whether rate and queue are all there is to emulate. */
  static boolean isRateOnly(LinkConfig c) {
    return LinkConfig.DEFAULT
        .withRate(c.rateBitsPerSecond())
        .withQueueBytes(c.queueBytes())
        .withMtuBytes(c.mtuBytes())
        .withOverheadBytes(c.overheadBytes())
        .equals(c);
  }

  @Override
  public LinkSpec spec() {
    return spec;
  }

  @Override
  public Addressing addressing() {
    return addressing;
  }

  @Override
  public LinkStatus status() {
    return new LinkStatus(spec.name(), up, blackhole, present, forth, back, emulator);
  }

  @Override
  public void make() {
    if (present) {
      return;
    }
    check(forth, back);
    ends.from().ip().veth(spec.name(), spec.name(), ends.to().namespace());
    present = true;
    up = true;
    try {
      // One segment at a time, as a link carries them.
      ends.configure(
          addressing,
          forth,
          back,
          "address 02:77:00:00:00:%02x arp off addrgenmode none gso_max_segs 1"
              .formatted(addressing.number()));
      shape();
    } catch (DeviceException e) {
      remove();
      throw e;
    }
  }

  private void check(LinkConfig nextForth, LinkConfig nextBack) {
    if (emulator != LinkSpec.Emulator.NETEM && !(isRateOnly(nextForth) && isRateOnly(nextBack))) {
      throw new DeviceException(
          "tbf emulates rate and queue only; choose 'emulator: hawser' or 'auto' for this link");
    }
  }

  private void shape() {
    shape(ends.from(), forth);
    shape(ends.to(), back);
  }

  private void shape(Host sender, LinkConfig c) {
    String discipline =
        blackhole ? "blackhole" : emulator == LinkSpec.Emulator.NETEM ? netem(c) : tbf(c);
    try {
      List<String> command =
          new ArrayList<>(List.of("tc", "qdisc", "replace", "dev", spec.name(), "root"));
      command.addAll(List.of(discipline.split(" +")));
      sender.ip().command(command.toArray(String[]::new));
    } catch (DeviceException e) {
      if (String.valueOf(e.getMessage()).contains("qdisc kind is unknown")) {
        throw new DeviceException(
            "this kernel has no "
                + discipline.split(" ", 2)[0]
                + " (load its module sch_"
                + discipline.split(" ", 2)[0]
                + ", or choose 'emulator: hawser' for link "
                + spec.name()
                + ")");
      }
      throw e;
    }
  }

  private static String tbf(LinkConfig c) {
    if (c.rateBitsPerSecond() == 0) {
      return "pfifo limit 1000";
    }
    // tbf counts Ethernet headers; our rates are those of IP packets.
    int wholeBytes = c.mtuBytes() + ETHERNET_BYTES;
    int countedBytes = c.mtuBytes() + c.overheadBytes();
    long rate = Math.round((double) c.rateBitsPerSecond() * wholeBytes / countedBytes);
    long burstBytes = Math.max(2L * wholeBytes, rate / 8 / 1000);
    long limitBytes = (long) c.queueBytes() * wholeBytes / c.mtuBytes() + burstBytes;
    return "tbf rate %dbit burst %d limit %d".formatted(rate, burstBytes, limitBytes);
  }

  private static String netem(LinkConfig c) {
    StringBuilder words = new StringBuilder("netem");
    long inFlightBytes = c.queueBytes() + c.rateBitsPerSecond() / 8 * c.delayNs() / 1_000_000_000L;
    words.append(" limit ").append(Math.max(2, inFlightBytes / c.mtuBytes() + 1));
    if (c.delayNs() > 0 || c.jitterNs() > 0) {
      words.append(" delay ").append(c.delayNs() / 1000).append("us ");
      words.append(c.jitterNs() / 1000).append("us");
    }
    share(words, "loss", c.lossPpm());
    share(words, "duplicate", c.duplicatePpm());
    share(words, "corrupt", c.corruptPpm());
    share(words, "reorder", c.delayNs() > 0 ? c.reorderPpm() : 0);
    if (c.rateBitsPerSecond() > 0) {
      words.append(" rate ").append(c.rateBitsPerSecond()).append("bit ");
      words.append(c.overheadBytes() - ETHERNET_BYTES);
    }
    return words.toString();
  }

  private static void share(StringBuilder words, String name, int ppm) {
    if (ppm > 0) {
      words.append(' ').append(name).append(' ').append(ppm / 10_000.0).append('%');
    }
  }

  @Override
  public void seed(long seed) {
    // tbf draws nothing, and netem takes its randomness from the kernel.
  }

  @Override
  public void remove() {
    if (present) {
      isQueuesKnown = false;
      long[] so = counters();
      ends.from().ip().ip("link del " + spec.name());
      present = false;
      System.arraycopy(so, 0, before, 0, before.length);
      droppedBefore[0] = 0;
      droppedBefore[1] = 0;
      queues[0] = 0;
      queues[1] = 0;
    }
  }

  @Override
  public void up(boolean on) {
    if (up != on) {
      up = on;
      ends.up(on);
    }
  }

  @Override
  public void blackhole(boolean on) {
    blackhole = on;
    reshape();
  }

  @Override
  public void settings(LinkConfig nextForth, LinkConfig nextBack) {
    check(nextForth, nextBack);
    forth = nextForth;
    back = nextBack;
    reshape();
  }

  /** Another discipline counts from zero. */
  private void reshape() {
    if (present) {
      isQueuesKnown = false;
      askQueues(System.nanoTime());
      droppedBefore[0] += queues[0];
      droppedBefore[1] += queues[1];
      shape();
      isQueuesKnown = false;
      askQueues(System.nanoTime());
      // A discipline that was only changed goes on counting.
      droppedBefore[0] -= Math.min(queues[0], droppedBefore[0]);
      droppedBefore[1] -= Math.min(queues[1], droppedBefore[1]);
    }
  }

  @Override
  public void readdress() {
    Addressing next = addressing.next();
    if (present) {
      ends.readdress(addressing, next);
    }
    addressing = next;
  }

  @Override
  public void rebind() {
    throw new DeviceException(
        "a NAT needs Hawser's own emulator: 'emulator: hawser' for link " + spec.name());
  }

  @Override
  public void tap(Link.@Nullable Tap tap) {
    if (tap != null) {
      throw new DeviceException(
          "link "
              + spec.name()
              + " is the kernel's: capture with tcpdump in a host, or choose 'emulator: hawser'");
    }
  }

  /** Dropped packets forth and back, then queued bytes. */
  private void askQueues(long nowNs) {
    if (isQueuesKnown && nowNs - queuesAtNs < QUEUES_NS) {
      return;
    }
    for (int n = 0; n < 2; n++) {
      Host sender = n == 0 ? ends.from() : ends.to();
      QueueCounters root = QueueCounters.read(sender.namespace(), spec.name());
      queues[n] = root.droppedPackets();
      queues[n + 2] = root.queuedBytes();
    }
    queuesAtNs = nowNs;
    isQueuesKnown = true;
  }

  @Override
  public long[] counters() {
    long[] so = before.clone();
    if (present) {
      askQueues(System.nanoTime());
      for (int n = 0; n < 2; n++) {
        Host receiver = n == 0 ? ends.to() : ends.from();
        for (InterfaceCounters its : InterfaceCounters.read(receiver.namespace())) {
          if (its.name().equals(spec.name())) {
            so[n] += its.rxBytes() - ETHERNET_BYTES * its.rxPackets();
            so[n + 2] += its.rxPackets();
          }
        }
        so[n + 4] += droppedBefore[n] + queues[n];
      }
    }
    return so;
  }

  @Override
  public Event.LinkSample sample(long atNs) {
    long[] so = counters();
    return new Event.LinkSample(
        atNs,
        spec.name(),
        so[0],
        so[1],
        so[2],
        so[3],
        so[4],
        so[5],
        present ? queues[2] : 0,
        present ? queues[3] : 0);
  }

  @Override
  public void close() {
    try {
      remove();
    } catch (DeviceException e) {
      // The namespace goes, and the interface with it.
      present = false;
    }
  }
}
