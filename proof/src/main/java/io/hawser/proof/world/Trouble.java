package io.hawser.proof.world;

import io.hawser.core.Stack;
import io.hawser.core.api.Buffers;
import io.hawser.core.api.Connection;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.sched.Schedulers;
import io.hawser.sim.Direction;
import io.hawser.sim.Firewall;
import io.hawser.sim.Link;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.Nat;
import io.hawser.sim.Path;
import io.hawser.sim.StreamApplication;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.SplittableRandom;

/**
 * What happens to a world while it runs. The first subflow of every connection is on path 0, so
 * what kills subflows happens to path 1 alone: no connection may fail by it.
 */
final class Trouble {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final Endpoint ANY4 = new Endpoint(IpAddress.ANY4, 0);
  private static final Endpoint ANY6 = new Endpoint(IpAddress.ANY6, 0);

  private final World world;
  private final SplittableRandom random;

  Trouble(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private long nowNs() {
    return world.simulation.nowNs();
  }

  private void later(String what, long delayNs, Runnable action) {
    world.tell("after " + delayNs + " " + what);
    world.kind(what.replaceAll("[ 0-9].*", ""), true);
    world.simulation.after(
        delayNs,
        () -> {
          world.counts.happened(what.replaceAll("[ 0-9].*", ""));
          action.run();
        });
  }

  void plan() {
    for (int n = random.nextInt(4); n > 0; n--) {
      cut();
    }
    for (int n = random.nextInt(6) - 2; n > 0; n--) {
      change();
    }
    for (int n = random.nextInt(8) - 2; n > 0; n--) {
      command();
    }
    if (oneIn(6)) {
      resets();
    }
    Nat nat = world.nats[1];
    if (nat != null && oneIn(2)) {
      later("rebind", random.nextLong(3 * SECOND), nat::rebind);
    }
    if (oneIn(6)) {
      addressComesAndGoes();
    }
    if (oneIn(8)) {
      abort();
    }
  }

  private void cut() {
    Path path = world.paths[random.nextInt(2)];
    long atNs = random.nextLong(3 * SECOND);
    long forNs = random.nextLong(50 * MS, oneIn(4) ? 3 * SECOND : 600 * MS);
    boolean down = random.nextBoolean();
    String what = (down ? "down " : "blackhole ") + path.name() + " for " + forNs;
    later(what, atNs, () -> set(path, down, true));
    world.simulation.after(atNs + forNs, () -> set(path, down, false));
  }

  private void set(Path path, boolean down, boolean broken) {
    if (down) {
      path.up(!broken, nowNs());
    } else {
      path.blackhole(broken, nowNs());
    }
  }

  private void change() {
    Path path = world.paths[random.nextInt(2)];
    Direction direction = random.nextBoolean() ? Direction.A_TO_B : Direction.B_TO_A;
    LinkConfig next = world.linkConfig(path.name() + " will be");
    later(
        "change " + path.name(),
        random.nextLong(3 * SECOND),
        () -> {
          Link link = path.link(direction);
          LinkConfig now = link.config();
          link.configure(next.withUp(now.up()).withBlackhole(now.blackhole()), nowNs());
        });
  }

  private void command() {
    StreamApplication end = world.applications.get(random.nextInt(world.applications.size()));
    int kind = random.nextInt(8);
    boolean on = random.nextBoolean();
    int subflow = random.nextInt(3);
    String scheduler = Schedulers.NAMES.get(random.nextInt(Schedulers.NAMES.size()));
    String control = CongestionControls.NAMES.get(random.nextInt(CongestionControls.NAMES.size()));
    int bytes = 8192 << random.nextInt(8);
    later(
        "command" + kind + " " + on + " " + subflow,
        random.nextLong(2 * SECOND),
        () -> {
          Connection c = end.connection();
          if (c == null || end.isClosed()) {
            return;
          }
          switch (kind) {
            case 0 -> c.priority(subflow, on, nowNs());
            case 1 -> c.scheduler(scheduler, nowNs());
            case 2 -> c.congestionControl(control, nowNs());
            case 3 -> c.noDelay(on, nowNs());
            case 4 -> cork(c);
            case 5, 6 -> c.buffers(Buffers.fixed(bytes, bytes), nowNs());
            default -> c.closeSubflow(subflow + 1, nowNs());
          }
        });
  }

  private void cork(Connection c) {
    c.cork(true, nowNs());
    world.simulation.after(100 * MS, () -> c.cork(false, nowNs()));
  }

  private void resets() {
    long atNs = random.nextLong(2 * SECOND);
    Firewall wall = world.firewalls[1];
    later(
        "resets on p1",
        atNs,
        () -> {
          wall.block(ANY4, ANY4, Firewall.Action.RESET);
          wall.block(ANY6, ANY6, Firewall.Action.RESET);
        });
    world.simulation.after(atNs + random.nextLong(300 * MS), wall::clear);
  }

  private void addressComesAndGoes() {
    long atNs = random.nextLong(2 * SECOND);
    IpAddress address = world.clientAddress(1);
    Stack stack = world.client.stack();
    later("address1 goes", atNs, () -> stack.removeAddress(address, nowNs()));
    world.simulation.after(
        atNs + random.nextLong(2 * SECOND), () -> stack.addAddress(address, nowNs()));
  }

  private void abort() {
    int index = random.nextInt(world.applications.size());
    world.abortedPair = index / 2;
    StreamApplication first = world.applications.get(index);
    StreamApplication other = world.applications.get(index ^ 1);
    long atNs = random.nextLong(2 * SECOND);
    later("abort " + index, atNs, () -> first.abort(nowNs()));
    // A reset may be lost, and who only waits never hears of it: so the other gives up as well.
    world.simulation.after(
        atNs + 200 * SECOND,
        () -> {
          first.abort(nowNs());
          other.abort(nowNs());
        });
  }
}
