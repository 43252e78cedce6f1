package io.hawser.testbed;

import io.hawser.sim.Fate;
import io.hawser.sim.Link;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PcapngWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A pcapng file of all links: an interface for each, packets at the time they come out of it.
 * {@link #close} ends it.
 */
public final class LinkCapture implements AutoCloseable {
  private final PcapngWriter writer;
  private final List<TestbedLink> links;
  private final OutgoingPacket packet = new OutgoingPacket();
  private final long epochOffsetNs = System.currentTimeMillis() * 1_000_000 - System.nanoTime();
  private boolean closed;

  LinkCapture(Path file, List<TestbedLink> links) throws IOException {
    writer = new PcapngWriter(file);
    this.links = List.copyOf(links);
    for (TestbedLink link : links) {
      link.tap(tap(writer.addInterface(link.spec().name())));
    }
  }

  private Link.Tap tap(int number) {
    return (buffer, fate, atNs) -> {
      if (fate == Fate.DELIVERED) {
        write(number, buffer, atNs);
      }
    };
  }

  private synchronized void write(int number, PacketBuffer buffer, long atNs) {
    if (!closed) {
      packet.header = buffer.memory().asSlice(PacketBuffer.START, buffer.length());
      packet.headerLength = buffer.length();
      writer.write(number, atNs + epochOffsetNs, packet);
    }
  }

  /** Ends the capture; says so if something could not be written. */
  @Override
  public void close() throws IOException {
    links.forEach(link -> link.tap(null));
    synchronized (this) {
      if (!closed) {
        closed = true;
        writer.close();
      }
    }
    IOException failure = writer.failure();
    if (failure != null) {
      throw failure;
    }
  }
}
