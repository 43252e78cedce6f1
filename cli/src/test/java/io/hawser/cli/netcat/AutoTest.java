package io.hawser.cli.netcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.Ip;
import io.hawser.linux.KernelMptcpSocket;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.NetworkNamespace;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code --auto} on a machine with two uplinks, as a program of its own: data goes over both, and
 * after Ctrl-C nothing is left. Uplinks are veth pairs; the world behind them is a namespace.
 */
@Timeout(60)
@NeedsNetworkNamespaces
class AutoTest {
  private static final int PORT = 7007;

  @TempDir Path leftovers;

  private NetworkNamespace machine;
  private NetworkNamespace world;

  @BeforeEach
  void makeNamespaces() {
    machine = NetworkNamespace.anonymous();
    world = NetworkNamespace.anonymous();
  }

  @AfterEach
  void closeNamespaces() {
    if (machine != null) {
      machine.close();
    }
    if (world != null) {
      world.close();
    }
  }

  private void uplink(int n, boolean v4, boolean v6) {
    Ip here = new Ip(machine);
    Ip there = new Ip(world);
    String device = "hwup" + n;
    here.veth(device, "hwisp" + n, world);
    here.up(device);
    there.up("hwisp" + n);
    if (v4) {
      here.address(device, "192.0." + n + ".2/24");
      there.address("hwisp" + n, "192.0." + n + ".1/24");
      here.ip("route add default via 192.0." + n + ".1 metric " + (100 + n));
    }
    if (v6) {
      here.address(device, "2001:db8:" + n + "::2/64");
      there.address("hwisp" + n, "2001:db8:" + n + "::1/64");
      here.ip("-6 route add default via 2001:db8:" + n + "::1 dev " + device + " metric " + n);
    }
  }

  private String state() {
    StringBuilder out = new StringBuilder();
    for (String command :
        List.of(
            "ip rule",
            "ip -6 rule",
            "ip route show table all",
            "ip -o link",
            "nft list ruleset",
            "sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding"
                + " net.ipv6.conf.hwup1.accept_ra")) {
      out.append(command).append('\n').append(machine.exec(command.split(" ")));
    }
    // The kernel makes link-local addresses in its own time.
    return out.toString()
        .lines()
        .filter(line -> !line.contains("fe80:") && !line.contains("anycast"))
        .collect(Collectors.joining("\n"));
  }

  private Process connect(String target) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dhawser.leftovers=" + leftovers);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.hawser.cli.Main", "connect", "--auto", "--tun", "hwauto0"));
    command.addAll(List.of(target, Integer.toString(PORT)));
    return machine.start(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  @ParameterizedTest
  @CsvSource({
    "true,false,192.0.1.1",
    "true,true,192.0.2.1",
    "true,true,2001:db8:1::1",
    "false,true,2001:db8:2::1",
  })
  void twoUplinks_dataOverBoth_interruptLeavesNothing(boolean v4, boolean v6, String target)
      throws IOException, InterruptedException {
    uplink(1, v4, v6);
    uplink(2, v4, v6);
    new Ip(world).mptcp("limits set subflows 8 add_addr_accepted 8");
    String before = state();
    boolean isV6 = target.contains(":");
    KernelSocket listener =
        world.run(() ->
            KernelSocket.open(isV6, true)
                .bind(new Endpoint(isV6 ? IpAddress.ANY6 : IpAddress.ANY4, PORT))
                .listen(4));
    Process program = connect(target);
    try (listener;
        KernelSocket accepted = listener.accept()) {
      assertThat(state()).isNotEqualTo(before);
      byte[] hello = "hello over two uplinks\n".getBytes(StandardCharsets.UTF_8);
      accepted.write(hello, 0, hello.length);
      BufferedReader out = program.inputReader(StandardCharsets.UTF_8);
      assertThat(out.readLine()).isEqualTo("hello over two uplinks");
      List<KernelMptcpSocket.Subflow> subflows = accepted.subflows();
      for (int i = 0; subflows.size() < 2 && i < 200; i++) {
        // The join needs the exchange; each line makes one.
        accepted.write(hello, 0, hello.length);
        assertThat(out.readLine()).isNotNull();
        subflows = accepted.subflows();
      }
      assertThat(subflows.stream().map(s -> s.remote().address()).distinct())
          .as("the uplinks' own addresses, after NAT")
          .hasSize(2);
      machine.exec("kill", "-INT", Long.toString(program.pid()));
      assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      program.destroyForcibly().waitFor();
    }
    assertThat(state()).isEqualTo(before);
    assertThat(leftovers).isEmptyDirectory();
  }

  @Test
  void noUplink_isToldWithTheRemedy() throws IOException, InterruptedException {
    Process program =
        machine.start(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dhawser.leftovers=" + leftovers,
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.hawser.cli.Main",
                    "connect",
                    "--auto",
                    "192.0.2.1",
                    "80")
                .redirectErrorStream(true));
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).isEqualTo(1);
    assertThat(said).contains("no default route", "--tun and --address");
  }
}
