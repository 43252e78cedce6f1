package io.hawser.sim;

import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Network address translation: side A's addresses and ports are hidden behind one address of either
 * family. Each 4-tuple has a port of its own, and only the peer it was opened to gets through.
 */
public final class Nat implements Middlebox {
  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 59_999;

  private static final class Mapping {
    final int protocol;
    final IpAddress inside;
    final int insidePort;
    final IpAddress peer;
    final int peerPort;
    final int outsidePort;
    long usedNs;

    Mapping(TcpHeader outgoing, int outsidePort) {
      protocol = outgoing.protocol();
      inside = outgoing.source();
      insidePort = outgoing.sourcePort();
      peer = outgoing.destination();
      peerPort = outgoing.destinationPort();
      this.outsidePort = outsidePort;
    }

    boolean isFor(TcpHeader outgoing) {
      return outgoing.sourcePort() == insidePort
          && outgoing.destinationPort() == peerPort
          && outgoing.protocol() == protocol
          && outgoing.sourceIs(inside)
          && outgoing.destinationIs(peer);
    }

    boolean answers(TcpHeader incoming) {
      return incoming.destinationPort() == outsidePort
          && incoming.sourcePort() == peerPort
          && incoming.protocol() == protocol
          && incoming.sourceIs(peer);
    }
  }

  private final TcpHeader header = new TcpHeader();
  private final List<Mapping> mappings = new ArrayList<>();
  private final long idleNs;
  private IpAddress outside;
  private int nextPort = FIRST_PORT;

  /** Hides side A behind this address; mappings never expire. */
  public Nat(IpAddress outside) {
    this(outside, Long.MAX_VALUE);
  }

  /** Hides side A behind this address; a mapping that is not used for so long is forgotten. */
  public Nat(IpAddress outside, long idleNs) {
    this.outside = outside;
    this.idleNs = idleNs;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (!header.locateAny(packet) || header.isV6() != outside.v6()) {
      return false;
    }
    return direction == Direction.A_TO_B ? out(nowNs) : in(nowNs);
  }

  private boolean out(long nowNs) {
    Mapping mapping = find(Direction.A_TO_B, nowNs);
    if (mapping == null) {
      mapping = new Mapping(header, freePort());
      mappings.addFirst(mapping);
    }
    mapping.usedNs = nowNs;
    header.source(outside, mapping.outsidePort);
    return true;
  }

  private boolean in(long nowNs) {
    Mapping mapping = header.destinationIs(outside) ? find(Direction.B_TO_A, nowNs) : null;
    if (mapping == null) {
      return false;
    }
    mapping.usedNs = nowNs;
    header.destination(mapping.inside, mapping.insidePort);
    return true;
  }

  private @Nullable Mapping find(Direction direction, long nowNs) {
    for (int i = 0; i < mappings.size(); i++) {
      Mapping mapping = mappings.get(i);
      if (nowNs - mapping.usedNs > idleNs) {
        mappings.remove(i--);
      } else if (direction == Direction.A_TO_B ? mapping.isFor(header) : mapping.answers(header)) {
        return mapping;
      }
    }
    return null;
  }

  private int freePort() {
    int port = nextPort;
    nextPort = port == LAST_PORT ? FIRST_PORT : port + 1;
    return port;
  }

  /** Forgets every mapping: living flows go on from new ports, which their peers do not know. */
  public void rebind() {
    mappings.clear();
  }

  /** The same, and the address changes too. */
  public void rebind(IpAddress nextOutside) {
    rebind();
    outside = nextOutside;
  }

  /** The address the outside sees. */
  public IpAddress outside() {
    return outside;
  }

  /** Mappings alive. */
  public int size() {
    return mappings.size();
  }
}
