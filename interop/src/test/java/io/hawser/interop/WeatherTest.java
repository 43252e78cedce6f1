package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionStats;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.sim.Middlebox;
import io.hawser.sim.Nat;
import io.hawser.sim.OptionStripper;
import io.hawser.sim.OptionStripper.When;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The kernel as the peer, through emulated links that lose, reorder, are cut, and through
 * middleboxes. Real time is no weather of our making: on a machine that is busy a path can be
 * silent for so long that a backup takes over. So a case is tried at most three times; it must hold
 * once, and no try may hang.
 */
@NeedsNetworkNamespaces
class WeatherTest {
  private static final int TRIES = 3;
  private static final long SEED = 20_261_123L;

  /** One try of a case. */
  interface Case {
    void run(KernelWorld world) throws IOException;
  }

  static void attempt(String link, int paths, Case test) throws IOException {
    for (int i = 1; ; i++) {
      long seed = SEED + i;
      try (KernelWorld world = KernelWorld.linked(link, paths, seed)) {
        test.run(world);
        return;
      } catch (AssertionError e) {
        System.err.println("try " + i + " (link seed " + seed + ") failed: " + e.getMessage());
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  private static ConnectionStats connectAndExchange(KernelWorld world, Exchange exchange)
      throws IOException {
    try (KernelSocket listener = world.kernelListener(false, true);
        HawserSocket socket = world.hawser.socket()) {
      int port = listener.local().port();
      socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 30_000);
      try (KernelSocket peer = listener.accept()) {
        exchange.run(socket, peer);
        return socket.stats();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rate=200mbit delay=5ms loss=1%,1",
    "rate=200mbit delay=5ms loss=1%,2",
    "rate=200mbit delay=5ms reorder=3%:4ms,2",
    "rate=100mbit delay=10ms jitter=3ms duplicate=1% loss=0.5%,2",
    "rate=100mbit delay=2ms corrupt=0.5%,2",
  })
  void hawserConnects_badLinks_arrivesIntact(String link, int paths) throws IOException {
    attempt(link, paths, w -> connectAndExchange(w, new Exchange(4_000_000, 30_000)));
  }

  @ParameterizedTest
  @CsvSource({"rate=200mbit delay=5ms loss=1%", "rate=200mbit delay=5ms reorder=3%:4ms"})
  void kernelConnects_badLinks_arrivesIntact(String link) throws IOException {
    attempt(
        link,
        1,
        world -> {
          world.ip.mptcp("endpoint add 10.92.0.1 dev hwi0 subflow");
          try (HawserServerSocket listener = world.hawser.serverSocket()) {
            IpAddress address = KernelWorld.hawserAddress(1, false);
            listener.bind(KernelPeerTest.java(address, 0));
            Endpoint to = new Endpoint(address, listener.getLocalPort());
            try (KernelSocket client = world.kernelClient(to, true);
                HawserSocket socket = (HawserSocket) listener.accept()) {
              new Exchange(4_000_000, 30_000).run(socket, client);
            }
          }
        });
  }

  @Test
  void twoPaths_firstCutAndRestored_arrivesIntact() throws IOException {
    attempt(
        "rate=50mbit delay=5ms",
        2,
        world -> {
          Exchange exchange = new Exchange(24_000_000, 60_000);
          CompletableFuture<Void> cut =
              CompletableFuture.runAsync(() -> {
                await(exchange, 4_000_000);
                world.link(0, "blackhole");
                await(exchange, 14_000_000);
                world.link(0, "noblackhole");
              });
          ConnectionStats stats = connectAndExchange(world, exchange);
          cut.join();
          assertThat(stats.multipath()).isTrue();
          assertThat(stats.subflows().get(1).bytesSent()).isGreaterThan(8_000_000);
        });
  }

  static void await(Exchange exchange, long bytes) {
    while (exchange.kernelRead.get() < bytes && !Thread.currentThread().isInterrupted()) {
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void kernelServerSignals_addressIsJoined() throws IOException {
    attempt(
        "rate=100mbit delay=5ms",
        1,
        world -> {
          world.ip.mptcp("endpoint add 10.92.0.1 dev hwi0 signal");
          ConnectionStats stats = connectAndExchange(world, new Exchange(4_000_000, 30_000));
          assertThat(stats.subflows())
              .anyMatch(s ->
                  s.remote().address().equals(KernelWorld.kernelAddress(2, false))
                      && s.bytesSent() > 0);
        });
  }

  @Test
  void hawserBackupEndpoint_carriesNothingWhileTheFirstLives() throws IOException {
    attempt(
        "rate=100mbit delay=5ms",
        2,
        world -> {
          world.hawser.execute("limits set subflows 4 add_addr_accepted 4");
          world.hawser.execute("endpoint add 10.92.0.2 subflow backup");
          ConnectionStats stats = connectAndExchange(world, new Exchange(4_000_000, 30_000));
          assertThat(stats.subflows()).hasSize(2);
          assertThat(stats.subflows().get(1).backup()).isTrue();
          assertThat(stats.subflows().get(1).bytesSent()).isZero();
        });
  }

  @Test
  void natOnBothPaths_arrivesIntact() throws IOException {
    attempt(
        "rate=100mbit delay=2ms",
        2,
        world -> {
          for (int n = 1; n <= 2; n++) {
            IpAddress outside = IpAddress.parse("10.9" + n + ".0.77");
            world.middlebox(n - 1, new Nat(outside), outside);
          }
          ConnectionStats stats = connectAndExchange(world, new Exchange(4_000_000, 30_000));
          assertThat(stats.multipath()).isTrue();
          assertThat(stats.subflows()).hasSizeGreaterThanOrEqualTo(2);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"SYN", "SYN_ACK", "ALWAYS"})
  void mptcpStripped_hawserConnects_fallsBack(When when) throws IOException {
    attempt(
        "rate=100mbit delay=2ms",
        1,
        world -> {
          Middlebox stripper = OptionStripper.ofKinds(when, OptionStripper.MPTCP);
          world.middlebox(0, stripper, null);
          ConnectionStats stats = connectAndExchange(world, new Exchange(2_000_000, 30_000));
          assertThat(stats.multipath()).isFalse();
        });
  }
}
