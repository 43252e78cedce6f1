package io.hawser.workload;

import io.hawser.linux.NetworkNamespace;
import io.hawser.socket.KernelListenSocket;
import io.hawser.socket.KernelStreamSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The kernel's TCP or MPTCP, in any network namespace. */
public final class KernelEngine implements SocketEngine {
  private static final int BACKLOG = 256;

  private final @Nullable NetworkNamespace namespace;
  private final boolean mptcp;
  private final String congestion;

  /**
   * An engine in a namespace (null: the program's own).
   *
   * @param congestion empty: the namespace's default
   */
  public KernelEngine(@Nullable NetworkNamespace namespace, boolean mptcp, String congestion) {
    this.namespace = namespace;
    this.mptcp = mptcp;
    this.congestion = congestion;
  }

  @Override
  public String name() {
    return mptcp ? "mptcp" : "tcp";
  }

  @Override
  public Socket connect(InetSocketAddress remote, Duration limit) throws IOException {
    Socket socket = KernelStreamSocket.of(namespace, mptcp, congestion);
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
    ServerSocket listener = KernelListenSocket.of(namespace, mptcp, congestion);
    try {
      listener.bind(local, BACKLOG);
      return listener;
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  @Override
  public void close() {}
}
