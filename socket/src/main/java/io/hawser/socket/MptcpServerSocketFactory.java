package io.hawser.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes server sockets of one {@link Hawser}, for libraries that take a factory. */
public final class MptcpServerSocketFactory extends ServerSocketFactory {
  private static final int DEFAULT_BACKLOG = 50;

  private final Hawser hawser;

  MptcpServerSocketFactory(Hawser hawser) {
    this.hawser = hawser;
  }

  @Override
  public ServerSocket createServerSocket() throws IOException {
    return hawser.serverSocket();
  }

  @Override
  public ServerSocket createServerSocket(int port) throws IOException {
    return createServerSocket(port, DEFAULT_BACKLOG, null);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog) throws IOException {
    return createServerSocket(port, backlog, null);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress local)
      throws IOException {
    HawserServerSocket server = hawser.serverSocket();
    try {
      server.bind(new InetSocketAddress(local, port), backlog);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }
}
