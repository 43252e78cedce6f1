package io.hawser.testbed;

import io.hawser.event.Event;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.sim.Direction;
import io.hawser.sim.Fate;
import io.hawser.sim.Link;
import io.hawser.sim.LinkBridge;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.LinkCounters;
import io.hawser.sim.Path;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.wire.BufferPool;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A link between two nodes: an interface at each end, and Hawser's emulator between them. The
 * interfaces are TUN devices of this process, so they end with it.
 */
final class EmulatedLink implements TestbedLink {
  /** So that no two links of neighbouring seeds draw alike. */
  private static final long MOST_LINKS = 1000;

  private final LinkSpec spec;
  private final Host from;
  private final Host to;
  private final LinkEnds ends;
  private final BufferPool pool;
  private final long[] before;

  private SplittableRandom random;
  private Addressing addressing;
  private @Nullable AccessNat nat;
  private LinkConfig forth;
  private LinkConfig back;
  private boolean up = true;
  private boolean blackhole;
  private Link.@Nullable Tap tap;
  private @Nullable Wire wire;

  /** What exists while the link is present. */
  private record Wire(TunDevice near, TunDevice far, Path path, LinkBridge bridge) {
    void close() {
      bridge.close();
      near.close();
      far.close();
    }
  }

  /**
   * A link that is not yet made.
   *
   * @param before what another emulator of the link has counted, as {@link #counters}
   * @param seed the testbed's; each link draws from a generator of its own
   */
  EmulatedLink(LinkEnds ends, Addressing addressing, BufferPool pool, long[] before, long seed) {
    this.ends = ends;
    spec = ends.spec();
    from = ends.from();
    to = ends.to();
    this.addressing = addressing;
    this.pool = pool;
    this.before = before.clone();
    random = draws(seed);
    forth = spec.forth();
    back = spec.back();
  }

  private SplittableRandom draws(long seed) {
    return new SplittableRandom(seed * MOST_LINKS + addressing.number());
  }

  @Override
  public void seed(long seed) {
    random = draws(seed);
    Wire present = wire;
    if (present != null) {
      for (Direction direction : Direction.values()) {
        present.bridge.random(present.path, direction, random.split());
      }
    }
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
    return new LinkStatus(
        spec.name(), up, blackhole, wire != null, forth, back, LinkSpec.Emulator.HAWSER);
  }

  @Override
  public void make() {
    if (wire != null) {
      return;
    }
    TunOptions options = TunOptions.create().plain();
    TunDevice near = from.namespace().run(() -> TunDevice.open(spec.name(), options));
    try {
      TunDevice far = to.namespace().run(() -> TunDevice.open(spec.name(), options));
      Path path =
          new Path(spec.name(), now(forth), now(back), pool, random.split(), random.split());
      LinkBridge bridge = new LinkBridge(near, far, List.of(path), pool);
      for (Direction direction : Direction.values()) {
        path.link(direction).tap(tap);
      }
      AccessNat present = nat;
      if (present != null) {
        path.middlebox(present);
      }
      wire = new Wire(near, far, path, bridge.start());
    } finally {
      if (wire == null) {
        near.close();
      }
    }
    up = true;
    ends.configure(addressing, forth, back, "");
  }

  @Override
  public void remove() {
    Wire gone = wire;
    if (gone != null) {
      long[] so = counters();
      wire = null;
      System.arraycopy(so, 0, before, 0, before.length);
      gone.close();
    }
  }

  @Override
  public void up(boolean on) {
    if (up != on) {
      up = on;
      if (!on) {
        configure();
      }
      ends.up(on);
      if (on) {
        configure();
      }
    }
  }

  @Override
  public void blackhole(boolean on) {
    blackhole = on;
    configure();
  }

  @Override
  public void settings(LinkConfig nextForth, LinkConfig nextBack) {
    forth = nextForth;
    back = nextBack;
    configure();
  }

  @Override
  public void readdress() {
    Addressing next = addressing.next();
    if (wire != null) {
      ends.readdress(addressing, next);
    }
    addressing = next;
  }

  @Override
  public void rebind() {
    AccessNat present = nat;
    Wire now = wire;
    if (present == null) {
      AccessNat made = new AccessNat(addressing);
      nat = made;
      if (now != null) {
        now.bridge.withMiddleboxes(() -> now.path.middlebox(made));
      }
    } else if (now == null) {
      present.rebind();
    } else {
      now.bridge.withMiddleboxes(present::rebind);
    }
  }

  @Override
  public void tap(Link.@Nullable Tap next) {
    tap = next;
    Wire present = wire;
    if (present != null) {
      for (Direction direction : Direction.values()) {
        present.path.link(direction).tap(next);
      }
    }
  }

  private LinkConfig now(LinkConfig settings) {
    return settings.withUp(up).withBlackhole(blackhole);
  }

  private void configure() {
    Wire present = wire;
    if (present != null) {
      present.bridge.configure(present.path, Direction.A_TO_B, now(forth));
      present.bridge.configure(present.path, Direction.B_TO_A, now(back));
    }
  }

  @Override
  public long[] counters() {
    long[] so = before.clone();
    Wire present = wire;
    if (present != null) {
      LinkCounters there = present.path.link(Direction.A_TO_B).counters();
      LinkCounters here = present.path.link(Direction.B_TO_A).counters();
      so[0] += there.bytes(Fate.DELIVERED);
      so[1] += here.bytes(Fate.DELIVERED);
      so[2] += there.packets(Fate.DELIVERED);
      so[3] += here.packets(Fate.DELIVERED);
      so[4] += there.droppedPackets();
      so[5] += here.droppedPackets();
    }
    return so;
  }

  @Override
  public Event.LinkSample sample(long atNs) {
    long[] so = counters();
    Wire present = wire;
    long queuedForth = 0;
    long queuedBack = 0;
    if (present != null) {
      queuedForth = present.path.link(Direction.A_TO_B).counters().queuedBytes();
      queuedBack = present.path.link(Direction.B_TO_A).counters().queuedBytes();
    }
    return new Event.LinkSample(
        atNs, spec.name(), so[0], so[1], so[2], so[3], so[4], so[5], queuedForth, queuedBack);
  }

  @Override
  public void close() {
    remove();
  }
}
