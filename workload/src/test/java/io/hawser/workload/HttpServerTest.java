package io.hawser.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.linux.Ip;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.Requirement;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server with the real curl as its client. */
class HttpServerTest {
  private static final long SEED = 20260101;
  private static final long BYTES = 3_000_001;

  @TempDir Path folder;

  @BeforeEach
  void needsCurl() {
    Needed.curl();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void curlDownloadsWhatTheServerSaysItSends(boolean mptcp) throws IOException {
    try (SocketEngine engine = Needed.kernelEngine(mptcp);
        ServerSocket listener =
            engine.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        HttpServer server = new HttpServer(listener, "test", SEED)) {
      download(null, "127.0.0.1:" + listener.getLocalPort());
      Background.await("curl's connection is closed", () -> server.sockets().isEmpty());
    }
  }

  @Test
  void curlDownloadsFromHawsersStack() throws IOException {
    Requirement.namespaces();
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      TunDevice tun = namespace.run(() -> TunDevice.open("hwiperf0", TunOptions.create()));
      Ip ip = new Ip(namespace);
      ip.address("hwiperf0", "10.94.0.1/24");
      ip.up("hwiperf0");
      HawserConfig config =
          new HawserConfig().name("workload-test").address(IpAddress.parse("10.94.0.2"));
      ConnectionConfig settings = ConnectionConfig.multipathDefaults();
      try (SocketEngine engine = new HawserEngine(Hawser.over(tun, config), settings);
          ServerSocket listener = engine.listen(new InetSocketAddress("10.94.0.2", 0));
          HttpServer server = new HttpServer(listener, "test", SEED)) {
        download(namespace, "10.94.0.2:" + listener.getLocalPort());
        Background.await("curl's connection is closed", () -> server.sockets().isEmpty());
      }
    }
  }

  private void download(@Nullable NetworkNamespace namespace, String at) throws IOException {
    Path body = folder.resolve("body");
    Path head = folder.resolve("head");
    String told =
        Curl.run(
            namespace,
            List.of(
                "-D",
                head.toString(),
                "-o",
                body.toString(),
                "-w",
                "%{http_code} %{size_download}",
                "http://" + at + "/bytes/" + BYTES));
    assertThat(told).isEqualTo("200 " + BYTES);
    byte[] bytes = Files.readAllBytes(body);
    assertThat(bytes.length).isEqualTo((int) BYTES);
    String sum = HexFormat.of().formatHex(Sha256.start().digest(bytes));
    assertThat(Files.readString(head).toLowerCase(Locale.ROOT))
        .contains("x-sha256: " + sum + "\r\n")
        .contains("content-length: " + BYTES + "\r\n");
  }

  @Test
  void curlTakesSeveralFilesOverOneConnection() throws IOException {
    try (ServerSocket listener = jdk();
        HttpServer server = new HttpServer(listener, "test", SEED)) {
      String url = url(listener);
      String told =
          Curl.run(
              null,
              List.of(
                  "-w",
                  "%{http_code} %{size_download} %{num_connects}\n",
                  "-o",
                  folder.resolve("a").toString(),
                  url + "/bytes/70000",
                  "-o",
                  folder.resolve("b").toString(),
                  url + "/bytes/0",
                  "-o",
                  folder.resolve("c").toString(),
                  url + "/nothing",
                  "-o",
                  folder.resolve("d").toString(),
                  url + "/bytes/100000"));
      assertThat(told.lines())
          .containsExactly("200 70000 1", "200 0 0", "404 14 0", "200 100000 0");
      // The seed makes the bytes: one file begins like the other.
      byte[] longer = Files.readAllBytes(folder.resolve("d"));
      assertThat(Files.readAllBytes(folder.resolve("a"))).isEqualTo(Arrays.copyOf(longer, 70_000));
      assertThat(server.sockets()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void headsHaveNoBodyEvenOfWhatIsNotThere() throws IOException {
    try (ServerSocket listener = jdk();
        HttpServer server = new HttpServer(listener, "test", SEED)) {
      String url = url(listener);
      String told =
          Curl.run(
              null,
              List.of(
                  "-I",
                  "-w",
                  "=%{http_code} %{num_connects}\n",
                  url + "/bytes/500",
                  url + "/nothing",
                  url + "/bytes/600"));
      assertThat(told.lines().filter(line -> line.startsWith("=")))
          .containsExactly("=200 1", "=404 0", "=200 0");
      assertThat(told).contains("Content-Length: 500").contains("Content-Length: 600");
      assertThat(server.sockets()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void afterARefusedHeadTheNextAnswerFollowsAtOnce() throws IOException {
    try (ServerSocket listener = jdk();
        HttpServer server = new HttpServer(listener, "test", SEED);
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
      client.setSoTimeout(5000);
      String both = "HEAD /nothing HTTP/1.1\r\n\r\nGET /bytes/0 HTTP/1.1\r\n\r\n";
      client.getOutputStream().write(both.getBytes(StandardCharsets.US_ASCII));
      assertThat(HttpServer.head(client.getInputStream())).startsWith("HTTP/1.1 404 ");
      assertThat(HttpServer.head(client.getInputStream())).startsWith("HTTP/1.1 200 ");
      assertThat(server.sockets()).hasSize(1);
    }
  }

  @Test
  void whatItDoesNotServeItRefusesByStatus() throws IOException {
    try (ServerSocket listener = jdk();
        HttpServer server = new HttpServer(listener, "test", SEED)) {
      String url = url(listener);
      for (String path : List.of("/", "/bytes/", "/bytes/-1", "/bytes/x", "/bytes/99999999999")) {
        assertThat(status(url + path)).as(path).isEqualTo("404");
      }
      assertThat(status("-X", "DELETE", url + "/bytes/1")).isEqualTo("400");
      assertThat(status("--http1.0", url + "/bytes/100")).isEqualTo("200");
      assertThat(status("-H", "Connection: close", url + "/bytes/100")).isEqualTo("200");
      Background.await("all connections are closed", () -> server.sockets().isEmpty());
    }
  }

  private String status(String... arguments) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("-o", folder.resolve("out").toString(), "-w", "%{http_code}"));
    all.addAll(List.of(arguments));
    return Curl.run(null, all);
  }

  @Test
  void moreHeaderThanAllowedEndsTheConnection() throws IOException {
    try (ServerSocket listener = jdk();
        HttpServer server = new HttpServer(listener, "test", SEED);
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
      String most = "GET /bytes/1 HTTP/1.1\r\nX: " + "x".repeat(20_000);
      client.getOutputStream().write(most.getBytes(StandardCharsets.US_ASCII));
      Background.await("the server ends it", () -> isEnded(client));
      Background.await("the server forgets it", () -> server.sockets().isEmpty());
      // Others are served as before.
      assertThat(status(url(listener) + "/bytes/9")).isEqualTo("200");
    }
  }

  private static boolean isEnded(Socket client) {
    try {
      client.setSoTimeout(5000);
      return client.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void closingEndsWhatIsOpen() throws IOException {
    try (ServerSocket listener = jdk()) {
      Socket client;
      try (HttpServer server = new HttpServer(listener, "test", SEED)) {
        client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Background.await("it is accepted", () -> server.sockets().size() == 1);
      }
      try (client) {
        assertThat(isEnded(client)).isTrue();
      }
      int port = listener.getLocalPort();
      Background.await("the port is closed", () -> isRefused(port));
    }
  }

  private static boolean isRefused(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  private static ServerSocket jdk() throws IOException {
    return new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
  }

  private static String url(ServerSocket listener) {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }
}
