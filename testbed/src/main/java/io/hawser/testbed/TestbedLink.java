package io.hawser.testbed;

import io.hawser.event.Event;
import io.hawser.sim.Link;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;
import org.jspecify.annotations.Nullable;

/** A link between two nodes, whatever emulates it. Used by one thread at a time. */
interface TestbedLink extends AutoCloseable {
  LinkSpec spec();

  Addressing addressing();

  LinkStatus status();

  /** Makes the interfaces and their addresses; routes are others' business. */
  void make();

  /** Losses and all else that is drawn follows from this from now on; the kernel's do not. */
  void seed(long seed);

  /** Takes the interfaces away. */
  void remove();

  void up(boolean on);

  void blackhole(boolean on);

  void settings(LinkConfig forth, LinkConfig back);

  /** The nearer end gets other addresses; rules and endpoints are others' business. */
  void readdress();

  /** The NAT on it forgets its mappings; the first time, a NAT appears. */
  void rebind();

  /** Who sees every packet; null: nobody. */
  void tap(Link.@Nullable Tap tap);

  /**
   * Delivered bytes forth and back, delivered packets forth and back, dropped packets forth and
   * back, since the testbed began.
   */
  long[] counters();

  /** Counters since the testbed began; they outlive {@link #remove}. */
  Event.LinkSample sample(long atNs);

  @Override
  void close();
}
