package io.hawser.workload.iperf3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.Requirement;
import io.hawser.workload.KernelEngine;
import io.hawser.workload.SocketEngine;
import io.hawser.workload.iperf3.Iperf3Settings.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against the real iperf3, and against ourselves; on loopback in a namespace of its own. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Iperf3Test {
  private static final int PORT = 5201;
  private static final Percentage ONE_PERCENT = Percentage.withPercentage(1);

  // The common pool has one thread on two cores, and both ends of a test must run.
  private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

  private @Nullable NetworkNamespace namespace;

  private final InetSocketAddress target =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT);

  @BeforeEach
  void makeNamespace() {
    Requirement.program("iperf3", "iperf3");
    Requirement.namespaces();
    namespace = NetworkNamespace.anonymous();
  }

  @AfterEach
  void closeNamespace() {
    if (namespace != null) {
      namespace.close();
    }
  }

  private NetworkNamespace inside() {
    return Objects.requireNonNull(namespace);
  }

  private SocketEngine engine(boolean mptcp) {
    return new KernelEngine(inside(), mptcp, "");
  }

  private static Iperf3Settings settings(boolean reverse, int streams, long bytes) {
    // 400 Mbit/s a stream: what is under way at the end is nothing beside it.
    return new Iperf3Settings(
        reverse ? Direction.REVERSE : Direction.FORWARD,
        streams,
        bytes > 0 ? 0 : 2,
        bytes,
        0,
        128 << 10,
        bytes > 0 ? 0 : 400_000_000);
  }

  private Process iperf3(String... words) {
    List<String> command = new ArrayList<>(List.of("iperf3"));
    command.addAll(List.of(words));
    return inside().start(new ProcessBuilder(command).redirectErrorStream(true));
  }

  private CompletableFuture<Iperf3Result> serveOne(Iperf3Server server) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.serve();
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        THREADS);
  }

  @ParameterizedTest
  @CsvSource({"false,false,1", "false,true,1", "true,false,4", "true,true,4"})
  void realClient_ourServer_bothCountTheSame(boolean mptcp, boolean reverse, int streams)
      throws IOException, InterruptedException {
    try (Iperf3Server server = new Iperf3Server(engine(mptcp), target, interval -> {})) {
      CompletableFuture<Iperf3Result> served = serveOne(server);
      List<String> words =
          new ArrayList<>(
              List.of("-c", "127.0.0.1", "-t", "2", "-J", "-b", "400M", "-P", "" + streams));
      if (reverse) {
        words.add("-R");
      }
      Process client = iperf3(words.toArray(String[]::new));
      String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(client.waitFor()).as(said).isZero();
      JsonNode end = JsonMapper.shared().readTree(said).path("end");
      Iperf3Result ours = served.join();
      double sent = end.path("sum_sent").path("bytes").asDouble(0);
      double received = end.path("sum_received").path("bytes").asDouble(0);
      assertThat((double) ours.sent()).isCloseTo(sent, ONE_PERCENT);
      assertThat((double) ours.received()).isCloseTo(received, ONE_PERCENT);
      assertThat(ours.received() * 8 / ours.seconds())
          .isCloseTo(
              end.path("sum_received").path("bits_per_second").asDouble(0),
              Percentage.withPercentage(3));
      assertThat(sent).isGreaterThan(90e6 * streams);
    }
  }

  @ParameterizedTest
  @CsvSource({"false,1,0", "true,1,0", "false,4,0", "true,4,0", "false,2,50000000"})
  void ourClient_realServer_bothCountTheSame(boolean reverse, int streams, long bytes)
      throws IOException, InterruptedException {
    Process server = iperf3("-s", "-1", "-J", "-B", "127.0.0.1");
    awaitListener();
    Iperf3Result ours =
        new Iperf3Client(engine(false), settings(reverse, streams, bytes), interval -> {})
            .run(target);
    String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
    JsonNode end = JsonMapper.shared().readTree(said).path("end");
    String theirs = reverse ? "sum_sent" : "sum_received";
    assertThat((double) (reverse ? ours.sent() : ours.received()))
        .as(said)
        .isCloseTo(end.path(theirs).path("bytes").asDouble(0), ONE_PERCENT);
    assertThat(ours.retransmits()).isGreaterThanOrEqualTo(0);
    if (bytes == 0) {
      // With -n the real server leaves unread what is under way at the end.
      assertThat((double) ours.sent()).isCloseTo(ours.received(), Percentage.withPercentage(2));
      assertThat(ours.intervals()).hasSize(2);
      assertThat(ours.intervals().getFirst().bitsPerSecond())
          .isCloseTo(400e6 * streams, Percentage.withPercentage(5));
    } else {
      assertThat(ours.sent()).isBetween(bytes * streams, bytes * streams + streams * (128L << 10));
    }
    JsonNode json = JsonMapper.shared().readTree(ours.json());
    assertThat(json.path("end").path("sum_sent").path("bytes").asLong(0)).isEqualTo(ours.sent());
  }

  @ParameterizedTest
  @CsvSource({"false,1", "true,2"})
  void realClientBothWays_ourServer_bothCountTheSame(boolean mptcp, int streams)
      throws IOException, InterruptedException {
    try (Iperf3Server server = new Iperf3Server(engine(mptcp), target, interval -> {})) {
      CompletableFuture<Iperf3Result> served = serveOne(server);
      Process client =
          iperf3("-c", "127.0.0.1", "-t", "2", "-J", "-b", "200M", "-P", "" + streams, "--bidir");
      String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(client.waitFor()).as(said).isZero();
      bothWays(served.join(), JsonMapper.shared().readTree(said).path("end"), streams);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void ourClientBothWays_realServer_bothCountTheSame(int streams)
      throws IOException, InterruptedException {
    Process server = iperf3("-s", "-1", "-J", "-B", "127.0.0.1");
    awaitListener();
    Iperf3Settings settings =
        new Iperf3Settings(Direction.BOTH, streams, 2, 0, 0, 128 << 10, 200_000_000);
    Iperf3Result ours = new Iperf3Client(engine(false), settings, interval -> {}).run(target);
    String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
    JsonNode end = JsonMapper.shared().readTree(said).path("end");
    assertThat((double) ours.received(true))
        .as(said)
        .isCloseTo(
            end.path("sum_received").path("bytes").asDouble(0), Percentage.withPercentage(2));
    assertThat(ours.received(false)).isGreaterThan(40_000_000L * streams);
    assertThat(ours.retransmits()).isGreaterThanOrEqualTo(0);
    assertThat(ours.text()).contains("client to server").contains("server to client");
  }

  private static void bothWays(Iperf3Result ours, JsonNode end, int streams) {
    Percentage two = Percentage.withPercentage(2);
    assertThat((double) ours.sent(true))
        .isCloseTo(end.path("sum_sent").path("bytes").asDouble(0), two);
    assertThat((double) ours.received(false))
        .isCloseTo(end.path("sum_received_bidir_reverse").path("bytes").asDouble(0), two);
    assertThat(ours.received(true)).isGreaterThan(40_000_000L * streams);
    assertThat(ours.received(false)).isGreaterThan(40_000_000L * streams);
  }

  /** The real server is slow to start; /proc tells when it listens. */
  private void awaitListener() {
    String table = "";
    String wanted = String.format("0100007F:%04X 00000000:0000 0A", PORT);
    long limitNs = System.nanoTime() + 10_000_000_000L;
    while (!table.contains(wanted) && System.nanoTime() - limitNs < 0) {
      table = inside().exec("cat", "/proc/net/tcp");
    }
    assertThat(table).contains(wanted);
  }

  @Test
  void nobodyListens_isRefused() {
    assertThatThrownBy(
            () -> new Iperf3Client(engine(false), settings(false, 1, 0), i -> {}).run(target))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ECONNREFUSED");
  }

  @Test
  void busyServer_turnsTheSecondClientAway() throws IOException {
    try (Iperf3Server server = new Iperf3Server(engine(false), target, interval -> {})) {
      CompletableFuture<Iperf3Result> served = serveOne(server);
      CompletableFuture<Boolean> began = new CompletableFuture<>();
      Iperf3Settings busy =
          new Iperf3Settings(Direction.FORWARD, 1, 3, 0, 0, 128 << 10, 100_000_000);
      CompletableFuture<Iperf3Result> first =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return new Iperf3Client(engine(false), busy, i -> began.complete(true))
                      .run(target);
                } catch (IOException e) {
                  throw new CompletionException(e);
                }
              },
              THREADS);
      began.join();
      assertThatThrownBy(
              () -> new Iperf3Client(engine(false), settings(false, 1, 0), i -> {}).run(target))
          .isInstanceOf(Iperf3Exception.class)
          .hasMessageContaining("busy");
      assertThat(first.join().received()).isPositive();
      assertThat(served.join().received()).isPositive();
    }
  }

  @Test
  void strangerAtTheServer_isToldOff_andTheServerLives() throws IOException {
    try (Iperf3Server server = new Iperf3Server(engine(false), target, interval -> {})) {
      CompletableFuture<Iperf3Result> served = serveOne(server);
      try (Socket stranger = engine(false).connect(target, Duration.ofSeconds(5))) {
        stranger
            .getOutputStream()
            .write(
                "GET / HTTP/1.1\r\nHost: example\r\nUser-Agent: stranger\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(served::join).hasMessageContaining("no cookie");
      }
      CompletableFuture<Iperf3Result> next = serveOne(server);
      new Iperf3Client(engine(false), settings(false, 1, 1_000_000), i -> {}).run(target);
      assertThat(next.join().received()).isGreaterThanOrEqualTo(1_000_000);
    }
  }

  @Test
  void serverThatGoesAway_isTold() throws IOException, InterruptedException {
    Process server = iperf3("-s", "-1", "-B", "127.0.0.1");
    awaitListener();
    CompletableFuture<Boolean> began = new CompletableFuture<>();
    Iperf3Settings longTest =
        new Iperf3Settings(Direction.FORWARD, 1, 30, 0, 0, 128 << 10, 50_000_000);
    CompletableFuture<Iperf3Result> test =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new Iperf3Client(engine(false), longTest, i -> began.complete(true))
                    .run(target);
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            },
            THREADS);
    began.join();
    server.destroyForcibly().waitFor();
    assertThatThrownBy(test::join).hasCauseInstanceOf(IOException.class);
  }
}
