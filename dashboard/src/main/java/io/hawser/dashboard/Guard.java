package io.hawser.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/**
 * Keeps other origins' hands off. A page elsewhere can make a browser send requests here; it cannot
 * read our answers, so it never learns the token, and what browsers say of a request's origin gives
 * it away before. A name that was re-bound to our address fails as the Host header tells it.
 */
final class Guard {
  /** The header that carries the token. */
  static final String TOKEN = "X-Hawser-Token";

  private static final int TOKEN_BYTES = 24;
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final String boundHost;
  private final String token;

  Guard(String boundHost) {
    this.boundHost = bracketed(boundHost.toLowerCase(Locale.ROOT));
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Known only to who can read this server's answers; another one each start. */
  String token() {
    return token;
  }

  /** Why this request is refused; empty if it is welcome. */
  String objection(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    String host = headers.getFirst("Host");
    if (host == null || !isOurs(host, exchange)) {
      return "this server does not answer to the name '" + host + "'";
    }
    String site = headers.getFirst("Sec-Fetch-Site");
    boolean navigation = "navigate".equals(headers.getFirst("Sec-Fetch-Mode"));
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      // Following a link to the page from elsewhere is fine: it reads nothing and presses nothing.
      boolean link = navigation && exchange.getRequestMethod().equals("GET");
      if (!link) {
        return "requests from other sites are refused";
      }
    }
    String origin = headers.getFirst("Origin");
    if (origin != null && !origin.equalsIgnoreCase("http://" + host)) {
      return "requests from the origin " + origin + " are refused";
    }
    return "";
  }

  /** Why this request may change nothing; empty if it may. */
  String objectionToChange(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    String given = headers.getFirst(TOKEN);
    if (given == null || !isToken(given)) {
      return "the page is older than this server; load it again";
    }
    String type = headers.getFirst("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      return "a change comes as application/json";
    }
    return "";
  }

  private boolean isToken(String given) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
  }

  private boolean isOurs(String host, HttpExchange exchange) {
    int port = exchange.getLocalAddress().getPort();
    String suffix = ":" + port;
    String name = host.toLowerCase(Locale.ROOT);
    if (name.endsWith(suffix)) {
      name = name.substring(0, name.length() - suffix.length());
    } else if (port != 80) {
      return false;
    }
    InetAddress local = exchange.getLocalAddress().getAddress();
    return LOOPBACK.contains(name)
        || name.equals(boundHost)
        || name.equals(bracketed(local.getHostAddress()));
  }

  private static String bracketed(String host) {
    if (!host.contains(":") || host.startsWith("[")) {
      return host;
    }
    int zone = host.indexOf('%');
    return '[' + (zone < 0 ? host : host.substring(0, zone)) + ']';
  }
}
