package io.hawser.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.linux.Ip;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.Leftovers;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserSocket;
import io.hawser.testbed.yaml.TopologyReader;
import io.hawser.wire.DeviceException;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsNetworkNamespaces
class TestbedChangesTest {
  private static final String NAME = "c" + ProcessHandle.current().pid();
  private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);
  private static final String FAST =
      """
      name: fast
      links:
        - {name: one, both: "rate=50mbit delay=2ms"}
        - {name: two, both: "rate=50mbit delay=2ms"}
      """;
  private static final String PLAIN =
      """
      name: plain
      links:
        - {name: wire, both: "rate=40mbit queue=100kb"}
      """;

  private static Testbed up(String suffix, String yaml) throws IOException {
    return Testbed.up(NAME + suffix, TopologyReader.read("test", yaml));
  }

  private static boolean pings(Testbed testbed, IpAddress from, IpAddress to) {
    try {
      testbed.client().ip().command("ping", "-c1", "-W1", "-I", from.toString(), to.toString());
      return true;
    } catch (DeviceException e) {
      return false;
    }
  }

  private static void await(BooleanSupplier condition) {
    long limitNs = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - limitNs).as("waited too long").isNegative();
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Test
  void upAndDown_leaveTheMachineAsItWas() throws IOException {
    String namespaces = Ip.here().ip("netns list");
    String devices = Ip.here().ip("-o link");
    String rules = Ip.here().ip("rule");
    try (Testbed one = up("a", FAST);
        Testbed two = up("b", FAST)) {
      assertThat(one.links()).hasSize(2).allMatch(LinkStatus::usable);
      // The same addresses, in worlds of their own.
      assertThat(two.client().kernelAddresses(false))
          .isEqualTo(one.client().kernelAddresses(false));
      assertThat(pings(two, two.client().kernelAddresses(true).get(1), Testbed.kernelService(true)))
          .isTrue();
    }
    assertThat(Ip.here().ip("netns list").lines().filter(line -> line.contains(NAME))).isEmpty();
    assertThat(namespaces).doesNotContain(NAME);
    assertThat(Ip.here().ip("-o link").lines().count()).isEqualTo(devices.lines().count());
    assertThat(Ip.here().ip("rule")).isEqualTo(rules);
    assertThat(Leftovers.ofThisProcess().present()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyWord_changesItsLinkAndNoOther(boolean v6) throws IOException {
    try (Testbed testbed = up("w", FAST)) {
      List<IpAddress> client = testbed.client().kernelAddresses(v6);
      IpAddress server = Testbed.kernelService(v6);
      for (String[] pair :
          new String[][] {{"down", "up"}, {"blackhole", "restore"}, {"remove", "add"}}) {
        testbed.change("one", pair[0]);
        assertThat(pings(testbed, client.get(0), server)).as(pair[0]).isFalse();
        assertThat(pings(testbed, client.get(1), server)).as(pair[0] + ", other").isTrue();
        testbed.change("one", pair[1]);
        assertThat(pings(testbed, client.get(0), server)).as(pair[1]).isTrue();
      }
      IpAddress before = client.getFirst();
      testbed.change("one", "address");
      IpAddress after = testbed.client().kernelAddresses(v6).getFirst();
      assertThat(after).isNotEqualTo(before);
      assertThat(testbed.linkOf(after)).isEqualTo("one");
      assertThat(pings(testbed, after, server)).isTrue();
      assertThat(pings(testbed, before, server)).isFalse();
      testbed.change("one", "forth: rate=1mbit loss=100%");
      assertThat(pings(testbed, after, server)).isFalse();
      assertThat(testbed.status("one").back().lossPpm()).isZero();
      assertThatThrownBy(() -> testbed.change("one", "sideways"))
          .isInstanceOf(TestbedException.class)
          .hasMessageContaining("blackhole");
      assertThatThrownBy(() -> testbed.change("none", "down")).hasMessageContaining("[one, two]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"address", "rebind", "remove"})
  void hawsersTransfer_survives(String change, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("links.pcapng");
    try (Testbed testbed = up("h", FAST);
        LinkCapture _ = testbed.capture(file);
        Hawser server =
            testbed.server().openStack(new HawserConfig(), List.of(Testbed.stackService(false)));
        Hawser client =
            testbed.client().openStack(new HawserConfig(), testbed.client().stackAddresses(false));
        ServerSocket listener = server.serverSocket()) {
      InetSocketAddress address =
          new InetSocketAddress(
              InetAddress.getByAddress(Testbed.stackService(false).bytes()), 5001);
      listener.bind(address);
      try (HawserSocket socket = client.socket(ConnectionConfig.multipathDefaults())) {
        socket.connect(address, 5000);
        try (Socket accepted = listener.accept()) {
          byte[] block = new byte[20_000_000];
          CompletableFuture<Boolean> sent =
              CompletableFuture.supplyAsync(
                  () -> {
                    try {
                      accepted.getOutputStream().write(block);
                      accepted.shutdownOutput();
                      return true;
                    } catch (IOException e) {
                      return false;
                    }
                  },
                  THREADS);
          CompletableFuture<Integer> received =
              CompletableFuture.supplyAsync(
                  () -> {
                    try {
                      return socket.getInputStream().readAllBytes().length;
                    } catch (IOException e) {
                      return -1;
                    }
                  },
                  THREADS);
          await(() -> bytes(testbed, "one") > 500_000 && bytes(testbed, "two") > 100_000);
          testbed.change("one", change);
          if (change.equals("remove")) {
            testbed.change("one", "add");
          }
          if (!change.equals("rebind")) {
            // A subflow from the address that came is there, beside the other one.
            IpAddress own = testbed.client().stackAddresses(false).getFirst();
            long soFar = bytes(testbed, "one");
            await(() -> isEstablished(socket, own));
            await(() -> bytes(testbed, "one") > soFar + 100_000);
          }
          assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(block.length);
          assertThat(sent.get(10, TimeUnit.SECONDS)).isTrue();
        }
      }
      assertThat(client.addresses())
          .containsExactlyInAnyOrderElementsOf(testbed.client().stackAddresses(false));
    }
    assertThat(Files.size(file)).isGreaterThan(20_000_000L);
  }

  private static boolean isEstablished(HawserSocket socket, IpAddress local) {
    try {
      return socket.stats().subflows().stream()
          .anyMatch(
              one -> one.local().address().equals(local) && one.state().equals("ESTABLISHED"));
    } catch (IOException e) {
      return false;
    }
  }

  private static long bytes(Testbed testbed, String link) {
    try {
      return testbed.sample(link, 0).backBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void kernelsMptcp_hasASubflowOnEveryPath(boolean v6) throws IOException {
    try (Testbed testbed = Testbed.up(NAME + "m", TopologyReader.find("three-paths"))) {
      testbed.mptcp(true);
      Endpoint service = new Endpoint(Testbed.kernelService(v6), 5001);
      try (KernelSocket listener =
              testbed
                  .server()
                  .namespace()
                  .run(() -> KernelSocket.open(v6, true).bind(service).listen(4));
          KernelSocket socket =
              testbed
                  .client()
                  .namespace()
                  .run(() -> KernelSocket.open(v6, true).timeout(5000).connect(service));
          KernelSocket accepted = listener.timeout(5000).accept()) {
        socket.write(new byte[1000], 0, 1000);
        assertThat(accepted.read(new byte[1000], 0, 1000)).isPositive();
        await(() -> accepted.subflows().size() == 3);
        testbed.change(testbed.topology().links().getLast().name(), "remove");
        await(() -> accepted.subflows().size() == 2);
        assertThat(testbed.mptcpText()).contains("net.mptcp.enabled = 1");
      }
    }
  }

  @Test
  void kernelsEndpoints_followTheLinks_asIpShowsThem() throws IOException {
    try (Testbed testbed = Testbed.up(NAME + "e", TopologyReader.find("wifi-lte"))) {
      testbed.mptcp(true);
      assertThat(endpoints(testbed)).hasSize(4).anyMatch(line -> line.contains("dev wifi"));
      testbed.change("wifi", "remove");
      assertThat(endpoints(testbed)).hasSize(2).noneMatch(line -> line.contains("dev wifi"));
      testbed.change("wifi", "address");
      testbed.change("wifi", "add");
      assertThat(endpoints(testbed))
          .hasSize(4)
          .anyMatch(line -> line.startsWith("10.77.1.21 id ") && line.contains("dev wifi"));
      testbed.mptcp(false);
      assertThat(endpoints(testbed)).isEmpty();
      assertThat(testbed.mptcpText())
          .contains("net.mptcp.enabled = 0", "add_addr_accepted 0 subflows 0");
    }
  }

  /** What we say of the client, which is what {@code ip mptcp} says, and of the server. */
  private static List<String> endpoints(Testbed testbed) {
    List<String> ours =
        testbed
            .mptcpText()
            .lines()
            .filter(line -> line.contains(" id "))
            .map(String::strip)
            .toList();
    List<String> asIp =
        testbed.client().ip().mptcp("endpoint show").lines().map(String::strip).toList();
    assertThat(ours).isEqualTo(asIp);
    return ours;
  }

  @Test
  void rateAlone_isEmulatedByTbfUntilMoreIsAsked() throws Exception {
    try (Testbed testbed = up("t", PLAIN)) {
      assertThat(testbed.status("wire").emulator()).isEqualTo(LinkSpec.Emulator.TBF);
      assertThat(mbits(testbed)).isBetween(36.0, 40.5);
      testbed.change("wire", "rate=20mbit");
      assertThat(mbits(testbed)).isBetween(18.0, 20.3);
      testbed.change("wire", "blackhole");
      IpAddress client = testbed.client().kernelAddresses(false).getFirst();
      IpAddress server = Testbed.kernelService(false);
      assertThat(pings(testbed, client, server)).isFalse();
      testbed.change("wire", "restore");
      assertThat(pings(testbed, client, server)).isTrue();
      long soFar = bytes(testbed, "wire");
      assertThat(soFar).isGreaterThan(8_000_000L);
      testbed.change("wire", "delay=5ms");
      assertThat(testbed.status("wire").emulator()).isEqualTo(LinkSpec.Emulator.HAWSER);
      assertThat(bytes(testbed, "wire")).isGreaterThanOrEqualTo(soFar);
      assertThat(mbits(testbed)).isBetween(17.5, 20.3);
      testbed.change("wire", "remove");
      testbed.change("wire", "add");
      assertThat(pings(testbed, client, server)).isTrue();
    }
  }

  @Test
  void tbfLink_carriesHawsersStacksToo() throws IOException {
    try (Testbed testbed = up("u", PLAIN);
        Hawser server =
            testbed.server().openStack(new HawserConfig(), List.of(Testbed.stackService(true)));
        Hawser client =
            testbed.client().openStack(new HawserConfig(), testbed.client().stackAddresses(true));
        ServerSocket listener = server.serverSocket()) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getByAddress(Testbed.stackService(true).bytes()), 5001);
      listener.bind(address);
      try (HawserSocket socket = client.socket(ConnectionConfig.multipathDefaults())) {
        socket.connect(address, 5000);
        try (Socket accepted = listener.accept()) {
          accepted.getOutputStream().write(new byte[100_000]);
          accepted.shutdownOutput();
          assertThat(socket.getInputStream().readAllBytes()).hasSize(100_000);
        }
      }
    }
  }

  /** Of the kernel's TCP from the server to the client, while the link is full. */
  private static double mbits(Testbed testbed) throws Exception {
    Endpoint service = new Endpoint(Testbed.kernelService(false), 5002);
    try (KernelSocket listener =
            testbed
                .server()
                .namespace()
                .run(() -> KernelSocket.open(false, false).bind(service).listen(4));
        KernelSocket socket =
            testbed
                .client()
                .namespace()
                .run(() -> KernelSocket.open(false, false).timeout(5000).connect(service));
        KernelSocket accepted = listener.timeout(5000).accept()) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  accepted.timeout(10_000).write(new byte[6_000_000], 0, 6_000_000);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              THREADS);
      byte[] block = new byte[65_536];
      int received = 0;
      long fromNs = 0;
      long fromBytes = 0;
      while (received < 6_000_000) {
        received += socket.read(block, 0, block.length);
        if (fromNs == 0 && received > 1_000_000) {
          fromNs = System.nanoTime();
          fromBytes = received;
        }
      }
      long tookNs = System.nanoTime() - fromNs;
      sent.get(10, TimeUnit.SECONDS);
      return (received - fromBytes) * 8e3 / tookNs;
    }
  }

  @Test
  void netem_worksOrSaysWhatToDo() throws IOException {
    String yaml =
        """
        name: netem
        links:
          - {name: wire, both: "rate=40mbit delay=10ms loss=1%", emulator: netem}
        """;
    try (Testbed testbed = up("n", yaml)) {
      assertThat(testbed.status("wire").emulator()).isEqualTo(LinkSpec.Emulator.NETEM);
    } catch (TestbedException e) {
      assertThat(e).hasMessageContaining("emulator: hawser").hasMessageContaining("netem");
    }
  }
}
