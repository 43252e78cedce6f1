package io.hawser.cli.driver;

import io.hawser.core.api.Buffers;
import io.hawser.core.api.Connection;
import io.hawser.core.mptcp.MptcpConnection;
import io.hawser.core.tcp.TcpConnection;
import org.jspecify.annotations.Nullable;

/** Makes a connection obey its socket's options. All on the stack's thread. */
final class OptionEffects {
  private OptionEffects() {}

  /** Everything, for a connection that is new. */
  static void applyAll(Descriptor socket, Connection connection) {
    SocketOptions options = socket.options;
    settings(options, connection);
    long now = System.nanoTime();
    if (options.isOn("tcp CORK")) {
      connection.cork(true, now);
    }
    if (options.isOn("tcp NODELAY")) {
      connection.noDelay(true, now);
    }
    keepAlive(connection, now);
  }

  /** What one option changes on a connection that lives. */
  static void apply(Descriptor socket, Connection connection, OptionName option, long nowNs) {
    SocketOptions options = socket.options;
    switch (option.toString()) {
      case "tcp NODELAY" -> connection.noDelay(options.isOn("tcp NODELAY"), nowNs);
      case "tcp CORK" -> connection.cork(options.isOn("tcp CORK"), nowNs);
      case "tcp CONGESTION" -> connection.congestionControl(options.congestionControl(), nowNs);
      case "socket SNDBUF",
          "socket SNDBUFFORCE",
          "socket RCVBUF",
          "socket RCVBUFFORCE",
          "tcp WINDOW_CLAMP" ->
          connection.buffers(Buffers.fixed(options.sendBytes(), options.receiveBytes()), nowNs);
      case "tcp QUICKACK" -> {
        TcpConnection tcp = first(connection);
        if (tcp != null && options.isOn("tcp QUICKACK") && connection.readableBytes() > 0) {
          connection.didRead(nowNs);
        }
      }
      default -> settings(options, connection);
    }
    if (option.toString().equals("socket KEEPALIVE") || option.name().startsWith("KEEP")) {
      keepAlive(connection, nowNs);
    }
  }

  private static void keepAlive(Connection connection, long nowNs) {
    TcpConnection tcp = first(connection);
    if (tcp != null && tcp.isOpen()) {
      tcp.keepAliveChanged(nowNs);
    }
  }

  private static void settings(SocketOptions options, Connection connection) {
    TcpConnection tcp = first(connection);
    if (tcp != null) {
      options.applyTo(tcp.config(), tcp.local().address().v6());
    }
  }

  static @Nullable TcpConnection first(Connection connection) {
    return connection instanceof MptcpConnection m ? m.firstTcp() : null;
  }
}
