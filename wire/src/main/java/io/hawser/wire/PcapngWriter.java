package io.hawser.wire;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Writes IP packets to a pcapng file with nanosecond times (draft-ietf-opsawg-pcapng). Every block
 * is written whole, so a file that ends in a kill is still readable. A write that fails (a full
 * disk) ends the capture, not the connection: {@link #failure} says why.
 */
public final class PcapngWriter implements AutoCloseable {
  private static final int SECTION = 0x0a0d0d0a;
  private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  private static final int LINK_RAW = 101;
  private static final int BUFFER_BYTES = 1 << 18;

  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private int interfaces;
  private @Nullable IOException failure;
  private long packets;

  /**
   * Makes or empties a file and writes the section header.
   *
   * @throws IOException if it cannot be written
   */
  public PcapngWriter(Path path) throws IOException {
    channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    buffer.putInt(SECTION).putInt(28).putInt(BYTE_ORDER_MAGIC).putShort((short) 1);
    buffer.putShort((short) 0).putLong(-1).putInt(28);
    flush();
    IOException problem = failure;
    if (problem != null) {
      channel.close();
      throw problem;
    }
  }

  /** Describes an interface; packets refer to it by the number returned. */
  public int addInterface(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    int padded = text.length + 3 & ~3;
    int total = 20 + 4 + padded + 8 + 4;
    room(total);
    buffer.putInt(1).putInt(total).putShort((short) LINK_RAW).putShort((short) 0).putInt(0);
    buffer.putShort((short) 2).putShort((short) text.length).put(text);
    for (int i = text.length; i < padded; i++) {
      buffer.put((byte) 0);
    }
    // if_tsresol: 10^-9 seconds.
    buffer.putShort((short) 9).putShort((short) 1).putInt(9);
    buffer.putInt(0).putInt(total);
    return interfaces++;
  }

  /** Writes one packet that lies in up to three pieces. {@code timestampNs} is since 1970. */
  public void write(int from, long timestampNs, OutgoingPacket packet) {
    int length = packet.totalLength();
    begin(from, timestampNs, length);
    put(packet.header, 0, packet.headerLength);
    if (packet.payloadLength > 0) {
      put(packet.payload, packet.payloadOffset, packet.payloadLength);
    }
    if (packet.wrappedLength > 0) {
      put(packet.wrapped, packet.wrappedOffset, packet.wrappedLength);
    }
    end(length);
  }

  private void begin(int from, long timestampNs, int length) {
    int padded = length + 3 & ~3;
    room(32 + padded);
    packets++;
    buffer.putInt(6).putInt(32 + padded).putInt(from);
    buffer.putInt((int) (timestampNs >>> 32)).putInt((int) timestampNs);
    buffer.putInt(length).putInt(length);
  }

  private void put(MemorySegment memory, long offset, int length) {
    buffer.put(memory.asSlice(offset, length).asByteBuffer());
  }

  private void end(int length) {
    int padding = (length + 3 & ~3) - length;
    for (int i = 0; i < padding; i++) {
      buffer.put((byte) 0);
    }
    buffer.putInt(32 + length + padding);
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  /** Writes what is buffered to the file. */
  public void flush() {
    buffer.flip();
    try {
      while (failure == null && buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      failure = e;
    }
    buffer.clear();
  }

  /** Why the capture stopped, or null. */
  public @Nullable IOException failure() {
    return failure;
  }

  /** Packets written so far. */
  public long packets() {
    return packets;
  }

  @Override
  public void close() throws IOException {
    flush();
    channel.close();
  }
}
