package io.hawser.cli.netcat;

import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.Route;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The machine's ways out: interfaces that carry a default route. */
final class Uplinks {

  /**
   * One way out.
   *
   * @param device its interface
   * @param gateway the next hop as `ip route` takes it; empty on a point-to-point link
   */
  record Uplink(String device, String gateway) {}

  private Uplinks() {}

  /** All uplinks of an IP version, the preferred first; null is the program's own namespace. */
  static List<Uplink> find(@Nullable NetworkNamespace namespace, boolean v6) {
    Map<String, Uplink> found = new LinkedHashMap<>();
    for (Route route : Route.list(namespace, v6)) {
      if (route.isDefault() && route.table() == Route.MAIN) {
        for (Route.Hop hop : route.hops()) {
          found.putIfAbsent(hop.device(), new Uplink(hop.device(), gateway(hop, v6)));
        }
      }
    }
    return new ArrayList<>(found.values());
  }

  private static String gateway(Route.Hop hop, boolean v6) {
    IpAddress gateway = hop.gateway();
    if (gateway == null) {
      return "";
    }
    return gateway.v6() && !v6 ? "inet6 " + gateway : gateway.toString();
  }
}
