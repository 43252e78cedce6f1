package io.hawser.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Where a behaviour is tried: the JDK's sockets on the loopback interface, or ours on a pipe. */
interface Network extends AutoCloseable {
  Socket socket() throws IOException;

  ServerSocket server() throws IOException;

  InetAddress serverAddress();

  @Override
  void close();

  default ServerSocket listening() throws IOException {
    ServerSocket server = server();
    server.bind(new InetSocketAddress(serverAddress(), 0));
    return server;
  }

  default InetSocketAddress addressOf(ServerSocket server) {
    return new InetSocketAddress(serverAddress(), server.getLocalPort());
  }

  /** Two connected sockets. */
  record Pair(Socket near, Socket far) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      near.close();
      far.close();
    }
  }

  default Pair pair() throws IOException {
    try (ServerSocket server = listening()) {
      Socket near = socket();
      near.connect(addressOf(server));
      return new Pair(near, server.accept());
    }
  }

  static Network jdk() {
    return new Network() {
      @Override
      public Socket socket() {
        return new Socket();
      }

      @Override
      public ServerSocket server() throws IOException {
        return new ServerSocket();
      }

      @Override
      public InetAddress serverAddress() {
        return InetAddress.ofLiteral("127.0.0.1");
      }

      @Override
      public void close() {}
    };
  }

  static Network hawser() {
    TwoHosts hosts = new TwoHosts();
    return new Network() {
      @Override
      public Socket socket() throws IOException {
        return hosts.client.socket();
      }

      @Override
      public ServerSocket server() throws IOException {
        return hosts.server.serverSocket();
      }

      @Override
      public InetAddress serverAddress() {
        return TwoHosts.address(TwoHosts.SERVER);
      }

      @Override
      public void close() {
        hosts.close();
      }
    };
  }

  /** A task on a virtual thread that can be waited for until it waits itself. */
  final class Running {
    private final FutureTask<String> result;
    final Thread thread;

    Running(Callable<String> task) {
      result = new FutureTask<>(() -> outcome(task));
      thread = Thread.ofVirtual().start(result);
    }

    Running awaitBlocked() {
      while (thread.getState() != Thread.State.WAITING
          && thread.getState() != Thread.State.TIMED_WAITING) {
        if (result.isDone()) {
          return this;
        }
        Thread.onSpinWait();
      }
      return this;
    }

    String result() throws Exception {
      return result.get();
    }
  }

  /** What came of it, as text: a value, or an exception with its words. */
  static String outcome(Callable<?> task) {
    try {
      return String.valueOf(task.call());
    } catch (Throwable e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }
}
