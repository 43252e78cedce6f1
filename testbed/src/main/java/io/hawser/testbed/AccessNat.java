package io.hawser.testbed;

import io.hawser.sim.Direction;
import io.hawser.sim.Middlebox;
import io.hawser.sim.Nat;
import io.hawser.wire.Bytes;
import io.hawser.wire.PacketBuffer;

/**
 * A NAT for both families, as access networks have, for TCP and UDP; other packets pass as they
 * are, so that a ping still answers.
 */
final class AccessNat implements Middlebox {
  private static final int TCP = 6;
  private static final int UDP = 17;

  private final Nat v4;
  private final Nat v6;

  AccessNat(Addressing link) {
    v4 = new Nat(link.nat(false));
    v6 = new Nat(link.nat(true));
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (packet.length() < 20) {
      return false;
    }
    boolean isV4 = Bytes.u8(packet.memory(), PacketBuffer.START) >> 4 == 4;
    int protocol = Bytes.u8(packet.memory(), PacketBuffer.START + (isV4 ? 9 : 6));
    if (protocol != TCP && protocol != UDP) {
      return true;
    }
    return (isV4 ? v4 : v6).pass(packet, direction, nowNs);
  }

  /** Forgets all mappings. */
  void rebind() {
    v4.rebind();
    v6.rebind();
  }
}
