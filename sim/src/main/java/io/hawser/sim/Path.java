package io.hawser.sim;

import io.hawser.wire.BufferPool;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A way between side A and side B: a link each way and the middleboxes on it. It knows the
 * addresses by which its packets are told from those of other paths.
 */
public final class Path {
  private final String name;
  private final BufferPool pool;
  private final Link forth;
  private final Link back;
  private final List<Middlebox> middleboxes = new ArrayList<>();
  private final List<IpAddress> addressesA = new ArrayList<>();
  private final List<IpAddress> addressesB = new ArrayList<>();

  // What middleboxes made for a direction while a packet of the other one passed.
  private final Queue<Injected> injectedForth = new ConcurrentLinkedQueue<>();
  private final Queue<Injected> injectedBack = new ConcurrentLinkedQueue<>();

  /** The direction whose packets pass the middleboxes now; null: none. */
  private @Nullable Direction passing;

  /** Where packets of that direction come out, past the link. */
  private Link.@Nullable Exit leaving;

  private record Injected(int box, PacketBuffer packet) {}

  /** A path with these links and, for the time being, for packets of any address. */
  public Path(
      String name, LinkConfig aToB, LinkConfig bToA, BufferPool pool, RandomGenerator random) {
    this.name = name;
    this.pool = pool;
    forth = new Link(aToB, pool, random);
    back = new Link(bToA, pool, random);
  }

  /** Sets a random generator for each direction: needed where each has a thread of its own. */
  public Path(
      String name,
      LinkConfig aToB,
      LinkConfig bToA,
      BufferPool pool,
      RandomGenerator randomAToB,
      RandomGenerator randomBToA) {
    this.name = name;
    this.pool = pool;
    forth = new Link(aToB, pool, randomAToB);
    back = new Link(bToA, pool, randomBToA);
  }

  /** Only packets with one of these on side A take this path; a NAT's outer address counts too. */
  public Path addressA(IpAddress address) {
    addressesA.add(address);
    return this;
  }

  /** Packets with one of these on side B prefer this path. */
  public Path addressB(IpAddress address) {
    addressesB.add(address);
    return this;
  }

  /** Adds a middlebox, further from A than those before. */
  public Path middlebox(Middlebox middlebox) {
    int box = middleboxes.size();
    middleboxes.add(middlebox);
    middlebox.attach(
        new Middlebox.Outlet() {
          @Override
          public void emit(PacketBuffer packet, Direction direction, long nowNs) {
            leave(box, packet, direction, nowNs);
          }

          @Override
          public PacketBuffer buffer(int length) {
            return Link.buffer(pool, length);
          }
        });
    return this;
  }

  public String name() {
    return name;
  }

  /** The link of one direction. */
  public Link link(Direction direction) {
    return direction == Direction.A_TO_B ? forth : back;
  }

  boolean hasMiddleboxes() {
    return !middleboxes.isEmpty();
  }

  /**
   * How well a packet fits here: 0 not at all, 1 by side A's address, 2 by both.
   *
   * @param memory has the IP header at this offset
   */
  int fit(MemorySegment memory, long offset, Direction direction) {
    boolean forward = direction == Direction.A_TO_B;
    if (!addressesA.isEmpty() && !Packets.hasOneOf(addressesA, memory, offset, forward)) {
      return 0;
    }
    return Packets.hasOneOf(addressesB, memory, offset, !forward) ? 2 : 1;
  }

  /** A copy of a packet goes in. */
  public void offer(Direction direction, OutgoingPacket packet, long nowNs) {
    offer(direction, Packets.copy(packet, pool), nowNs);
  }

  /** A packet goes in; the caller's reference passes on. */
  public void offer(Direction direction, PacketBuffer packet, long nowNs) {
    if (direction == Direction.B_TO_A || middleboxes.isEmpty()) {
      link(direction).offer(packet, nowNs);
      return;
    }
    passing = direction;
    try {
      through(0, packet, nowNs);
    } finally {
      passing = null;
    }
  }

  /** On the way to B, from a middlebox on: the boxes come before the link. */
  private void through(int first, PacketBuffer packet, long nowNs) {
    for (int i = first; i < middleboxes.size(); i++) {
      if (!middleboxes.get(i).pass(packet, Direction.A_TO_B, nowNs)) {
        forth.drop(packet, Fate.SWALLOWED, nowNs);
        return;
      }
    }
    forth.offer(packet, nowNs);
  }

  /** On the way to A, from a middlebox on: the boxes come after the link. */
  private void through(int first, PacketBuffer packet, long dueNs, Link.Exit exit) {
    for (int i = first; i >= 0; i--) {
      if (!middleboxes.get(i).pass(packet, Direction.B_TO_A, dueNs)) {
        back.note(packet, Fate.SWALLOWED, dueNs);
        return;
      }
    }
    exit.arrived(packet, dueNs);
  }

  /** What is due in one direction comes out. */
  public void poll(Direction direction, long nowNs, Link.Exit exit) {
    if (nextDeadlineNs(direction) > nowNs) {
      return;
    }
    if (middleboxes.isEmpty()) {
      link(direction).poll(nowNs, exit);
      return;
    }
    Link.Exit way =
        direction == Direction.A_TO_B
            ? exit
            : (packet, dueNs) -> through(middleboxes.size() - 1, packet, dueNs, exit);
    passing = direction;
    leaving = exit;
    try {
      Queue<Injected> mine = injected(direction);
      for (Injected one = mine.poll(); one != null; one = mine.poll()) {
        leave(one.box(), one.packet(), direction, nowNs);
      }
      link(direction).poll(nowNs, way);
    } finally {
      passing = null;
      leaving = null;
    }
  }

  private Queue<Injected> injected(Direction direction) {
    return direction == Direction.A_TO_B ? injectedForth : injectedBack;
  }

  /** A packet of a middlebox's own goes on from there. */
  private void leave(int box, PacketBuffer packet, Direction direction, long nowNs) {
    Link.Exit exit = leaving;
    if (direction != passing) {
      injected(direction).add(new Injected(box, packet));
    } else if (direction == Direction.A_TO_B) {
      through(box + 1, packet, nowNs);
    } else if (exit != null) {
      through(box - 1, packet, nowNs, exit);
      packet.release();
    }
  }

  /** When a poll of one direction is due. */
  public long nextDeadlineNs(Direction direction) {
    return injected(direction).isEmpty() ? link(direction).nextDeadlineNs() : Long.MIN_VALUE;
  }

  /** When a poll of either direction is due. */
  public long nextDeadlineNs() {
    return Math.min(nextDeadlineNs(Direction.A_TO_B), nextDeadlineNs(Direction.B_TO_A));
  }

  /** Sets both links. */
  public void configure(LinkConfig aToB, LinkConfig bToA, long nowNs) {
    forth.configure(aToB, nowNs);
    back.configure(bToA, nowNs);
  }

  /** Cuts the path, or mends it; packets under way are lost. */
  public void up(boolean on, long nowNs) {
    configure(forth.config().withUp(on), back.config().withUp(on), nowNs);
  }

  /** Lets packets in and none out, or all again. */
  public void blackhole(boolean on, long nowNs) {
    configure(forth.config().withBlackhole(on), back.config().withBlackhole(on), nowNs);
  }

  /** Drops what is under way. */
  public void clear(long nowNs) {
    forth.clear(nowNs);
    back.clear(nowNs);
    for (Direction direction : Direction.values()) {
      Queue<Injected> mine = injected(direction);
      for (Injected one = mine.poll(); one != null; one = mine.poll()) {
        one.packet().release();
      }
    }
  }
}
