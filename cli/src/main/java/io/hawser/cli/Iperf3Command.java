package io.hawser.cli;

import io.hawser.cli.netcat.Netcat;
import io.hawser.cli.netcat.NetcatOptions;
import io.hawser.socket.Hawser;
import io.hawser.workload.HawserEngine;
import io.hawser.workload.KernelEngine;
import io.hawser.workload.SocketEngine;
import io.hawser.workload.iperf3.Iperf3Client;
import io.hawser.workload.iperf3.Iperf3Exception;
import io.hawser.workload.iperf3.Iperf3Result;
import io.hawser.workload.iperf3.Iperf3Server;
import io.hawser.workload.iperf3.Iperf3Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hawser iperf3}. */
@Command(
    name = "iperf3",
    mixinStandardHelpOptions = true,
    description = "Speak iperf3's protocol over the kernel's TCP or MPTCP, or over Hawser's stack.",
    footer = {
      "",
      "Examples:",
      "  hawser iperf3 -s --engine mptcp",
      "  hawser iperf3 -c 192.0.2.7 -t 5 -P 2 -R",
      "  hawser iperf3 -c 192.0.2.7 --engine hawser --auto"
    })
final class Iperf3Command implements Callable<Integer> {
  /** Client or server. */
  static final class Role {
    @Option(
        names = {"-s", "--server"},
        description = "Serve tests.")
    boolean server;

    @Option(
        names = {"-c", "--client"},
        paramLabel = "HOST",
        description = "Run a test against this server.")
    @Nullable String client;
  }

  @ArgGroup(multiplicity = "1")
  Role role = new Role();

  @Option(
      names = {"-e", "--engine"},
      defaultValue = "tcp",
      description = "tcp, mptcp (the kernel's), hawser or hawser-tcp (${DEFAULT-VALUE}).")
  String engine = "tcp";

  @Option(
      names = {"-p", "--port"},
      defaultValue = "5201",
      description = "The server's port (${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = {"-B", "--bind"},
      paramLabel = "ADDR",
      description = "Where the server listens; all addresses if not given.")
  @Nullable String bind;

  @Option(
      names = {"-1", "--one-off"},
      description = "Serve one test and end.")
  boolean oneOff;

  @Option(
      names = {"-t", "--time"},
      defaultValue = "10",
      description = "Seconds (${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = {"-n", "--bytes"},
      defaultValue = "0",
      description = "Bytes of each stream, instead of a time; K, M and G are 1024-fold.")
  String bytes = "0";

  @Option(
      names = {"-P", "--parallel"},
      defaultValue = "1",
      description = "Streams (${DEFAULT-VALUE}).")
  int parallel;

  @Option(
      names = {"-R", "--reverse"},
      description = "The server sends.")
  boolean reverse;

  @Option(names = "--bidir", description = "Both send at once, each over streams of its own.")
  boolean bidirectional;

  @Option(
      names = {"-b", "--bitrate"},
      defaultValue = "0",
      description = "Bits a second of each stream; K, M and G are 1000-fold; 0: no limit.")
  String bitrate = "0";

  @Option(
      names = {"-l", "--length"},
      defaultValue = "128K",
      description = "Bytes of a block (${DEFAULT-VALUE}).")
  String length = "128K";

  @Option(
      names = {"-O", "--omit"},
      defaultValue = "0",
      description = "Seconds at the beginning that do not count.")
  int omit;

  @Option(
      names = {"-J", "--json"},
      description = "One JSON object in iperf3's shape.")
  boolean json;

  @Mixin NetcatOptions stack = new NetcatOptions();

  @Override
  public Integer call() throws Exception {
    Consumer<Iperf3Result.Interval> live =
        json ? interval -> {} : interval -> System.out.println(interval);
    try (SocketEngine sockets = engine()) {
      String target = role.client;
      if (target == null) {
        return serve(sockets, live);
      }
      InetSocketAddress server = new InetSocketAddress(InetAddress.getByName(target), port);
      Iperf3Settings settings =
          new Iperf3Settings(
              direction(),
              parallel,
              number(bytes, 1024) > 0 ? 0 : seconds,
              number(bytes, 1024),
              omit,
              Math.toIntExact(number(length, 1024)),
              number(bitrate, 1000));
      show(new Iperf3Client(sockets, settings, live).run(server));
      return 0;
    }
  }

  private Iperf3Settings.Direction direction() {
    if (reverse && bidirectional) {
      throw new IllegalArgumentException("-R and --bidir exclude each other");
    }
    return bidirectional
        ? Iperf3Settings.Direction.BOTH
        : reverse ? Iperf3Settings.Direction.REVERSE : Iperf3Settings.Direction.FORWARD;
  }

  private int serve(SocketEngine sockets, Consumer<Iperf3Result.Interval> live) throws Exception {
    String where = bind;
    InetSocketAddress local =
        where == null
            ? new InetSocketAddress(port)
            : new InetSocketAddress(InetAddress.getByName(where), port);
    try (Iperf3Server server = new Iperf3Server(sockets, local, live)) {
      if (!json) {
        System.out.println("Server listening on " + server.port() + " (" + sockets.name() + ")");
      }
      boolean good;
      do {
        try {
          show(server.serve());
          good = true;
        } catch (Iperf3Exception e) {
          System.err.println(Failures.oneLine(e));
          good = false;
        }
      } while (!oneOff);
      return good ? 0 : Main.FAILURE;
    }
  }

  private void show(Iperf3Result result) {
    System.out.print(json ? result.json() + "\n" : result.text());
    System.out.flush();
  }

  private SocketEngine engine() {
    return switch (engine) {
      case "tcp" -> new KernelEngine(null, false, "");
      case "mptcp" -> new KernelEngine(null, true, "");
      case "hawser", "hawser-tcp" -> {
        Hawser hawser = new Netcat(stack, System.err).open();
        yield new HawserEngine(hawser, hawser.defaults().withMultipath(engine.equals("hawser")));
      }
      default ->
          throw new IllegalArgumentException(
              "--engine takes tcp, mptcp, hawser or hawser-tcp, not '" + engine + "'");
    };
  }

  private static long number(String text, long kilo) {
    long factor =
        switch (Character.toUpperCase(text.charAt(text.length() - 1))) {
          case 'K' -> kilo;
          case 'M' -> kilo * kilo;
          case 'G' -> kilo * kilo * kilo;
          default -> 1;
        };
    String digits = factor == 1 ? text : text.substring(0, text.length() - 1);
    try {
      return (long) (Double.parseDouble(digits) * factor);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is no number such as 10M", e);
    }
  }
}
