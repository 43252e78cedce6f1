package io.hawser.cli.demo;

import io.hawser.sim.Fate;
import io.hawser.sim.Link;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PcapngWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One capture file of a run: an interface for each link, packets at the time they come out of it.
 * Any thread.
 */
final class DemoCapture implements AutoCloseable {
  private final PcapngWriter writer;
  private final Map<String, Integer> interfaces = new LinkedHashMap<>();
  private final OutgoingPacket packet = new OutgoingPacket();
  private final long epochOffsetNs = System.currentTimeMillis() * 1_000_000 - System.nanoTime();

  DemoCapture(Path file) throws IOException {
    writer = new PcapngWriter(file);
  }

  Link.Tap tap(String name) {
    int number = interfaces.computeIfAbsent(name, writer::addInterface);
    return (buffer, fate, atNs) -> {
      if (fate == Fate.DELIVERED) {
        write(number, buffer, atNs);
      }
    };
  }

  private synchronized void write(int number, PacketBuffer buffer, long atNs) {
    packet.header = buffer.memory().asSlice(PacketBuffer.START, buffer.length());
    packet.headerLength = buffer.length();
    writer.write(number, atNs + epochOffsetNs, packet);
  }

  @Nullable IOException failure() {
    return writer.failure();
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }
}
