package io.hawser.sim;

import io.hawser.wire.Endpoint;
import io.hawser.wire.PacketBuffer;
import java.util.ArrayList;
import java.util.List;

/** A middlebox that blocks: single flows, all packets of a direction, or SYNs with some option. */
public final class Firewall implements Middlebox {

  /** What happens to a packet of a blocked flow. */
  public enum Action {
    /** It is swallowed. */
    DROP,
    /** It is turned into a RST, so its receiver gives the connection up. */
    RESET
  }

  private record Rule(Endpoint a, Endpoint b, Action action) {}

  private final TcpHeader header = new TcpHeader();
  private final List<Rule> rules = new ArrayList<>();
  private final boolean[] isDirectionBlocked = new boolean[2];
  private int refusedSynOption = -1;

  /**
   * Blocks a flow, both ways.
   *
   * @param a the end on side A; port 0 or the unspecified address: any
   * @param b the end on side B, likewise
   */
  public void block(Endpoint a, Endpoint b, Action action) {
    rules.add(new Rule(a, b, action));
  }

  /** Blocks everything of one direction without a word, or no more. */
  public void block(Direction direction, boolean on) {
    isDirectionBlocked[direction.ordinal()] = on;
  }

  /** Drops every SYN that carries an option of this kind; -1: none. */
  public void refuseSynOption(int kind) {
    refusedSynOption = kind;
  }

  /** Lets everything pass again. */
  public void clear() {
    rules.clear();
    isDirectionBlocked[0] = false;
    isDirectionBlocked[1] = false;
    refusedSynOption = -1;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (isDirectionBlocked[direction.ordinal()]) {
      return false;
    }
    if (rules.isEmpty() && refusedSynOption < 0 || !header.locate(packet)) {
      return true;
    }
    if (refusedSynOption >= 0 && (header.flags() & 2) != 0 && carries(refusedSynOption)) {
      return false;
    }
    for (Rule rule : rules) {
      if (matches(rule, direction)) {
        if (rule.action() == Action.DROP) {
          return false;
        }
        header.turnIntoReset(packet);
        return true;
      }
    }
    return true;
  }

  private boolean matches(Rule rule, Direction direction) {
    Endpoint source = direction == Direction.A_TO_B ? rule.a() : rule.b();
    Endpoint destination = direction == Direction.A_TO_B ? rule.b() : rule.a();
    return (source.port() == 0 || source.port() == header.sourcePort())
        && (destination.port() == 0 || destination.port() == header.destinationPort())
        && (source.address().isAny() || header.sourceIs(source.address()))
        && (destination.address().isAny() || header.destinationIs(destination.address()));
  }

  private boolean carries(int wanted) {
    int at = header.optionsOffset();
    int end = header.payloadOffset();
    while (at < end && header.u8(at) != 0) {
      int kind = header.u8(at);
      int length = kind == 1 ? 1 : at + 1 < end ? header.u8(at + 1) : 0;
      if (kind == wanted) {
        return true;
      }
      if (length == 0 || kind != 1 && length < 2) {
        return false;
      }
      at += length;
    }
    return false;
  }
}
