package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hawser.linux.Route.Hop;
import io.hawser.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RouteTest {
  private static Hop hop(String device, String gateway) {
    return new Hop(device, IpAddress.parse(gateway));
  }

  private static Ip links(NetworkNamespace namespace) {
    Ip ip = new Ip(namespace);
    ip.batch(
        false,
        """
        link add hwr0 type veth peer name hwr1
        link add hwr2 type veth peer name hwr3
        link set hwr0 up
        link set hwr1 up
        link set hwr2 up
        link set hwr3 up
        addr add 192.0.2.2/24 dev hwr0
        addr add 198.51.100.2/24 dev hwr2
        """);
    return ip;
  }

  @Test
  @NeedsNetworkNamespaces
  void routesOfEveryKind_areReadAsIpShowsThem() {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      Ip ip = links(namespace);
      ip.batch(
          false,
          """
          route add default via 192.0.2.1 dev hwr0 metric 100
          route add default via 198.51.100.1 dev hwr2 metric 50
          route add default dev hwr0 metric 200
          route add default via inet6 fe80::7 dev hwr2 metric 300
          route add default via 192.0.2.9 dev hwr0 table 1077
          route add 10.0.0.0/8 nexthop via 192.0.2.1 dev hwr0 nexthop via 198.51.100.1 dev hwr2
          route add blackhole 203.0.113.0/24
          """);
      List<Route> all = Route.list(namespace, false);
      assertThat(all.stream().filter(r -> r.isDefault() && r.table() == Route.MAIN))
          .extracting(Route::metric, Route::hops)
          .containsExactly(
              tuple(50L, List.of(hop("hwr2", "198.51.100.1"))),
              tuple(100L, List.of(hop("hwr0", "192.0.2.1"))),
              tuple(200L, List.of(new Hop("hwr0", null))),
              tuple(300L, List.of(hop("hwr2", "fe80::7"))));
      assertThat(all.stream().filter(r -> r.table() == 1077))
          .extracting(Route::isDefault, Route::hops)
          .containsExactly(tuple(true, List.of(hop("hwr0", "192.0.2.9"))));
      assertThat(all.stream().filter(r -> r.destination().toString().equals("10.0.0.0")))
          .extracting(Route::prefixBits, Route::hops)
          .containsExactly(
              tuple(8, List.of(hop("hwr0", "192.0.2.1"), hop("hwr2", "198.51.100.1"))));
      assertThat(all).noneMatch(r -> r.destination().toString().equals("203.0.113.0"));
    }
  }

  @Test
  @NeedsNetworkNamespaces
  void ipv6_gatewayAndMetric_carrierLostIsNoWayOut() {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      Ip ip = links(namespace);
      ip.batch(
          true,
          """
          addr add fd00:1::2/64 dev hwr0 nodad
          addr add fd00:2::2/64 dev hwr2 nodad
          route add default via fd00:1::1 dev hwr0 metric 7
          route add default via fe80::1 dev hwr2 metric 9
          """);
      assertThat(Route.list(namespace, true).stream().filter(Route::isDefault))
          .extracting(Route::metric, Route::hops)
          .containsExactly(
              tuple(7L, List.of(hop("hwr0", "fd00:1::1"))),
              tuple(9L, List.of(hop("hwr2", "fe80::1"))));
      ip.batch(false, "link set hwr0 down\n");
      assertThat(Route.list(namespace, true).stream().filter(Route::isDefault))
          .extracting(Route::hops)
          .containsExactly(List.of(hop("hwr2", "fe80::1")));
    }
  }

  /** Whatever is cut off or wrong in a message, reading it ends and throws nothing. */
  @Test
  void damagedMessages_areReadWithoutHarm() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      ByteBuffer body = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
      if (bytes.length >= 14) {
        // A unicast route with one attribute that is nearly right.
        bytes[0] = (byte) (random.nextBoolean() ? 2 : 10);
        bytes[7] = 1;
        body.putInt(8, 0);
        body.putShort(12, (short) random.nextInt(bytes.length));
        if (bytes.length >= 16) {
          body.putShort(14, (short) random.nextInt(20));
        }
      }
      Route _ = Route.read(body, Map.of(1, "hwr0"));
    }
  }
}
