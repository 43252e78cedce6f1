package io.hawser.cli.netcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.linux.Ip;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.Requirement;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code --dashboard} of {@code listen} and {@code connect}. */
@Timeout(60)
class LivePageTest {
  private static final int PORT = 7009;
  private static final Pattern PAGE =
      Pattern.compile("hawser: the dashboard is at (http://127\\.0\\.0\\.1:\\d+/)");

  @TempDir Path leftovers;

  /** The words of a command that has a parameter after its options, as {@code listen}. */
  @Command
  private static final class Words {
    @Mixin NetcatOptions options = new NetcatOptions();

    @Parameters int port;
  }

  @ParameterizedTest
  @CsvSource({
    "--dashboard 5001, 0",
    "5001 --dashboard, 0",
    "--dashboard=8123 5001, 8123",
    "--dashboard=0 --tcp 5001, 0",
    "5001, ",
  })
  void aPortCountsOnlyIfItIsJoined(String words, Integer port) {
    Words parsed = new Words();
    var _ = new CommandLine(parsed).parseArgs(words.split(" "));
    assertThat(parsed.options.dashboard).isEqualTo(port);
    assertThat(parsed.port).isEqualTo(5001);
  }

  @Test
  void noPort_isRefused() {
    assertThatThrownBy(() -> new CommandLine(new Words()).parseArgs("--dashboard=x", "5001"))
        .hasMessageContaining("--dashboard");
  }

  @Test
  @NeedsNetworkNamespaces
  void connect_servesItsPage_outputStaysClean() throws IOException, InterruptedException {
    Requirement.program("curl", "curl");
    try (NetworkNamespace machine = NetworkNamespace.anonymous()) {
      Ip ip = new Ip(machine);
      ip.ip("tuntap add hwlive0 mode tun");
      ip.address("hwlive0", "10.62.0.1/24");
      ip.up("hwlive0");
      Process program;
      try (KernelSocket listener = machine.run(() -> KernelSocket.open(false, true))) {
        listener.bind(new Endpoint(IpAddress.parse("10.62.0.1"), PORT));
        listener.listen(1);
        program = connect(machine);
        String page = page(program);
        try (KernelSocket peer = listener.accept()) {
          byte[] block = "out of the network\n".getBytes(StandardCharsets.UTF_8);
          peer.write(block, 0, block.length);
          String stream = follow(machine, page);
          assertThat(stream)
              .contains("established with MPTCP, 10.62.0.2:")
              .contains("\"k\":\"sub\"")
              .contains("\"h\":\"client\"")
              .contains("\"k\":\"conn\"")
              .contains("\"title\":\"connect to 10.62.0.1 port " + PORT + "\"");
          assertThat(machine.exec("curl", "-s", "-H", "Host: evil.example", page))
              .contains("does not answer to the name");
          program.getOutputStream().close();
        }
        assertThat(new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .isEqualTo("out of the network\n");
        assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private Process connect(NetworkNamespace machine) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dhawser.leftovers=" + leftovers);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.hawser.cli.Main", "connect", "--tun", "hwlive0"));
    command.addAll(List.of("--address", "10.62.0.2", "--dashboard", "10.62.0.1", "" + PORT));
    return machine.start(new ProcessBuilder(command));
  }

  private static String page(Process program) throws IOException {
    BufferedReader errors = program.errorReader(StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      all.append(line).append('\n');
      Matcher found = PAGE.matcher(line);
      if (found.matches()) {
        return found.group(1);
      }
    }
    throw new AssertionError("no page: " + all);
  }

  /** What a browser hears until there are figures of a subflow. */
  private static String follow(NetworkNamespace machine, String page) throws IOException {
    Process curl =
        machine.start(new ProcessBuilder("curl", "-sN", "--max-time", "20", page + "api/events"));
    StringBuilder heard = new StringBuilder();
    try (BufferedReader lines = curl.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heard.append(line).append('\n');
        if (line.contains("\"k\":\"sub\"")) {
          break;
        }
      }
    } finally {
      curl.destroy();
    }
    return heard.toString();
  }
}
