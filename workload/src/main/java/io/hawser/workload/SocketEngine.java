package io.hawser.workload;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/**
 * Where sockets come from: the kernel's TCP, its MPTCP, or Hawser's stack. All have the JDK's face,
 * so that a workload need not know. Safe for several threads.
 */
public interface SocketEngine extends AutoCloseable {

  /** As users call it, such as {@code mptcp} or {@code hawser}. */
  String name();

  /**
   * Connects.
   *
   * @throws java.net.SocketTimeoutException if that takes longer than the limit
   */
  Socket connect(InetSocketAddress remote, Duration limit) throws IOException;

  /** Listens; port 0 takes a free one. */
  ServerSocket listen(InetSocketAddress local) throws IOException;

  /** Ends what the engine made for itself. */
  @Override
  void close();
}
