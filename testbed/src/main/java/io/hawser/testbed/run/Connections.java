package io.hawser.testbed.run;

import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Topology;
import io.hawser.testbed.Testbed;
import io.hawser.workload.HttpServer;
import io.hawser.workload.SocketFigures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections of a run, with both their ends. */
final class Connections implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int PORT = 5001;

  /** Both ends of one connection. */
  record Pair(Socket client, Socket server) {}

  private record Watched(Pair pair, SocketFigures client, SocketFigures server) {}

  private final Testbed testbed;
  private final Ends ends;
  private final ServerSocket listener;
  private final List<Watched> open = new ArrayList<>();
  private @Nullable HttpServer http;
  private boolean endsWell;

  Connections(Testbed testbed, Ends ends) throws IOException {
    this.testbed = testbed;
    this.ends = ends;
    listener = ends.server().listen(new InetSocketAddress(ends.service(), PORT));
    listener.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
  }

  /** One more connection. */
  Pair connect() throws IOException {
    Socket client = ends.client().connect(new InetSocketAddress(ends.service(), PORT), LIMIT);
    Socket server;
    try {
      server = listener.accept();
    } catch (IOException e) {
      client.close();
      throw e;
    }
    Pair pair = new Pair(client, server);
    long number = open.size() + 1;
    open.add(
        new Watched(
            pair,
            new SocketFigures(Topology.CLIENT, number, testbed::linkOf),
            new SocketFigures(Topology.SERVER, number, testbed::linkOf)));
    return pair;
  }

  /** A connection to an HTTP server at the other end; its client's side. */
  Socket connectHttp(long seed) throws IOException {
    listener.setSoTimeout(0);
    HttpServer server = new HttpServer(listener, Ends.SERVER_THREADS, seed);
    http = server;
    Socket client = ends.client().connect(new InetSocketAddress(ends.service(), PORT), LIMIT);
    SocketFigures figures = new SocketFigures(Topology.CLIENT, 1, testbed::linkOf);
    open.add(new Watched(new Pair(client, client), figures, figures));
    return client;
  }

  /** The server's address. */
  String service() {
    return ends.service().getHostAddress();
  }

  void sample(long atNs, EventSink sink) {
    for (Watched one : open) {
      one.client.sample(one.pair.client, atNs, sink);
      if (one.pair.server != one.pair.client) {
        one.server.sample(one.pair.server, atNs, sink);
      }
    }
    HttpServer server = http;
    if (server != null) {
      for (Socket socket : server.sockets()) {
        new SocketFigures(Topology.SERVER, 1, testbed::linkOf).sample(socket, atNs, sink);
      }
    }
  }

  /** Everything came to its end: {@link #close} closes in order, and aborts nothing. */
  void endWell() {
    endsWell = true;
  }

  @Override
  public void close() {
    for (Watched one : open) {
      shut(one.pair.client);
      shut(one.pair.server);
    }
    HttpServer server = http;
    if (server != null) {
      server.close();
    }
    try {
      listener.close();
    } catch (IOException e) {
      // Nothing is lost with it.
      return;
    }
  }

  private void shut(Socket socket) {
    try {
      if (!endsWell) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      // It was closed before, or it is gone; both are what is wanted.
      return;
    }
  }
}
