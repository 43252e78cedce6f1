package io.hawser.workload;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.SplittableRandom;

/** Sends as much as goes through for a time, or so many bytes, and remembers its SHA-256. */
public final class BulkSender {
  private static final int BLOCK = 64 * 1024;

  private final byte[] block = new byte[BLOCK];
  private final SplittableRandom random;
  private final MessageDigest digest = Sha256.start();
  private volatile long sentBytes;
  private volatile byte[] sum = {};

  /** The seed makes the bytes. */
  public BulkSender(long seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * Writes until {@code untilNs} (nanoTime) or {@code mostBytes}, whichever is first; then ends the
   * stream.
   */
  public void run(Socket socket, long untilNs, long mostBytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    while (sentBytes < mostBytes && System.nanoTime() - untilNs < 0) {
      random.nextBytes(block);
      int length = (int) Math.min(block.length, mostBytes - sentBytes);
      out.write(block, 0, length);
      digest.update(block, 0, length);
      sentBytes += length;
    }
    sum = digest.digest();
    socket.shutdownOutput();
  }

  /** Bytes handed to the socket so far. */
  public long sentBytes() {
    return sentBytes;
  }

  /** SHA-256 of all bytes; empty before the end. */
  public byte[] sum() {
    return sum.clone();
  }
}
