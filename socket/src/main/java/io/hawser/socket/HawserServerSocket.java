package io.hawser.socket;

import io.hawser.core.api.ConnectionConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketException;

/**
 * A {@link ServerSocket} over the user-space stack. Bound to the unspecified address of either
 * family it accepts both, as the JDK's does.
 */
public final class HawserServerSocket extends ServerSocket {
  private final Hawser hawser;
  private final ConnectionConfig settings;

  private HawserServerSocket(Hawser hawser, ConnectionConfig settings) {
    super(new ListenEnd(hawser, settings));
    this.hawser = hawser;
    this.settings = settings;
  }

  static HawserServerSocket of(Hawser hawser, ConnectionConfig settings) throws IOException {
    return new HawserServerSocket(hawser, settings);
  }

  @Override
  public HawserSocket accept() throws IOException {
    if (isClosed()) {
      throw new SocketException("Socket is closed");
    }
    if (!isBound()) {
      throw new SocketException("Socket is not bound yet");
    }
    HawserSocket accepted = HawserSocket.of(hawser, settings);
    implAccept(accepted);
    return accepted;
  }
}
