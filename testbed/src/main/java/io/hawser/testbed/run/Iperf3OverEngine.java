package io.hawser.testbed.run;

import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Topology;
import io.hawser.testbed.Testbed;
import io.hawser.workload.SocketEngine;
import io.hawser.workload.SocketFigures;
import io.hawser.workload.iperf3.Iperf3Client;
import io.hawser.workload.iperf3.Iperf3Result;
import io.hawser.workload.iperf3.Iperf3Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Our own client of iperf3, over any engine; its first connection is the control connection. */
final class Iperf3OverEngine implements Iperf3Side {
  private record Watched(Socket socket, SocketFigures figures) {}

  private final Iperf3Client client;
  private final Threads threads = new Threads();
  private final List<Watched> sockets = new CopyOnWriteArrayList<>();
  private final Testbed testbed;
  private volatile @Nullable Iperf3Result result;

  /** Begins at once. */
  Iperf3OverEngine(
      Testbed testbed, SocketEngine engine, Iperf3Settings settings, InetSocketAddress server) {
    this.testbed = testbed;
    client = new Iperf3Client(new Watching(engine), settings, interval -> {});
    threads.start(true, "iperf3", () -> result = client.run(server));
  }

  /** The engine itself, and a note of every socket. */
  private final class Watching implements SocketEngine {
    private final SocketEngine engine;

    Watching(SocketEngine engine) {
      this.engine = engine;
    }

    @Override
    public String name() {
      return engine.name();
    }

    @Override
    public Socket connect(InetSocketAddress remote, Duration limit) throws IOException {
      Socket socket = engine.connect(remote, limit);
      sockets.add(
          new Watched(
              socket, new SocketFigures(Topology.CLIENT, sockets.size() + 1, testbed::linkOf)));
      return socket;
    }

    @Override
    public ServerSocket listen(InetSocketAddress local) throws IOException {
      return engine.listen(local);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  @Override
  public boolean isEnded() {
    return threads.areDone();
  }

  @Override
  public long bytes(boolean fromClient) {
    return client.bytes(fromClient);
  }

  @Override
  public long total(boolean fromClient) {
    Iperf3Result told = result;
    return told == null ? 0 : told.received(fromClient);
  }

  @Override
  public String problem() {
    String error = threads.error();
    return error.isEmpty() ? "" : "iperf3: " + error;
  }

  @Override
  public void sample(long atNs, EventSink sink) {
    for (Watched one : sockets) {
      one.figures.sample(one.socket, atNs, sink);
    }
  }

  @Override
  public void close() {
    for (Watched one : sockets) {
      try {
        one.socket.close();
      } catch (IOException e) {
        // The engine goes next, and everything of it.
        continue;
      }
    }
  }
}
