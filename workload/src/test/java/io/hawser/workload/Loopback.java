package io.hawser.workload;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Two connected sockets on the loopback. */
record Loopback(Socket client, Socket server) implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int READ_LIMIT_MS = 30_000;
  private static final int SMALL_BUFFER_BYTES = 8 * 1024;

  /** Of the JDK. */
  static Loopback open() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
      return limited(client, listener.accept());
    }
  }

  /** Of the JDK, with room for a few packets only from client to server. */
  static Loopback narrow() throws IOException {
    try (ServerSocket listener = new ServerSocket()) {
      listener.setReceiveBufferSize(SMALL_BUFFER_BYTES);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      Socket client = new Socket();
      client.setSendBufferSize(SMALL_BUFFER_BYTES);
      client.connect(listener.getLocalSocketAddress());
      return limited(client, listener.accept());
    }
  }

  /** Of an engine; it is told a free port of 127.0.0.1. */
  static Loopback over(SocketEngine engine) throws IOException {
    try (ServerSocket listener =
        engine.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      InetSocketAddress at =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
      Socket client = engine.connect(at, LIMIT);
      return limited(client, listener.accept());
    }
  }

  /** Reads that bring nothing end with an error. */
  private static Loopback limited(Socket client, Socket server) throws IOException {
    client.setSoTimeout(READ_LIMIT_MS);
    server.setSoTimeout(READ_LIMIT_MS);
    return new Loopback(client, server);
  }

  @Override
  public void close() throws IOException {
    try (client) {
      server.close();
    }
  }
}
