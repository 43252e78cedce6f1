package io.hawser.sim;

import io.hawser.wire.PacketBuffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 over every packet, its fate and its time: two runs of the same seed must give the same
 * value.
 */
public final class TraceHash implements PacketTrace {
  private final MessageDigest digest;
  private final byte[] bytes = new byte[65_536];
  private final ByteBuffer head = ByteBuffer.allocate(20);

  /** Of nothing yet. */
  public TraceHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JVM has SHA-256", missing);
    }
  }

  @Override
  public void saw(Path path, Direction direction, PacketBuffer packet, Fate fate, long atNs) {
    head.clear();
    head.putLong(atNs).putInt(fate.ordinal()).putInt(direction.ordinal()).putInt(packet.length());
    digest.update(head.array());
    digest.update(path.name().getBytes(StandardCharsets.UTF_8));
    Packets.toArray(packet, bytes);
    digest.update(bytes, 0, packet.length());
  }

  /** The hash of all so far, in hexadecimal digits; begins anew. */
  public String value() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
