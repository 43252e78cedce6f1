package io.hawser.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.JsonNodeFactory;

/** Whole answers, with the headers that all of them carry. */
final class Answers {
  /** What the page may load: its own files, nothing else. */
  private static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /**
   * A report is a page of its own, with style and script inside: it may run them, but in an origin
   * of its own, from where it can neither read nor press anything here.
   */
  static final String REPORT_POLICY =
      "sandbox allow-scripts allow-popups allow-downloads; default-src 'none'; img-src 'self' data:;"
          + " style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private Answers() {}

  static void securityHeaders(HttpExchange exchange, String policy) {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Security-Policy", policy);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
  }

  static void securityHeaders(HttpExchange exchange) {
    securityHeaders(exchange, PAGE_POLICY);
  }

  static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
    exchange.close();
  }

  static void json(HttpExchange exchange, int status, String json) throws IOException {
    send(
        exchange, status, "application/json; charset=utf-8", json.getBytes(StandardCharsets.UTF_8));
  }

  /** A message for the person. */
  static void error(HttpExchange exchange, int status, String message) throws IOException {
    json(exchange, status, JsonNodeFactory.instance.objectNode().put("error", message).toString());
  }

  static void text(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    send(exchange, status, "text/plain; charset=utf-8", body);
  }
}
