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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code --device packet:...} as a program of its own, on a machine with two Ethernet interfaces.
 */
@Timeout(60)
@NeedsNetworkNamespaces
class PacketSocketCommandTest {
  private static final String BOTH = "packet:hwup1,packet:hwup2";
  private static final String PORT = "7017";

  @TempDir Path leftovers;

  private NetworkNamespace machine;
  private NetworkNamespace world;
  private @Nullable Process program;

  @BeforeEach
  void makeMachine() {
    machine = NetworkNamespace.anonymous();
    world = NetworkNamespace.anonymous();
    Ip here = new Ip(machine);
    Ip there = new Ip(world);
    for (int n = 1; n <= 2; n++) {
      here.veth("hwup" + n, "hwisp" + n, world);
      here.address("hwup" + n, "192.0." + n + ".2/24");
      there.address("hwisp" + n, "192.0." + n + ".1/24");
      here.up("hwup" + n);
      there.up("hwisp" + n);
    }
    there.mptcp("limits set subflows 8 add_addr_accepted 8");
  }

  @AfterEach
  void end() throws InterruptedException {
    Process run = program;
    if (run != null) {
      run.destroyForcibly().waitFor();
    }
    machine.close();
    world.close();
  }

  private Process start(List<String> before, String... words) {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dhawser.leftovers=" + leftovers);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.hawser.cli.Main"));
    command.addAll(List.of(words));
    Process run = machine.start(new ProcessBuilder(command).redirectErrorStream(true));
    program = run;
    return run;
  }

  private String said(List<String> before, String... words)
      throws IOException, InterruptedException {
    Process run = start(before, words);
    String text = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(run.waitFor()).as(text).isEqualTo(1);
    return text;
  }

  private String rules() {
    return machine.exec("nft", "list", "ruleset");
  }

  private KernelSocket listener() {
    return world.run(() ->
        KernelSocket.open(false, true)
            .bind(new Endpoint(IpAddress.ANY4, Integer.parseInt(PORT)))
            .listen(4));
  }

  @Test
  void connect_twoInterfaces_dataOverBoth_interruptLeavesNothing() throws Exception {
    try (KernelSocket listener = listener()) {
      Process run = start(List.of(), "connect", "--device", BOTH, "192.0.1.1", PORT);
      try (KernelSocket accepted = listener.accept()) {
        byte[] hello = "hello over two interfaces\n".getBytes(StandardCharsets.UTF_8);
        BufferedReader out = run.inputReader(StandardCharsets.UTF_8);
        List<KernelMptcpSocket.Subflow> subflows = List.of();
        for (int i = 0; subflows.size() < 2 && i < 500; i++) {
          accepted.write(hello, 0, hello.length);
          assertThat(out.readLine()).isEqualTo("hello over two interfaces");
          subflows = accepted.subflows();
        }
        assertThat(subflows.stream().map(s -> s.remote().address().toString()))
            .containsExactlyInAnyOrder("192.0.1.2", "192.0.2.2");
        assertThat(rules()).contains("hwpkt");
        machine.exec("kill", "-INT", Long.toString(run.pid()));
        assertThat(run.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
    }
    assertThat(rules()).isEmpty();
    assertThat(leftovers).isEmptyDirectory();
  }

  @Test
  void killed_theNextStartRemovesTheRule() throws Exception {
    try (KernelSocket listener = listener()) {
      Process run = start(List.of(), "connect", "--device", BOTH, "192.0.1.1", PORT);
      try (KernelSocket accepted = listener.accept()) {
        assertThat(rules()).contains("hwpkt");
        run.destroyForcibly().waitFor();
        assertThat(rules()).contains("hwpkt");
        String text = said(List.of(), "connect", "--device", "packet:hwnone", "192.0.1.1", PORT);
        assertThat(text).contains("removed what an earlier run left", "no interface hwnone");
        assertThat(rules()).isEmpty();
        assertThat(accepted.remote().address()).hasToString("192.0.1.2");
      }
    }
  }

  @Test
  void listen_onAPortBelow_kernelConnects() throws Exception {
    Process run = start(List.of(), "listen", "--device", BOTH, "--ports", "5201,61000-65535", PORT);
    BufferedReader out = run.inputReader(StandardCharsets.UTF_8);
    assertThat(out.readLine()).contains("listening on port " + PORT);
    Endpoint to = new Endpoint(IpAddress.parse("192.0.1.2"), Integer.parseInt(PORT));
    try (KernelSocket client = world.run(() -> KernelSocket.open(false, true).connect(to))) {
      byte[] hello = "hello from the kernel\n".getBytes(StandardCharsets.UTF_8);
      client.write(hello, 0, hello.length);
      assertThat(out.readLine()).isEqualTo("hello from the kernel");
      client.shutdownOutput();
      run.getOutputStream().close();
      assertThat(run.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(run.exitValue()).isZero();
    assertThat(rules()).isEmpty();
  }

  @Test
  void mistakes_areToldInOneLineWithTheRemedy() throws Exception {
    String[] ends = {"192.0.1.1", PORT};
    assertThat(said(List.of(), "connect", "--device", "eth0", ends[0], ends[1]))
        .contains("'eth0' is no device; write packet:eth0");
    assertThat(
            said(
                List.of(),
                "connect",
                "--device",
                "packet:hwup1",
                "--ports",
                "9-5",
                ends[0],
                ends[1]))
        .contains("--ports: ports 9-5 are no range");
    assertThat(said(List.of(), "connect", "--device", "packet:hwup1,tun:x", ends[0], ends[1]))
        .contains("do not go together");
    assertThat(
            said(
                List.of("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"),
                "connect",
                "--device",
                "packet:hwup1",
                ends[0],
                ends[1]))
        .contains("cannot open a packet socket (EPERM)", "CAP_NET_RAW", "sudo")
        .doesNotContain("\tat ");
    assertThat(
            said(
                List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"),
                "connect",
                "--device",
                "packet:hwup1",
                ends[0],
                ends[1]))
        .contains("cannot keep the kernel from resetting", "sudo")
        .doesNotContain("\tat ");
    String hidden =
        "mount --bind /dev/null \"$(readlink -f \"$(command -v nft)\")\" && exec \"$@\"";
    assertThat(
            said(
                List.of("unshare", "-m", "sh", "-c", hidden, "sh"),
                "connect",
                "--device",
                "packet:hwup1",
                ends[0],
                ends[1]))
        .contains("`nft` is not installed; install the package nftables");
    assertThat(rules()).isEmpty();
    assertThat(leftovers).isEmptyDirectory();
  }
}
