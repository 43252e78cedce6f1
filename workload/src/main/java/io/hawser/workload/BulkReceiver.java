package io.hawser.workload;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.MessageDigest;

/** Receives until the stream ends, and remembers its SHA-256. */
public final class BulkReceiver {
  private static final int BLOCK = 64 * 1024;

  private final byte[] block = new byte[BLOCK];
  private final MessageDigest digest = Sha256.start();
  private final Progress progress = new Progress();
  private volatile byte[] sum = {};

  /** Reads to the end. */
  public void run(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    for (int n = in.read(block); n >= 0; n = in.read(block)) {
      progress.received(n);
      digest.update(block, 0, n);
    }
    sum = digest.digest();
  }

  /** How far it is. */
  public Progress progress() {
    return progress;
  }

  /** SHA-256 of all bytes; empty before the end. */
  public byte[] sum() {
    return sum.clone();
  }
}
