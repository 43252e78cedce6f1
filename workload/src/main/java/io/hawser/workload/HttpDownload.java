package io.hawser.workload;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

/** Downloads by HTTP/1.1 over a connection that it keeps alive. */
public final class HttpDownload {
  private static final int BLOCK = 64 * 1024;

  private final Socket socket;
  private final String host;
  private final InputStream in;
  private final Progress progress;
  private final byte[] block = new byte[BLOCK];

  /** Over a connected socket; progress counts the bodies of all downloads. */
  public HttpDownload(Socket socket, String host, Progress progress) throws IOException {
    this.socket = socket;
    this.host = host;
    this.progress = progress;
    in = new BufferedInputStream(socket.getInputStream(), BLOCK);
  }

  /**
   * One GET, to its last byte.
   *
   * @return whether the body is what the header {@code X-Sha256} says; true if there is none
   * @throws IOException if the status is not 200, the head tells no length or the body is cut short
   */
  public boolean get(String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    String head = HttpServer.head(in);
    String status = head.lines().findFirst().orElse("");
    if (!status.startsWith("HTTP/1.1 200") && !status.startsWith("HTTP/1.0 200")) {
      throw new IOException(
          "GET " + path + ": " + (status.isEmpty() ? "the server closed" : status));
    }
    long left = length(path, head);
    MessageDigest digest = Sha256.start();
    while (left > 0) {
      int n = in.read(block, 0, (int) Math.min(left, BLOCK));
      if (n < 0) {
        throw new EOFException("GET " + path + ": cut short with " + left + " bytes to come");
      }
      progress.received(n);
      digest.update(block, 0, n);
      left -= n;
    }
    String told = header(head, "x-sha256", "");
    return told.isEmpty() || told.equals(HexFormat.of().formatHex(digest.digest()));
  }

  private static long length(String path, String head) throws IOException {
    String told = header(head, "content-length", "");
    try {
      long length = Long.parseLong(told);
      if (length >= 0) {
        return length;
      }
    } catch (NumberFormatException e) {
      // Told below, like a length below zero.
    }
    throw new IOException(
        "GET " + path + ": the server tells no length (Content-Length: '" + told + "')");
  }

  private static String header(String head, String name, String otherwise) {
    for (String line : head.lines().toList()) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return otherwise;
  }
}
