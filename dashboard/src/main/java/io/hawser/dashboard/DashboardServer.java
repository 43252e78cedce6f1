package io.hawser.dashboard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the page, the live stream and the buttons. Listens on the loopback address unless told
 * otherwise; {@link Guard} says who may ask for what.
 */
public final class DashboardServer implements AutoCloseable {
  private static final int MAX_BODY_BYTES = 4096;
  private static final int MAX_STREAMS = 32;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore streams = new Semaphore(MAX_STREAMS);
  private final EventHub hub;
  private final StateBoard board;
  private final Controls controls;
  private final Guard guard;
  private final ReportFiles reports;
  private final String host;

  private DashboardServer(HttpServer server, String host, EventHub hub, Controls controls) {
    this.server = server;
    this.host = host;
    this.hub = hub;
    this.controls = controls;
    board = new StateBoard(controls, hub);
    guard = new Guard(host);
    reports = new ReportFiles(controls);
  }

  /**
   * Starts.
   *
   * @param host the name or address to listen on, usually {@code 127.0.0.1}
   * @param port 0: any free one
   * @throws IOException with cause and remedy if the address cannot be had
   */
  public static DashboardServer start(String host, int port, EventHub hub, Controls controls)
      throws IOException {
    // Without it, small answers wait for the peer's delayed acknowledgement.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("cannot find the address of '" + host + "'; give one of this machine");
    }
    HttpServer http;
    try {
      http = HttpServer.create(address, 0);
    } catch (BindException e) {
      throw new IOException(
          "cannot listen on %s port %d: %s; choose another port, or 0 for any free one"
              .formatted(host, port, e.getMessage()),
          e);
    }
    DashboardServer dashboard = new DashboardServer(http, host, hub, controls);
    http.setExecutor(dashboard.threads);
    http.createContext("/", dashboard::handle);
    http.start();
    dashboard.board.start();
    return dashboard;
  }

  /** Where the page is. */
  public URI address() {
    InetSocketAddress bound = server.getAddress();
    InetAddress at = bound.getAddress();
    String shown = at.isAnyLocalAddress() ? "127.0.0.1" : host;
    if (shown.contains(":")) {
      shown = '[' + shown + ']';
    }
    return URI.create("http://" + shown + ':' + bound.getPort() + '/');
  }

  /** Whether others than this machine's own users can reach the page. */
  public boolean isOpenToOthers() {
    return !server.getAddress().getAddress().isLoopbackAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try {
      Answers.securityHeaders(exchange);
      String objection = guard.objection(exchange);
      if (!objection.isEmpty()) {
        Answers.error(exchange, 403, objection);
        return;
      }
      switch (exchange.getRequestMethod()) {
        case "GET", "HEAD" -> read(exchange);
        case "POST" -> change(exchange);
        default -> Answers.error(exchange, 405, "only GET and POST are known here");
      }
    } catch (RuntimeException e) {
      Answers.error(exchange, 500, "the server failed: " + e);
    } finally {
      exchange.close();
    }
  }

  private void read(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/api/events")) {
      stream(exchange);
    } else if (path.equals("/api/state")) {
      Answers.json(exchange, 200, board.fresh());
    } else if (path.startsWith(ReportFiles.PREFIX)) {
      reports.serve(exchange);
    } else {
      PageFiles.serve(exchange);
    }
  }

  private void stream(HttpExchange exchange) throws IOException {
    if (!streams.tryAcquire()) {
      Answers.error(exchange, 503, "too many pages watch; close some");
      return;
    }
    try (Subscription watcher = hub.subscribe()) {
      new EventStream(hub, board::state, guard.token()).serve(exchange, watcher);
    } finally {
      streams.release();
    }
  }

  private void change(HttpExchange exchange) throws IOException {
    String objection = guard.objectionToChange(exchange);
    if (!objection.isEmpty()) {
      Answers.error(exchange, 403, objection);
      return;
    }
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      Answers.error(exchange, 413, "a change has at most " + MAX_BODY_BYTES + " bytes");
      return;
    }
    try {
      JsonNode asked = JsonMapper.shared().readTree(body);
      switch (exchange.getRequestURI().getPath()) {
        case "/api/link" -> controls.change(word(asked, "link"), word(asked, "change"));
        case "/api/start" -> controls.start(word(asked, "scenario"), word(asked, "stack"));
        case "/api/stop" -> controls.stop();
        default -> {
          Answers.error(exchange, 404, "no such button");
          return;
        }
      }
      String state = board.fresh();
      hub.wakeAll();
      Answers.json(exchange, 200, state);
    } catch (JacksonException e) {
      Answers.error(exchange, 400, "not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      Answers.error(exchange, 409, String.valueOf(e.getMessage()));
    }
  }

  private static String word(JsonNode asked, String name) throws IOException {
    String word = asked.path(name).asString("").strip();
    if (word.isEmpty()) {
      throw new IOException("'" + name + "' is missing");
    }
    return word;
  }

  /** Stops; pages see that the server is gone. */
  @Override
  public void close() {
    board.close();
    server.stop(0);
    threads.shutdownNow();
  }
}
