package io.hawser.workload;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Hawser's stack, which it takes over. */
public final class HawserEngine implements SocketEngine {
  private static final int BACKLOG = 256;

  private final Hawser hawser;
  private final ConnectionConfig settings;

  /** Sockets with these settings over a running stack. */
  public HawserEngine(Hawser hawser, ConnectionConfig settings) {
    this.hawser = hawser;
    this.settings = settings;
  }

  /** The stack itself. */
  public Hawser hawser() {
    return hawser;
  }

  @Override
  public String name() {
    return settings.multipath() ? "hawser" : "hawser-tcp";
  }

  @Override
  public Socket connect(InetSocketAddress remote, Duration limit) throws IOException {
    HawserSocket socket = hawser.socket(settings);
    try {
      socket.connect(remote, Math.toIntExact(limit.toMillis()));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public ServerSocket listen(InetSocketAddress local) throws IOException {
    HawserServerSocket listener = hawser.serverSocket(settings);
    try {
      listener.bind(local, BACKLOG);
      return listener;
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  @Override
  public void close() {
    hawser.close();
  }
}
