package io.hawser.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionStats.SubflowStats;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserSocket;
import io.hawser.testbed.yaml.TopologyReader;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A link that goes down is seen by netlink, not by a time-out. */
@NeedsNetworkNamespaces
class CarrierLossTest {
  private static final int BLOCK = 40_000_000;

  /** An interface of its own, and a pair of virtual Ethernet. */
  @ParameterizedTest
  @CsvSource({"delay=20ms, h", "queue=100kb, t"})
  void linkDown_subflowGoesAtOnce_andComesBack(String more, String suffix) throws Exception {
    String link = "both: \"rate=50mbit " + more + "\"";
    String yaml =
        "name: pair\nlinks:\n  - {name: one, %s}\n  - {name: two, %s}\n".formatted(link, link);
    InetSocketAddress service =
        new InetSocketAddress(InetAddress.getByAddress(Testbed.stackService(false).bytes()), 5001);
    String name = "k" + ProcessHandle.current().pid() + suffix;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Testbed testbed = Testbed.up(name, TopologyReader.read("test", yaml));
        Hawser server =
            testbed.server().openStack(new HawserConfig(), List.of(Testbed.stackService(false)));
        Hawser client =
            testbed.client().openStack(new HawserConfig(), testbed.client().stackAddresses(false));
        ServerSocket listener = server.serverSocket();
        HawserSocket socket = client.socket()) {
      listener.bind(service);
      socket.connect(service, 5000);
      try (Socket accepted = listener.accept()) {
        Callable<Boolean> send =
            () -> {
              accepted.getOutputStream().write(new byte[BLOCK]);
              accepted.shutdownOutput();
              return true;
            };
        var sent = threads.submit(send);
        var received = threads.submit(() -> socket.getInputStream().readAllBytes().length);
        IpAddress own = testbed.client().stackAddresses(false).getFirst();
        waitUntil(socket, own, true);
        waitUntil(socket, testbed.client().stackAddresses(false).get(1), true);
        testbed.change("one", "down");
        long downMs = waitUntil(socket, own, false);
        testbed.change("one", "up");
        long upMs = waitUntil(socket, own, true);
        System.out.printf(
            "carrier %s: subflow gone %d ms after 'down' returned, back %d ms after 'up', bounds 100 and 2000%n",
            more, downMs, upMs);
        assertThat(downMs).isLessThan(100);
        // A SYN that goes out before the route is back is repeated after a second (RFC 6298).
        assertThat(upMs).isLessThan(2000);
        assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(BLOCK);
        assertThat(sent.get(10, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static long waitUntil(HawserSocket socket, IpAddress local, boolean established)
      throws IOException {
    long beginNs = System.nanoTime();
    while (isEstablished(socket, local) != established) {
      assertThat(System.nanoTime() - beginNs).as("waited, ns").isLessThan(10_000_000_000L);
      LockSupport.parkNanos(1_000_000);
    }
    return (System.nanoTime() - beginNs) / 1_000_000;
  }

  private static boolean isEstablished(HawserSocket socket, IpAddress local) throws IOException {
    for (SubflowStats one : socket.stats().subflows()) {
      if (one.local().address().equals(local) && one.state().equals("ESTABLISHED")) {
        return true;
      }
    }
    return false;
  }
}
