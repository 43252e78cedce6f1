package io.hawser.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes sockets of one {@link Hawser}, for libraries that take a factory. */
public final class MptcpSocketFactory extends SocketFactory {
  private final Hawser hawser;

  MptcpSocketFactory(Hawser hawser) {
    this.hawser = hawser;
  }

  @Override
  public Socket createSocket() throws IOException {
    return hawser.socket();
  }

  /** Connects; a name is resolved by the system's resolver, as by the JDK's factory. */
  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(null, InetAddress.getByName(host), port);
  }

  @Override
  public Socket createSocket(
      String host, int port, @Nullable InetAddress localAddress, int localPort) throws IOException {
    return connected(
        new InetSocketAddress(localAddress, localPort), InetAddress.getByName(host), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(null, host, port);
  }

  @Override
  public Socket createSocket(
      InetAddress host, int port, @Nullable InetAddress localAddress, int localPort)
      throws IOException {
    return connected(new InetSocketAddress(localAddress, localPort), host, port);
  }

  private Socket connected(@Nullable SocketAddress local, InetAddress host, int port)
      throws IOException {
    HawserSocket socket = hawser.socket();
    try {
      if (local != null) {
        socket.bind(local);
      }
      socket.connect(new InetSocketAddress(host, port));
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
