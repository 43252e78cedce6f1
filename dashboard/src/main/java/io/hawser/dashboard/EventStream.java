package io.hawser.dashboard;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Server-sent events to one browser: {@code hello} with the token, then {@code state} whenever it
 * has changed, and {@code data} with batches of messages. A {@code beat} a second says that the
 * server lives.
 */
final class EventStream {
  private static final int BATCH = 500;
  private static final long WAIT_NS = 1_000_000_000L;

  /** Between two batches, so that a busy source costs a browser ten updates a second at most. */
  private static final long REST_MS = 100;

  private final EventHub hub;
  private final Supplier<String> state;
  private final String token;

  EventStream(EventHub hub, Supplier<String> state, String token) {
    this.hub = hub;
    this.state = state;
    this.token = token;
  }

  /** Until the browser is gone or the subscription is closed. */
  void serve(HttpExchange exchange, Subscription watcher) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      write(out, "hello", hello());
      String told = state.get();
      write(out, "state", told);
      while (!watcher.isClosed()) {
        List<HubMessage> messages = watcher.take(BATCH, WAIT_NS);
        String now = state.get();
        if (!now.equals(told)) {
          write(out, "state", now);
          told = now;
        }
        if (!messages.isEmpty()) {
          write(out, "data", EventJson.array(messages));
        }
        write(out, "beat", String.format(Locale.ROOT, "%.3f", System.currentTimeMillis() / 1e3));
        out.flush();
        if (messages.size() < BATCH) {
          Thread.sleep(REST_MS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String hello() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("token", token)
        .put("history", hub.history().size())
        .toString();
  }

  /** One event; the data is one line of JSON. */
  static void write(OutputStream out, String event, String data) throws IOException {
    out.write(format(event, data).getBytes(StandardCharsets.UTF_8));
  }

  static String format(String event, String data) {
    return "event: " + event + "\ndata: " + data.replace("\n", "\ndata: ") + "\n\n";
  }
}
