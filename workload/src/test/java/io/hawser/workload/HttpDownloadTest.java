package io.hawser.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.SimpleFileServer;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDownloadTest {
  private static final String SUM_OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manyFilesOverOneConnectionOfTheKernel(boolean mptcp) throws IOException {
    Progress progress = new Progress();
    try (SocketEngine engine = Needed.kernelEngine(mptcp);
        ServerSocket listener =
            engine.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        HttpServer server = new HttpServer(listener, "test", 7);
        Socket socket =
            engine.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()),
                Duration.ofSeconds(5))) {
      socket.setSoTimeout(30_000);
      HttpDownload download = new HttpDownload(socket, "127.0.0.1", progress);
      for (long bytes : new long[] {1, 65_536, 0, 65_537, 5_000_000}) {
        assertThat(download.get("/bytes/" + bytes)).isTrue();
      }
      assertThat(progress.bytes()).isEqualTo(1 + 65_536 + 65_537 + 5_000_000);
      assertThat(server.sockets()).hasSize(1);
      assertThatThrownBy(() -> download.get("/nothing"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("404");
    }
  }

  @Test
  void theJdksServerIsUnderstood(@TempDir Path folder) throws IOException {
    Path real = folder.toRealPath();
    Files.write(real.resolve("file"), new byte[123_456]);
    com.sun.net.httpserver.HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            real,
            SimpleFileServer.OutputLevel.NONE);
    server.start();
    Progress progress = new Progress();
    try (Socket socket =
        new Socket(server.getAddress().getAddress(), server.getAddress().getPort())) {
      socket.setSoTimeout(30_000);
      HttpDownload download = new HttpDownload(socket, "127.0.0.1", progress);
      assertThat(download.get("/file")).isTrue();
      assertThat(download.get("/file")).isTrue();
      assertThat(progress.bytes()).isEqualTo(2 * 123_456);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aBodyThatIsNotWhatItsSumSaysIsWrong() throws IOException {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Sha256: " + SUM_OF_ABC + "\r\n\r\n";
    try (Loopback pair = Loopback.open()) {
      say(pair, head + "abc" + head + "abd");
      HttpDownload download = new HttpDownload(pair.client(), "x", new Progress());
      assertThat(download.get("/")).isTrue();
      assertThat(download.get("/")).isFalse();
    }
  }

  @Test
  void aBodyCutShortSaysHowMuchIsMissing() throws IOException {
    Progress progress = new Progress();
    try (Loopback pair = Loopback.open()) {
      say(pair, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");
      pair.server().shutdownOutput();
      HttpDownload download = new HttpDownload(pair.client(), "x", progress);
      assertThatThrownBy(() -> download.get("/file"))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("/file")
          .hasMessageContaining("7 bytes");
      assertThat(progress.bytes()).isEqualTo(3);
    }
  }

  @Test
  void aServerThatClosesOrTalksOtherwiseIsNamed() throws IOException {
    assertThatThrownBy(() -> answered(""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the server closed");
    assertThatThrownBy(() -> answered("SSH-2.0-OpenSSH\r\n\r\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SSH-2.0");
    assertThatThrownBy(() -> answered("X".repeat(20_000)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("header");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked",
        "Content-Length: many",
        "Content-Length: -1",
        "X-Nothing: 1"
      })
  void aBodyOfUnknownLengthIsRefused(String header) throws IOException {
    assertThatThrownBy(() -> answered("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\nabc"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("length");
  }

  /** A download from a server that says just this and ends. */
  private static boolean answered(String text) throws IOException {
    try (Loopback pair = Loopback.open()) {
      say(pair, text);
      pair.server().shutdownOutput();
      return new HttpDownload(pair.client(), "x", new Progress()).get("/");
    }
  }

  private static void say(Loopback pair, String text) throws IOException {
    pair.server().getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
