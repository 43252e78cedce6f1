package io.hawser.socket;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * A {@link Socket} over the user-space stack; whatever works with a socket of the JDK works with
 * it.
 *
 * <p>Differences: no urgent data, and options that only a kernel has are remembered without effect.
 * An interrupt closes a socket on which a virtual thread waits, and is kept for later by a platform
 * thread, as with the JDK's sockets.
 */
public final class HawserSocket extends Socket {
  private final StreamEnd end;

  private HawserSocket(StreamEnd end) throws SocketException {
    super(end);
    this.end = end;
  }

  static HawserSocket of(Hawser hawser, ConnectionConfig settings) throws IOException {
    return new HawserSocket(new StreamEnd(hawser, settings));
  }

  /** True while MPTCP is in use; false before connecting, for plain TCP, and after a fallback. */
  public boolean multipath() {
    Connection connection = end.connectionOrNull();
    return connection != null && connection.multipath();
  }

  /**
   * Connects, and writes the first bytes as soon as may be. With {@link
   * ConnectionConfig#withFastOpen} that is in the SYN itself, once an earlier connection has
   * brought a cookie of the server: the server's application has them half a round trip later (RFC
   * 7413, Linux's MSG_FASTOPEN). The network may then deliver them twice, to two connections.
   * Without, or as long as there is no cookie, they follow the handshake.
   *
   * @param timeoutMillis longest that the handshake may take; 0: as long as TCP tries
   * @throws IOException as of {@link Socket#connect}, or of writing
   */
  public void connect(SocketAddress remote, int timeoutMillis, byte[] firstBytes)
      throws IOException {
    end.connectWith(firstBytes.clone());
    connect(remote, timeoutMillis);
    end.writeRest();
  }

  /** Figures of the connection now. */
  public ConnectionStats stats() throws IOException {
    return end.stats();
  }

  /** Settings that this socket connects with; to be called before that. */
  public void settings(ConnectionConfig settings) throws IOException {
    end.settings(settings);
  }

  /** Changes the scheduler, also during a transfer. */
  public void scheduler(String name) throws IOException {
    end.scheduler(name);
  }

  /** Changes the congestion control, also during a transfer. */
  public void congestionControl(String name) throws IOException {
    end.congestionControl(name);
  }
}
