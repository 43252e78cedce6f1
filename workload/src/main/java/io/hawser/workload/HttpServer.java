package io.hawser.workload;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A small HTTP/1.1 server over any sockets: {@code GET /bytes/N} gives N bytes made from the seed,
 * and their SHA-256 in the header {@code X-Sha256}. Connections are kept alive.
 */
public final class HttpServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpServer.class.getName());
  private static final int BLOCK = 64 * 1024;
  private static final int MOST_HEADER_BYTES = 16 * 1024;
  private static final long MOST_BYTES = 10_000_000_000L;

  private final ServerSocket listener;
  private final String threadName;
  private final long seed;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** A server that owns this listener; its threads' names begin so. */
  public HttpServer(ServerSocket listener, String threadName, long seed) {
    this.listener = listener;
    this.threadName = threadName;
    this.seed = seed;
    thread("accept", this::accept);
  }

  private void thread(String what, Runnable run) {
    Thread.ofPlatform().daemon().name(threadName + "-http-" + what).start(run);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        thread("serve", () -> serve(socket));
      } catch (SocketTimeoutException e) {
        continue;
      } catch (IOException e) {
        return;
      }
    }
  }

  /** The accepted sockets that are open, for their figures. */
  public Set<Socket> sockets() {
    return Set.copyOf(open);
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        if (!answer(head, out)) {
          return;
        }
      }
    } catch (IOException e) {
      // The client went away; whoever watches the client hears of it there.
      return;
    } finally {
      open.remove(socket);
    }
  }

  /** All lines up to the empty one; empty at the end of the stream. */
  static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.append((char) c);
      if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
      if (head.length() > MOST_HEADER_BYTES) {
        throw new SocketException("more than 16 KiB of header");
      }
    }
    return "";
  }

  private boolean answer(String head, OutputStream out) throws IOException {
    String[] words = head.lines().findFirst().orElse("").split(" ");
    boolean keepAlive = !head.toLowerCase(Locale.ROOT).contains("connection: close");
    if (words.length != 3 || !(words[0].equals("GET") || words[0].equals("HEAD"))) {
      refuse(out, "400 Bad Request", false);
      return false;
    }
    boolean headOnly = words[0].equals("HEAD");
    long length;
    try {
      if (!words[1].startsWith("/bytes/")) {
        refuse(out, "404 Not Found", headOnly);
        return keepAlive;
      }
      length = Long.parseLong(words[1].substring("/bytes/".length()));
    } catch (NumberFormatException e) {
      refuse(out, "404 Not Found", headOnly);
      return keepAlive;
    }
    if (length < 0 || length > MOST_BYTES) {
      refuse(out, "404 Not Found", headOnly);
      return keepAlive;
    }
    send(length, headOnly, keepAlive, out);
    return keepAlive;
  }

  private static void refuse(OutputStream out, String status, boolean headOnly) throws IOException {
    String body = status + "\n";
    String head = "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
    out.write((headOnly ? head : head + body).getBytes(StandardCharsets.US_ASCII));
  }

  private void send(long length, boolean headOnly, boolean keepAlive, OutputStream out)
      throws IOException {
    // Twice through the generator: the sum goes ahead of the bytes.
    MessageDigest digest = Sha256.start();
    blocks(length, digest::update);
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "
            + length
            + "\r\nX-Sha256: "
            + HexFormat.of().formatHex(digest.digest())
            + "\r\nConnection: "
            + (keepAlive ? "keep-alive" : "close")
            + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    if (!headOnly) {
      blocks(length, out::write);
    }
  }

  private interface Into {
    void take(byte[] block, int offset, int count) throws IOException;
  }

  private void blocks(long length, Into into) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] block = new byte[BLOCK];
    for (long left = length; left > 0; left -= BLOCK) {
      random.nextBytes(block);
      into.take(block, 0, (int) Math.min(left, BLOCK));
    }
  }

  @Override
  public void close() {
    close(listener);
    open.forEach(HttpServer::close);
  }

  private static void close(Closeable one) {
    try {
      one.close();
    } catch (IOException e) {
      // What cannot be closed is closed already; the others are not.
      LOG.log(System.Logger.Level.DEBUG, "closing", e);
    }
  }
}
