package io.hawser.cli.testbed;

import io.hawser.event.Event;
import io.hawser.insight.terminal.Screen;
import io.hawser.insight.terminal.SpeedLines;
import io.hawser.insight.terminal.Speeds;
import io.hawser.insight.terminal.TerminalGraph;
import io.hawser.linux.TerminalSize;
import io.hawser.report.EventText;
import io.hawser.sim.LinkConfig;
import io.hawser.testbed.daemon.TestbedClient;
import io.hawser.testbed.daemon.TestbedState;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hawser testbed graph}. */
@Command(
    name = "graph",
    mixinStandardHelpOptions = true,
    description = "Draw the speed of every link and every subflow in the terminal, live.",
    footer = {
      "",
      "RX is towards the client. Where standard output is no terminal, there is a line a second.",
      "Examples:",
      "  hawser testbed graph",
      "  hawser testbed graph --seconds 10 > speeds.txt",
      "  hawser testbed graph --once --json"
    })
final class GraphCommand implements Callable<Integer> {
  private static final long FRAME_MS = 250;
  private static final long LINE_MS = 1000;
  private static final int FAILURE = 1;
  private static final int WIDEST = 500;

  @Option(names = "--json", description = "A line of JSON a second.")
  boolean json;

  @Option(names = "--once", description = "One line, after a second; then end.")
  boolean once;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after so many seconds (0: when interrupted).")
  double seconds;

  @Option(
      names = "--step",
      paramLabel = "SECONDS",
      defaultValue = "0.5",
      description = "How much time one column of the picture is (${DEFAULT-VALUE}).")
  double step;

  @Mixin NameOption name = new NameOption();

  @Spec CommandSpec spec;

  private final CountDownLatch ended = new CountDownLatch(1);

  @Override
  public Integer call() throws Exception {
    if (!(step >= 0.05 && step <= 60)) {
      throw new IllegalArgumentException("--step takes 0.05 to 60 seconds, not " + step);
    }
    if (!(seconds >= 0)) {
      throw new IllegalArgumentException("--seconds takes 0 or more, not " + seconds);
    }
    long stepNs = Math.round(step * 1e9);
    Speeds speeds = new Speeds(WIDEST * stepNs, GraphCommand::words);
    try (TestbedClient client = TestbedClient.connect(name.name)) {
      TestbedState state = client.status();
      for (TestbedState.LinkState link : state.links()) {
        speeds.link(
            link.name(),
            link.up() && link.present() && !link.blackhole(),
            LinkConfig.parse(link.forth()).rateBitsPerSecond(),
            LinkConfig.parse(link.back()).rateBitsPerSecond());
      }
      Thread.ofPlatform().daemon().name("graph-events").start(() -> listen(client, speeds));
      boolean picture = !json && !once && TerminalSize.ofStandardOutput().isPresent();
      if (picture) {
        String title = "testbed " + state.name() + ", " + state.topology();
        draw(new TerminalGraph(speeds, title, stepNs, System.getenv("NO_COLOR") == null));
      } else {
        print(new SpeedLines(speeds));
      }
      if (ended.getCount() > 0) {
        return 0;
      }
    }
    spec.commandLine().getErr().println("hawser: the testbed " + name.name + " has ended");
    return FAILURE;
  }

  /** Reinjections and the like come by the hundred, and would leave room for nothing else. */
  private static String words(Event event) {
    return event instanceof Event.Reinjected || event instanceof Event.MessageTotals
        ? ""
        : EventText.of(event);
  }

  private void listen(TestbedClient client, Speeds speeds) {
    try {
      client.subscribe(speeds);
    } catch (IOException e) {
      // It is over either way; who watches hears of it.
      return;
    } finally {
      ended.countDown();
    }
  }

  private void draw(TerminalGraph graph) throws InterruptedException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    Screen screen = new Screen(out);
    Thread restore = new Thread(screen::close);
    Runtime.getRuntime().addShutdownHook(restore);
    TerminalSize size = new TerminalSize(80, 24);
    try (screen) {
      long rounds = seconds == 0 ? Long.MAX_VALUE : Math.round(seconds * 1000 / FRAME_MS);
      for (long n = 0; n <= rounds && !out.checkError(); n++) {
        Optional<TerminalSize> now = TerminalSize.ofStandardOutput();
        size = now.orElse(size);
        screen.draw(graph.frame(size.columns(), size.rows() - 1));
        if (ended.await(FRAME_MS, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    }
    Runtime.getRuntime().removeShutdownHook(restore);
  }

  private void print(SpeedLines lines) throws InterruptedException {
    double wanted = once ? 1 : seconds;
    long rounds = wanted == 0 ? Long.MAX_VALUE : Math.max(1, Math.round(wanted));
    for (long n = 0; n < rounds; n++) {
      if (ended.await(LINE_MS, TimeUnit.MILLISECONDS)) {
        return;
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? lines.json() : lines.text());
      out.flush();
      if (out.checkError()) {
        return;
      }
    }
  }
}
