package io.hawser.sim;

import io.hawser.wire.BufferPool;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

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
    middleboxes.add(middlebox);
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
    Link link = link(direction);
    if (direction == Direction.A_TO_B) {
      for (int i = 0; i < middleboxes.size(); i++) {
        if (!middleboxes.get(i).pass(packet, direction, nowNs)) {
          link.drop(packet, Fate.SWALLOWED, nowNs);
          return;
        }
      }
    }
    link.offer(packet, nowNs);
  }

  /** What is due in one direction comes out. */
  public void poll(Direction direction, long nowNs, Link.Exit exit) {
    Link link = link(direction);
    if (link.nextDeadlineNs() > nowNs) {
      return;
    }
    if (direction == Direction.A_TO_B || middleboxes.isEmpty()) {
      link.poll(nowNs, exit);
      return;
    }
    link.poll(
        nowNs,
        (packet, dueNs) -> {
          for (int i = middleboxes.size() - 1; i >= 0; i--) {
            if (!middleboxes.get(i).pass(packet, direction, dueNs)) {
              link.note(packet, Fate.SWALLOWED, dueNs);
              return;
            }
          }
          exit.arrived(packet, dueNs);
        });
  }

  /** When a poll of either direction is due. */
  public long nextDeadlineNs() {
    return Math.min(forth.nextDeadlineNs(), back.nextDeadlineNs());
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
  }
}
