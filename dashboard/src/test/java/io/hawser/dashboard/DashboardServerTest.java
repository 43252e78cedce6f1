package io.hawser.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Spoken to over a plain socket, as a browser would never let us forge these headers. */
class DashboardServerTest {
  private static final int LIMIT_MS = 10_000;

  @TempDir Path folder;
  private final EventHub hub = new EventHub();
  private final DemoSource source = new DemoSource(hub, 1, false);
  private DashboardServer server;
  private String host;

  private record Answer(int status, String head, String body) {}

  @BeforeEach
  void start() throws IOException {
    server = DashboardServer.start("127.0.0.1", 0, hub, source);
    host = "127.0.0.1:" + server.address().getPort();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", server.address().getPort());
    socket.setSoTimeout(LIMIT_MS);
    return socket;
  }

  private Answer ask(String request, String body, String... headers) throws IOException {
    try (Socket socket = connect()) {
      StringBuilder text = new StringBuilder(request + " HTTP/1.1\r\nConnection: close\r\n");
      for (String header : headers) {
        text.append(header).append("\r\n");
      }
      text.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
      OutputStream out = socket.getOutputStream();
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int end = all.indexOf("\r\n\r\n");
      int status = Integer.parseInt(all.substring(9, 12));
      return new Answer(status, all.substring(0, end), all.substring(end + 4));
    }
  }

  private Answer get(String path) throws IOException {
    return ask("GET " + path, "", "Host: " + host);
  }

  private Answer pull(String... headers) throws IOException {
    return ask("POST /api/link", "{\"link\":\"wifi\",\"change\":\"down\"}", headers);
  }

  private List<String> stream(int lines) throws IOException {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/events HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      List<String> read = new ArrayList<>();
      while (read.size() < lines) {
        String line = in.readLine();
        if (line == null) {
          break;
        }
        if (line.startsWith("event: ") || line.startsWith("data: ")) {
          read.add(line);
        }
      }
      return read;
    }
  }

  private String token() throws IOException {
    JsonNode hello = JsonMapper.shared().readTree(stream(2).get(1).substring("data: ".length()));
    return hello.path("token").asString("");
  }

  private boolean wifiIsUp() {
    return source.links().getFirst().up();
  }

  @Test
  void pageComesWithAPolicyThatLoadsNothingFromElsewhere() throws IOException {
    Answer page = get("/");
    assertThat(page.status()).isEqualTo(200);
    String head = page.head().toLowerCase(Locale.ROOT);
    assertThat(head)
        .contains("content-security-policy: default-src 'none'; script-src 'self'")
        .contains("frame-ancestors 'none'")
        .contains("x-content-type-options: nosniff")
        .doesNotContain("access-control-");
    assertThat(page.body()).contains("<title>Hawser</title>").doesNotContain("style=");
    for (String file : List.of("/app.js", "/style.css", "/uplot.js", "/uplot.css", "/icon.svg")) {
      assertThat(get(file).status()).as(file).isEqualTo(200);
    }
    assertThat(get("/api/../index.html").status()).isEqualTo(404);
  }

  @Test
  void aChangeNeedsTheToken() throws IOException {
    String json = "Content-Type: application/json";
    assertThat(pull("Host: " + host, json).status()).isEqualTo(403);
    assertThat(pull("Host: " + host, json, Guard.TOKEN + ": guess").status()).isEqualTo(403);
    String right = Guard.TOKEN + ": " + token();
    assertThat(pull("Host: " + host, right, "Content-Type: text/plain").status()).isEqualTo(403);
    assertThat(wifiIsUp()).isTrue();
    Answer done = pull("Host: " + host, json, right);
    assertThat(done.status()).isEqualTo(200);
    assertThat(done.body()).contains("\"up\":false");
    assertThat(wifiIsUp()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void otherOriginsPressNothing(String header) throws IOException {
    String right = Guard.TOKEN + ": " + token();
    Answer refused = pull("Host: " + host, "Content-Type: application/json", right, header);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(wifiIsUp()).isTrue();
    assertThat(ask("GET /api/events", "", "Host: " + host, header).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "localhost.evil.example", "127.0.0.1", "127.0.0.2"})
  void otherNamesAreNotOurs(String name) throws IOException {
    String port = name.equals("127.0.0.1") ? ":1" : ":" + server.address().getPort();
    assertThat(ask("GET /", "", "Host: " + name + port).status()).isEqualTo(403);
    assertThat(ask("GET /api/state", "", "Host: " + name + port).status()).isEqualTo(403);
  }

  @Test
  void localhostIsOurs() throws IOException {
    String name = "Host: localhost:" + server.address().getPort();
    assertThat(ask("GET /api/state", "", name, "Sec-Fetch-Site: same-origin").status())
        .isEqualTo(200);
  }

  @Test
  void whatTheControlsRefuseIsToldToThePerson() throws IOException {
    Answer refused =
        ask(
            "POST /api/link",
            "{\"link\":\"dsl\",\"change\":\"down\"}",
            "Host: " + host,
            "Content-Type: application/json",
            Guard.TOKEN + ": " + token());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("no link 'dsl'; there are [wifi, lte]");
  }

  @Test
  void streamBeginsWithHelloAndStateThenData() throws IOException {
    source.step(100_000_000);
    List<String> lines = stream(6);
    assertThat(lines.get(0)).isEqualTo("event: hello");
    assertThat(lines.get(1)).startsWith("data: {\"token\":");
    assertThat(lines.get(2)).isEqualTo("event: state");
    assertThat(lines.get(3)).contains("\"name\":\"wifi\",\"from\":\"client\",\"to\":\"server\"");
    assertThat(lines.get(4)).isEqualTo("event: data");
    JsonNode data = JsonMapper.shared().readTree(lines.get(5).substring("data: ".length()));
    assertThat(data.get(0).path("k").asString("")).isEqualTo("link");
    assertThat(EventStream.format("a", "b\nc")).isEqualTo("event: a\ndata: b\ndata: c\n\n");
  }

  @Test
  void reportsAreServedFromTheirFoldersOnly() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run1"));
    Path page = Files.writeString(run.resolve("report.html"), "<h1>Report</h1>");
    Files.writeString(run.resolve("data.csv"), "a,b");
    Files.writeString(folder.resolve("secret.txt"), "secret");
    Files.createSymbolicLink(run.resolve("link.txt"), folder.resolve("secret.txt"));
    source.addFinished("run1", "A run", page);
    Answer report = get("/reports/run1/");
    assertThat(report.body()).isEqualTo("<h1>Report</h1>");
    assertThat(report.head()).contains("sandbox allow-scripts").doesNotContain("allow-same-origin");
    assertThat(get("/reports/run1/data.csv").body()).isEqualTo("a,b");
    assertThat(get("/reports/run1").status()).isEqualTo(302);
    for (String bad :
        List.of(
            "../secret.txt",
            "%2e%2e/secret.txt",
            "..%2fsecret.txt",
            "link.txt",
            "/etc/passwd",
            "%00",
            "none.html")) {
      Answer refused = get("/reports/run1/" + bad);
      assertThat(refused.status()).as(bad).isEqualTo(404);
      assertThat(refused.body()).doesNotContain("secret\n", "root:");
    }
    assertThat(get("/reports/none/").status()).isEqualTo(404);
  }
}
