package io.hawser.cli.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.insight.terminal.Speeds;
import io.hawser.insight.terminal.TerminalGraph;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.testbed.daemon.TestbedClient;
import io.hawser.testbed.daemon.TestbedDaemon;
import io.hawser.testbed.daemon.TestbedState;
import io.hawser.testbed.yaml.TopologyReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A foreign program's transfer over the kernel's MPTCP in a real testbed, as the graph shows it.
 */
@NeedsNetworkNamespaces
@Timeout(120)
class GraphCommandTest {
  private static final String NAME = "g" + ProcessHandle.current().pid();
  private static final long PATIENCE_NS = 20_000_000_000L;
  private static final String TOPOLOGY =
      """
      name: pair
      links:
        - {name: one, both: "rate=16mbit delay=5ms"}
        - {name: two, both: "rate=8mbit delay=10ms"}
      """;

  private final List<Process> programs = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();
  private TestbedDaemon daemon;

  @BeforeEach
  void up() throws IOException {
    daemon = TestbedDaemon.start(NAME, TopologyReader.read("test", TOPOLOGY));
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            daemon.serve();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @AfterEach
  void down() {
    programs.forEach(Process::destroyForcibly);
    daemon.close();
  }

  private int graph(String... options) {
    return graphOf(NAME, options);
  }

  private int graphOf(String name, String... options) {
    CommandLine line = new CommandLine(new GraphCommand());
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(errors, true));
    line.setExecutionExceptionHandler((failure, at, parsed) -> {
      at.getErr().println(failure.getMessage());
      return 1;
    });
    List<String> words = new ArrayList<>(List.of("--name", name));
    words.addAll(List.of(options));
    return line.execute(words.toArray(String[]::new));
  }

  private void in(String namespace, String... program) throws IOException {
    List<String> command = new ArrayList<>(List.of("nsenter", "--net=" + namespace, "--"));
    command.addAll(List.of(program));
    programs.add(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** From client to server as fast as it goes, until the end of the test. */
  private void startTransfer() throws IOException {
    try (TestbedClient client = TestbedClient.connect(NAME)) {
      String _ = client.mptcp("on");
      TestbedState state = client.status();
      String server = namespace(state, "server");
      in(
          server,
          "socat",
          "-u",
          "SOCKET-LISTEN:2:262:x1389x00000000x0000000000000000,reuseaddr,fork",
          "OPEN:/dev/null");
      in(
          namespace(state, "client"),
          "socat",
          "-u",
          "OPEN:/dev/zero",
          "SOCKET-CONNECT:2:262:x1389x0a4d0002x0000000000000000,retry=50,interval=0.1");
    }
  }

  private static String namespace(TestbedState state, String node) {
    return state.nodes().stream()
        .filter(one -> one.name().equals(node))
        .findFirst()
        .orElseThrow()
        .namespace();
  }

  private static void await(String what, BooleanSupplier condition) {
    long limitNs = System.nanoTime() + PATIENCE_NS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - limitNs).as(what).isNegative();
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void runningTransfer_isDrawn() throws IOException {
    Speeds speeds = new Speeds(100_000_000_000L, Event::toString);
    TerminalGraph graph = new TerminalGraph(speeds, "testbed " + NAME, 250_000_000L, false);
    try (TestbedClient client = TestbedClient.connect(NAME)) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              client.subscribe(speeds);
            } catch (IOException e) {
              // Closed at the end of the test.
              return;
            }
          });
      startTransfer();
      await(
          "two subflows and both links busy",
          () -> {
            List<String> frame = graph.frame(100, 40);
            return frame.stream().filter(l -> l.matches("socat \\(\\d+\\) (one|two) .*")).count()
                    == 2
                && frame.stream().anyMatch(l -> l.matches("one RX .* one TX 1[3-6]\\.\\d+ Mbit.*"))
                && frame.stream().anyMatch(l -> l.matches("two RX .* two TX [678]\\.\\d+ Mbit.*"))
                && frame.stream().anyMatch(l -> l.contains("████"));
          });
    }
  }

  @Test
  void jsonLines_addUp() throws Exception {
    FutureTask<Integer> graph = new FutureTask<>(() -> graph("--seconds", "8", "--json"));
    Thread.ofPlatform().daemon().start(graph);
    // From the first byte on: what arrived before would be counted on one side only.
    await("the first line", () -> out.toString().contains("\n"));
    startTransfer();
    assertThat(graph.get(60, TimeUnit.SECONDS)).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(8);
    String last = lines.getLast();
    JsonNode node = JsonMapper.shared().readTree(last);
    double rate = 0;
    double bytes = 0;
    for (JsonNode link : node.path("links")) {
      rate += link.path("txBitsPerSecond").asDouble(0);
      bytes += link.path("txBytes").asDouble(0);
      assertThat(link.path("usable").asBoolean(false)).isTrue();
    }
    assertThat(rate).as(last).isBetween(19e6, 24.5e6);
    double payload = 0;
    for (JsonNode subflow : node.path("subflows")) {
      payload += subflow.path("txBytes").asDouble(0);
      assertThat(subflow.path("program").asString("")).startsWith("socat (");
    }
    assertThat(node.path("subflows").size()).isEqualTo(2);
    // 1428 of 1500 bytes are payload; what came before a subflow's first figures is missing, and
    // what waits for a lost segment.
    assertThat(payload / bytes).as(last).isBetween(0.7, 0.96);
  }

  @Test
  void textLines_andOnce_endByThemselves() {
    assertThat(graph("--seconds", "2")).isZero();
    assertThat(out.toString().lines())
        .hasSize(2)
        .allMatch(l -> l.matches(" +\\d\\.\\d s  one RX .*bit/s TX .*bit/s  two RX .*bit/s"));
    assertThat(graph("--once")).isZero();
    assertThat(out.toString().lines()).hasSize(3);
  }

  @Test
  void trouble_isOneLine() {
    assertThat(graph("--step", "0")).isEqualTo(1);
    assertThat(errors.toString()).contains("--step takes 0.05 to 60 seconds");
    assertThat(graphOf("nobody")).isEqualTo(1);
    assertThat(errors.toString()).contains("no testbed named nobody is up");
  }
}
