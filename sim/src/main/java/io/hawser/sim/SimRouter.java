package io.hawser.sim;

import io.hawser.wire.BufferPool;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes packets from path to path, by the address on side A's end of the whole way: packets from
 * it go on, packets to it go back. Takes no time and has no queue; links have.
 */
public final class SimRouter implements SimNode {
  private record Way(List<IpAddress> address, Path onwards, Path backwards) {}

  private final Simulation simulation;
  private final BufferPool pool;
  private final List<Way> ways = new ArrayList<>();
  private long unroutable;

  /** A router of a simulation, without ways. */
  public SimRouter(Simulation simulation) {
    this.simulation = simulation;
    this.pool = simulation.buffers();
  }

  @Override
  public void attach(Path path, boolean asA) {}

  /** What comes from this address leaves by {@code onwards}, what goes to it by the other. */
  public SimRouter way(IpAddress address, Path onwards, Path backwards) {
    ways.add(new Way(List.of(address), onwards, backwards));
    return this;
  }

  @Override
  public void arrived(PacketBuffer packet) {
    for (Way way : ways) {
      if (Packets.hasOneOf(way.address, packet.memory(), PacketBuffer.START, true)) {
        forward(way.onwards, Direction.A_TO_B, packet);
        return;
      }
      if (Packets.hasOneOf(way.address, packet.memory(), PacketBuffer.START, false)) {
        forward(way.backwards, Direction.B_TO_A, packet);
        return;
      }
    }
    unroutable++;
  }

  private void forward(Path path, Direction direction, PacketBuffer packet) {
    path.offer(direction, Packets.copy(packet, pool), simulation.nowNs());
  }

  /** Packets for which there was no way. */
  public long unroutable() {
    return unroutable;
  }
}
