package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionStats;
import io.hawser.core.tcp.TcpConfig;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.sim.CongestionMarker;
import io.hawser.sim.Direction;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Explicit congestion notification (RFC 3168) with the kernel, over links that mark and lose
 * nothing.
 */
@NeedsNetworkNamespaces
class EcnKernelTest {
  private static final int BYTES = 6_000_000;

  /** Who connects may ask; the other end grants it by default. */
  @ParameterizedTest(name = "hawser connects {0}, asks {1}")
  @CsvSource({"true,true", "false,true", "true,false"})
  void marks_slowBothEndsDownWithoutLoss(boolean hawserConnects, boolean asks) throws IOException {
    WeatherTest.attempt(
        "rate=100mbit delay=5ms queue=2mb",
        1,
        world -> {
          world.ip.sysctl("net.ipv4.tcp_ecn", asks && !hawserConnects ? "1" : "2");
          Object _ =
              world
                  .hawser
                  .loop()
                  .call((stack, nowNs) ->
                      stack.config().tcp.ecn =
                          asks && hawserConnects ? TcpConfig.ECN_ASK : TcpConfig.ECN_ANSWER);
          CongestionMarker up = new CongestionMarker(Direction.A_TO_B, 200);
          CongestionMarker down = new CongestionMarker(Direction.B_TO_A, 200);
          world.middlebox(0, up, null);
          world.middlebox(0, down, null);
          ConnectionStats stats =
              MiddleboxWeatherTest.exchange(world, hawserConnects, 1, new Exchange(BYTES, 30_000));
          assertThat(stats.multipath()).isTrue();
          world.change(
              0,
              _ -> {
                for (CongestionMarker box : new CongestionMarker[] {up, down}) {
                  if (asks) {
                    String seen =
                        box.marked() + " marked, " + box.echoed() + " echoed, " + box.reduced();
                    assertThat(box.marked()).as(seen).isGreaterThan(5);
                    assertThat(box.echoed()).as(seen).isGreaterThanOrEqualTo(box.reduced());
                    assertThat(box.reduced()).as(seen).isBetween(2L, box.marked() + 2);
                  } else {
                    assertThat(box.capable()).isZero();
                  }
                }
              });
          assertThat(stats.subflows().getFirst().segmentsRetransmitted()).isZero();
        });
  }
}
