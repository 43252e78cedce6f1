package io.hawser.sim;

import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host's end of all its paths. What it emits takes the path that fits the packet's addresses;
 * what comes out of a path waits here to be read or, without a copy, taken.
 */
public final class SimDevice implements PacketDevice {
  private final Simulation simulation;
  private final int mtuBytes;
  private final List<Path> pathsAsA = new ArrayList<>();
  private final List<Path> pathsAsB = new ArrayList<>();
  private final ArrayDeque<PacketBuffer> arrived = new ArrayDeque<>();
  private long unroutable;

  SimDevice(Simulation simulation, int mtuBytes) {
    this.simulation = simulation;
    this.mtuBytes = mtuBytes;
  }

  void attach(Path path, boolean asA) {
    (asA ? pathsAsA : pathsAsB).add(path);
  }

  void arrived(PacketBuffer packet) {
    arrived.add(packet.retain());
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    MemorySegment header = packet.header;
    Path path = Packets.route(pathsAsA, header, 0, Direction.A_TO_B);
    if (path != null) {
      path.offer(Direction.A_TO_B, packet, simulation.nowNs());
      return true;
    }
    path = Packets.route(pathsAsB, header, 0, Direction.B_TO_A);
    if (path != null) {
      path.offer(Direction.B_TO_A, packet, simulation.nowNs());
    } else {
      unroutable++;
    }
    return true;
  }

  /** Packets for which there was no path. */
  public long unroutable() {
    return unroutable;
  }

  /** The next packet, whose reference passes to the caller; or null. */
  @Nullable PacketBuffer take() {
    return arrived.poll();
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    PacketBuffer packet = arrived.poll();
    if (packet == null) {
      return false;
    }
    meta.clear();
    into.length(packet.length());
    MemorySegment.copy(
        packet.memory(), PacketBuffer.START, into.memory(), PacketBuffer.START, packet.length());
    packet.release();
    return true;
  }

  /** Returns at once: virtual time stands still while somebody computes. */
  @Override
  public void await(long timeoutNs) {}

  @Override
  public void wakeup() {}

  @Override
  public int mtuBytes() {
    return mtuBytes;
  }

  @Override
  public int superSegmentBytes() {
    return 0;
  }

  @Override
  public void close() {
    for (PacketBuffer packet = arrived.poll(); packet != null; packet = arrived.poll()) {
      packet.release();
    }
  }
}
